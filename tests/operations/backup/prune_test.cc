#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "operations/operation_fixture.h"
#include "operations/repository/repository_fixture.h"
#include "operations/repository/repository_session.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

constexpr std::int64_t kDay = ManualClock::kMicrosecondsPerDay;

class PruneTest : public RepositoryTest {
 protected:
  void SetUp() override { OpenAt(false); }
  ~PruneTest() override { engine_.reset(); }

  void OpenAt(bool read_only) {
    OpenOptions options;
    options.clock = &clock_;
    options.file_system = &watched_;
    options.read_only = read_only;
    Open(options);
  }
  Timestamp In(std::int64_t days) { return {clock_.NowMicroseconds() + days * kDay}; }
  // A day later, so that each backup has its own day.
  BackupInfo BackUpNextDay(BackupType type = BackupType::kFull, int retention_days = 1) {
    clock_.Advance(kDay);
    BackupOptions options;
    options.type = type;
    options.encrypt = false;
    options.retention_days = retention_days;
    return BackUpWith(options);
  }
  PruneReport PruneIn(std::int64_t days, PruneOptions options = {}) {
    options.as_of = In(days);
    Result<PruneReport> report = RunPrune(engine(), options);
    EXPECT_OK(report);
    return report.ok() ? std::move(*report) : PruneReport();
  }
  static std::vector<std::string> IdsOf(const std::vector<RetentionDecision>& decisions) {
    std::vector<std::string> ids;
    for (const RetentionDecision& decision : decisions) ids.push_back(decision.id);
    return ids;
  }
  static std::string ReasonsFor(const std::vector<RetentionDecision>& decisions, const std::string& id) {
    for (const RetentionDecision& decision : decisions) {
      if (decision.id != id) continue;
      std::string reasons;
      for (const std::string& reason : decision.reasons) reasons += reason + "\n";
      return reasons;
    }
    return "(not there)";
  }
  std::uint64_t ObjectBytes() const {
    std::uint64_t bytes = 0;
    for (const std::string& path : FilesBelow("objects")) bytes += std::filesystem::file_size(path);
    return bytes;
  }
  std::string TrashPath(const std::string& id) const {
    for (const std::string& path : FilesBelow("trash")) {
      if (path.find(id) != std::string::npos) return path;
    }
    return "";
  }
  static void FlipIn(const std::string& path) {
    std::string bytes = ReadBytes(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    WriteBytes(path, bytes);
  }

  ManualClock clock_{1'750'000'000'000'000};
  WatchedFileSystem watched_{files_};
};

TEST_F(PruneTest, APlanTellsWhatApplyingItDoes) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  const BackupInfo second = BackUpNextDay();
  const BackupInfo third = BackUpNextDay();
  PruneOptions options;
  options.policy.keep_last = 2;
  options.plan = true;
  const PruneReport plan = PruneIn(5, options);
  EXPECT_EQ(IdsListed().size(), 3U) << "a plan drops nothing";
  options.plan = false;
  const PruneReport report = PruneIn(5, options);
  EXPECT_EQ(IdsOf(report.keep), (std::vector<std::string>{third.id, second.id}));
  EXPECT_EQ(IdsOf(report.drop), std::vector<std::string>{first.id});
  EXPECT_EQ(IdsOf(plan.keep), IdsOf(report.keep));
  EXPECT_EQ(IdsOf(plan.drop), IdsOf(report.drop));
  EXPECT_EQ(IdsListed(), (std::vector<std::string>{third.id, second.id}));
  EXPECT_NE(ReasonsFor(report.keep, second.id).find("last 2 of 2"), std::string::npos) << ReasonsFor(report.keep, second.id);
  EXPECT_NE(ReasonsFor(report.drop, first.id).find("no rule keeps it"), std::string::npos);
}

TEST_F(PruneTest, WhatIsDroppedStaysInTheTrashForItsGraceAndComesBackUntilThen) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  BackUpNextDay();
  EXPECT_EQ(IdsOf(PruneIn(2).drop), std::vector<std::string>{first.id});
  EXPECT_EQ(ListDeletedBackups(engine())->at(0).deleted_at, In(2)) << "the later of the clock's time and the prune's time";
  EXPECT_TRUE(PruneIn(kTrashGraceDays).purged.empty()) << "not longer than the grace";
  ASSERT_OK(UndeleteBackup(engine(), first.id));
  EXPECT_EQ(StateOfBackup(first.id), WholeState(engine()));
  EXPECT_CODE(UndeleteBackup(engine(), first.id), kNotFound);

  ASSERT_OK(DeleteBackup(engine(), first.id));
  clock_.Advance(kTrashGraceDays * kDay + 1);
  PruneOptions options;
  options.policy.keep_last = 5;
  const Result<PruneReport> report = RunPrune(engine(), options);
  ASSERT_OK(report);
  EXPECT_EQ(report->purged, std::vector<std::string>{first.id});
  EXPECT_TRUE(ListDeletedBackups(engine())->empty());
  EXPECT_CODE(UndeleteBackup(engine(), first.id), kNotFound);
  EXPECT_CODE(OpenBackup(engine(), first.id), kNotFound);
}

TEST_F(PruneTest, ADecisionForATimeToComeDoesNotFreezeTheNextOne) {
  BackUpNextDay();
  BackUpNextDay();
  EXPECT_EQ(PruneIn(200).drop.size(), 1U);
  clock_.Advance(kDay);
  EXPECT_FALSE(RunPrune(engine())->clock_jumped);
}

TEST_F(PruneTest, FreedBytesAreThoseOfTheFilesThatWent) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  BackUpNextDay(BackupType::kFull, 300);
  ASSERT_OK(DeleteBackup(engine(), first.id));
  WriteBytes(repository_path() + "/objects/ab/" + std::string(64, 'a'), "left by a crash");
  const std::uint64_t before = ObjectBytes();
  const PruneReport plan = PruneIn(8, {.plan = true});
  EXPECT_EQ(plan.purged, std::vector<std::string>{first.id});
  EXPECT_EQ(ObjectBytes(), before);
  const PruneReport report = PruneIn(8);
  EXPECT_GT(report.freed_bytes, 0U);
  EXPECT_EQ(report.freed_bytes, before - ObjectBytes());
  EXPECT_EQ(plan.freed_bytes, report.freed_bytes);
}

TEST_F(PruneTest, DroppingTheBaseOfAChainHarmsNoOtherBackup) {
  PutSome("now");
  const BackupInfo base = BackUpNextDay();
  const std::string first_state = WholeState(engine());
  PutSome("later", 7);
  const BackupInfo second = BackUpNextDay(BackupType::kIncremental, 300);
  const std::string second_state = WholeState(engine());
  PutSome("last", 8);
  const BackupInfo third = BackUpNextDay(BackupType::kDifferential, 300);
  ASSERT_EQ(second.base_id, base.id);
  ASSERT_EQ(third.base_id, base.id);
  const std::set<std::string> of_second = ObjectsOf(second.id);
  const std::set<std::string> of_base = ObjectsOf(base.id);
  EXPECT_EQ(IdsOf(PruneIn(3).drop), std::vector<std::string>{base.id});
  EXPECT_EQ(StateOfBackup(second.id), second_state);
  EXPECT_EQ(PruneIn(20).purged, std::vector<std::string>{base.id});
  std::size_t shared = 0;
  for (const std::string& object : of_second) {
    shared += of_base.contains(object) ? 1 : 0;
    EXPECT_TRUE(std::filesystem::exists(ObjectPath(object)));
  }
  EXPECT_GT(shared, 0U);
  for (const std::string& id : {second.id, third.id}) EXPECT_TRUE(RunVerifyBackup(engine(), id, {.level = 5})->ok);
  EXPECT_EQ(StateOfBackup(second.id), second_state);
  EXPECT_EQ(StateOfBackup(third.id), WholeState(engine()));
  ASSERT_OK(RunRestore(engine(), second.id, Quick()));
  EXPECT_EQ(WholeState(engine()), second_state);
}

TEST_F(PruneTest, ObjectsOfABackupInTheTrashAreSharedWithTheNextOne) {
  PutSome("now");
  BackUpNextDay();
  PutSome("later", 7);
  const BackupInfo deleted = BackUpNextDay(BackupType::kIncremental);
  ASSERT_OK(DeleteBackup(engine(), deleted.id));
  for (const BackupType type : {BackupType::kIncremental, BackupType::kDifferential}) {
    const BackupInfo next = BackUpNextDay(type, 300);
    EXPECT_EQ(next.type, type);
    EXPECT_EQ(StateOfBackup(next.id), WholeState(engine()));
    EXPECT_LT(next.stored_bytes, deleted.stored_bytes) << "its objects still exist";
  }
  EXPECT_EQ(PruneIn(20).purged, std::vector<std::string>{deleted.id});
  for (const std::string& id : IdsListed()) EXPECT_TRUE(RunVerifyBackup(engine(), id, {.level = 4})->ok);
}

TEST_F(PruneTest, TheNewestVerifiedBackupOfALineageStays) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  const BackupInfo second = BackUpNextDay();
  const BackupInfo third = BackUpNextDay();
  ASSERT_TRUE(RunVerifyBackup(engine(), first.id, {.level = 2})->ok);
  ASSERT_TRUE(RunVerifyBackup(engine(), third.id, {.level = 1})->ok) << "level 1 reads no object, so it proves nothing";
  const PruneReport report = PruneIn(5, {.plan = true});
  EXPECT_EQ(IdsOf(report.keep), std::vector<std::string>{first.id});
  EXPECT_NE(ReasonsFor(report.keep, first.id).find("newest verified backup of lineage"), std::string::npos);
  ASSERT_TRUE(RunVerifyBackup(engine(), first.id, {.level = 0})->ok);
  EXPECT_EQ(IdsOf(PruneIn(5, {.plan = true}).keep), std::vector<std::string>{first.id})
      << "a lower level does not undo a higher one";
  FlipIn(ObjectPath(*ObjectsOf(first.id).begin()));
  ASSERT_FALSE(RunVerifyBackup(engine(), first.id, {.level = 2})->ok);
  EXPECT_EQ(IdsOf(PruneIn(5).keep), std::vector<std::string>{third.id});
  EXPECT_NE(TrashPath(second.id), "");
}

TEST_F(PruneTest, AnEarlierLineageKeepsItsNewestAndOfSafetyBackupsTheNewestStays) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  clock_.Advance(kDay);
  RestoreOptions options;
  const Result<RestoreReport> one = RunRestore(engine(), first.id, options);
  ASSERT_OK(one);
  clock_.Advance(kDay);
  const Result<RestoreReport> two = RunRestore(engine(), first.id, options);
  ASSERT_OK(two);
  const BackupInfo last = BackUpNextDay();
  const PruneReport report = PruneIn(100);
  EXPECT_EQ(IdsListed(), (std::vector<std::string>{last.id, two->safety_backup_id, first.id}));
  EXPECT_NE(ReasonsFor(report.keep, two->safety_backup_id).find("newest safety backup"), std::string::npos);
  EXPECT_NE(ReasonsFor(report.keep, first.id).find("newest backup of lineage " + first.lineage), std::string::npos);
}

TEST_F(PruneTest, AClockThatHasJumpedFreezesDeletion) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  const BackupInfo second = BackUpNextDay();
  const BackupInfo in_trash = BackUpNextDay(BackupType::kFull, 300);
  ASSERT_OK(DeleteBackup(engine(), in_trash.id));
  const std::int64_t now = clock_.NowMicroseconds();
  for (const std::int64_t then : {now + 31 * kDay, now - 1, now - 400 * kDay}) {
    clock_.Set(then);
    const Result<PruneReport> report = RunPrune(engine(), {.plan = true});
    ASSERT_OK(report);
    EXPECT_TRUE(report->clock_jumped) << then - now;
    EXPECT_TRUE(report->drop.empty());
    EXPECT_TRUE(report->purged.empty());
    clock_.Set(now);
  }
  clock_.Set(now + 31 * kDay);
  Result<PruneReport> report = RunPrune(engine());
  ASSERT_OK(report);
  EXPECT_TRUE(report->clock_jumped);
  EXPECT_NE(ReasonsFor(report->keep, first.id).find("the clock has jumped"), std::string::npos);
  EXPECT_EQ(IdsListed(), (std::vector<std::string>{second.id, first.id}));
  EXPECT_NE(TrashPath(in_trash.id), "");
  const PruneReport named = PruneIn(0);
  EXPECT_FALSE(named.clock_jumped);
  EXPECT_EQ(IdsOf(named.drop), std::vector<std::string>{first.id});
  EXPECT_EQ(named.purged, std::vector<std::string>{in_trash.id});
}

TEST_F(PruneTest, ATrashNameOfAnyTimeIsTaken) {
  const BackupInfo info = BackUpNextDay();
  BackUpNextDay(BackupType::kFull, 300);
  ASSERT_OK(DeleteBackup(engine(), info.id));
  const std::string path = TrashPath(info.id);
  for (const std::int64_t at : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    const std::string other = repository_path() + "/" + Repository::TrashName(info.id, {at});
    std::filesystem::rename(path, other);
    EXPECT_EQ(PruneIn(0, {.plan = true}).purged.size(), at < 0 ? 1U : 0U);
    std::filesystem::rename(other, path);
  }
}

TEST_F(PruneTest, ADamagedManifestKeepsEverything) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  const BackupInfo second = BackUpNextDay();
  BackUpNextDay();
  const std::string good = ReadBytes(ManifestPath(second.id));
  FlipIn(ManifestPath(second.id));
  const std::vector<std::string> before = FilesBelow("objects");
  for (const bool plan : {true, false}) {
    const Result<PruneReport> report = RunPrune(engine(), {.plan = plan, .as_of = In(50)});
    EXPECT_CODE(report, kCorruption);
    EXPECT_NE(report.status().message().find(second.id), std::string::npos) << report.status().message();
  }
  EXPECT_EQ(FilesBelow("objects"), before);
  EXPECT_EQ(FilesBelow("manifests").size(), 3U);
  EXPECT_TRUE(FilesBelow("trash").empty());
  // It can be moved to the trash; its objects stay until it is removed from there.
  ASSERT_OK(DeleteBackup(engine(), second.id));
  const Result<PruneReport> in_trash = RunPrune(engine(), {.as_of = In(5)});
  EXPECT_CODE(in_trash, kCorruption);
  EXPECT_NE(in_trash.status().message().find(second.id), std::string::npos);
  EXPECT_EQ(FilesBelow("objects"), before);
  const PruneReport report = PruneIn(8);
  EXPECT_EQ(report.purged, std::vector<std::string>{second.id});
  EXPECT_EQ(IdsOf(report.drop), std::vector<std::string>{first.id});
  EXPECT_LT(FilesBelow("objects").size(), before.size());
}

TEST_F(PruneTest, AReadOnlyEnginePlansAndWritesNothing) {
  PutSome("now");
  const BackupInfo first = BackUpNextDay();
  BackUpNextDay();
  OpenAt(true);
  const std::uint64_t changes = files_.changes();
  EXPECT_EQ(IdsOf(PruneIn(5, {.plan = true}).drop), std::vector<std::string>{first.id});
  EXPECT_EQ(files_.changes(), changes);
  EXPECT_CODE(RunPrune(engine(), {.as_of = In(5)}), kPermissionDenied);
}

TEST_F(PruneTest, ACancelledOneLeavesEachBackupListedOrInTheTrash) {
  PutSome("now");
  for (int i = 0; i < 4; ++i) BackUpNextDay();
  const std::vector<std::string> before = IdsListed();
  Gate begun;
  Gate cancelled;
  watched_.OnNextOpen("/unfinished/", [&] {
    begun.Open();
    cancelled.Wait();
  });
  Result<OperationOf<PruneReport>> prune = StartPrune(engine(), {.as_of = In(9)});
  ASSERT_OK(prune);
  begun.Wait();
  prune->Cancel();
  cancelled.Open();
  EXPECT_CODE(prune->Finish(), kCancelled);
  EXPECT_EQ(IdsListed().size() + ListDeletedBackups(engine())->size(), before.size());
  EXPECT_EQ(ListDeletedBackups(engine())->size(), 1U);
  for (const std::string& id : before) {
    if (!TrashPath(id).empty()) {
      ASSERT_OK(UndeleteBackup(engine(), id));
    }
  }
  for (const std::string& id : before) EXPECT_EQ(StateOfBackup(id), WholeState(engine()));
  EXPECT_EQ(PruneIn(9).drop.size(), 3U) << "another prune does the rest";
}

TEST_F(PruneTest, ADamagedRepositoryIsNoSuccessOfADelete) {
  const BackupInfo info = BackUpNextDay();
  WriteBytes(repository_path() + "/repository.json", "nonsense");
  const Result<BackupInfo> deleted = DeleteBackup(engine(), info.id);
  EXPECT_CODE(deleted, kCorruption);
  EXPECT_NE(deleted.status().message().find("repository.json"), std::string::npos) << deleted.status().message();
  EXPECT_TRUE(std::filesystem::exists(ManifestPath(info.id)));
}

TEST_F(PruneTest, ALeaseThatIsNonsenseCountsAsNone) {
  std::uint64_t sequence = 0;
  for (const char* text :
       {"{}", "[]", "x", R"({"fencing":"high","last_sequence":[1]})", R"({"fencing":-1,"last_sequence":1e300})",
        R"({"fencing":18446744073709551615,"last_sequence":18446744073709551615})"}) {
    WriteBytes(repository_path() + "/lease", text);
    EXPECT_EQ(BackUpNextDay().sequence, ++sequence) << text;
  }
}

TEST_F(PruneTest, TheNumberOfABackupThatIsGoneIsNotGivenAgain) {
  const BackupInfo first = BackUpNextDay(BackupType::kFull, 300);
  const BackupInfo second = BackUpNextDay();
  ASSERT_OK(DeleteBackup(engine(), second.id));
  ASSERT_EQ(PruneIn(8).purged, std::vector<std::string>{second.id});
  EXPECT_EQ(BackUpNextDay().sequence, second.sequence + 1);
  EXPECT_EQ(IdsListed().back(), first.id);
}

}  // namespace
}  // namespace coffer::operations
