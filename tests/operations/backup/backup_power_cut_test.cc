// The power fails before each durable change of a repository in turn; a power loss between two of them leaves the same files.
// Afterwards the state is the old or the new one, complete; no acknowledged backup is missing, and no listed one is damaged.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "coffer/integrity.h"
#include "engine/internals.h"
#include "format/records/sha256.h"
#include "operations/repository/repository_fixture.h"
#include "support/repository_leftovers.h"

namespace coffer::operations {
namespace {

namespace fs = std::filesystem;

class BackupPowerCutTest : public RepositoryTest {
 protected:
  BackupPowerCutTest() : RepositoryTest(TempDirectory::InMemory()) {}
  void SetUp() override {
    files_.SkipRealSyncs();
    OpenOverFailingFiles();
  }
  // Checks the store after the power loss. `acknowledged`: the work had returned success.
  using Look = std::function<void(bool acknowledged)>;

  std::string kept() const { return directory_.File("kept"); }
  void Keep() {
    engine_.reset();
    fs::remove_all(kept());
    fs::copy(store_path(), kept(), fs::copy_options::recursive);
  }
  void PutBackKept() {
    engine_.reset();
    ASSERT_OK(files_.DropUnsynced());  // discards the changes of the check
    fs::remove_all(store_path());
    fs::copy(kept(), store_path(), fs::copy_options::recursive);
  }

  // Cuts the power before the first durable change, before the second, and so on, until the work ends before the cut.
  void CutAtEveryChange(const std::function<Status()>& work, const Look& look);
  // Does the work with the power cut before its n-th durable change. Returns whether it was acknowledged.
  bool WorkAndLosePower(const std::function<Status()>& work, std::uint64_t nth);
  // The files on the disk, as names and sizes. Many cuts leave the same files.
  std::string Picture() const;
  void ExpectHealthy();
  // Each listed backup, read in place, has its recorded state; an unrecorded one has `fresh`.
  void ExpectBackupsToHold(const std::string& fresh);
  std::set<std::string> IdsIn(Result<std::vector<BackupInfo>> (*list)(Engine&)) {
    Result<std::vector<BackupInfo>> backups = list(engine());
    EXPECT_OK(backups);
    std::set<std::string> ids;
    for (std::size_t i = 0; backups.ok() && i < backups->size(); ++i) ids.insert((*backups)[i].id);
    return ids;
  }
  BackupInfo BackUpRecorded(BackupType type) {
    BackupInfo info = BackUp(type);
    states_[info.id] = WholeState(engine());
    return info;
  }

  std::map<std::string, std::string> states_;  // of backups
  std::set<std::string> pictures_;             // already checked
};

bool BackupPowerCutTest::WorkAndLosePower(const std::function<Status()>& work, std::uint64_t nth) {
  PutBackKept();
  OpenOverFailingFiles();
  FileFailure cut;
  cut.operation = FileOperation::kAnyLasting;
  cut.nth = nth;
  cut.cuts_power = true;
  files_.FailOn(cut);
  const bool acknowledged = work().ok();
  engine_.reset();
  files_.Heal();
  files_.RestorePower();
  EXPECT_OK(files_.DropUnsynced());
  return acknowledged;
}

std::string BackupPowerCutTest::Picture() const {
  std::string picture;
  std::set<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(store_path())) {
    const std::string path = entry.path().string().substr(store_path().size());
    lines.insert(path + " " + std::to_string(entry.is_regular_file() ? entry.file_size() : 0));
  }
  for (const std::string& line : lines) picture += line + "\n";
  return picture;
}

void BackupPowerCutTest::ExpectHealthy() {
  const Result<IntegrityReport> report = engine().CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_TRUE(report->findings.empty());
}

void BackupPowerCutTest::ExpectBackupsToHold(const std::string& fresh) {
  for (const std::string& id : IdsIn(&ListBackups)) {
    const std::string& expected = states_.contains(id) ? states_.at(id) : fresh;
    EXPECT_TRUE(StateOfBackup(id) == expected) << "backup " << id;
  }
}

void BackupPowerCutTest::CutAtEveryChange(const std::function<Status()>& work, const Look& look) {
  constexpr std::uint64_t kEach = 400;
  constexpr std::uint64_t kStride = 7;
  constexpr std::uint64_t kCutsMax = 4000;
  constexpr std::size_t kInARow = 3;  // a change after the acknowledgement may still be lost
  pictures_.clear();
  std::size_t in_a_row = 0;
  std::uint64_t cuts = 0;
  for (std::uint64_t nth = 1; in_a_row < kInARow; nth += nth < kEach ? 1 : kStride) {
    SCOPED_TRACE("cut before lasting change " + std::to_string(nth));
    ASSERT_LT(nth, kCutsMax);
    const bool acknowledged = WorkAndLosePower(work, nth);
    in_a_row = acknowledged ? in_a_row + 1 : 0;
    cuts += acknowledged ? 0 : 1;
    if (!pictures_.insert(Picture() + (acknowledged ? "acknowledged" : "")).second) continue;
    ASSERT_NO_FATAL_FAILURE(OpenOverFailingFiles());
    look(acknowledged);
    ExpectHealthy();
    ASSERT_OK(RunBackup(engine(), {.type = BackupType::kIncremental}));
    for (const std::string& path : LeftoversIn(store_path(), repository_path())) ADD_FAILURE() << path << " was left";
    if (HasFailure()) return;
  }
  RecordProperty("cuts", static_cast<int>(cuts));
  RecordProperty("pictures", static_cast<int>(pictures_.size()));
  EXPECT_GT(cuts, 5U);
}

TEST_F(BackupPowerCutTest, TheFirstFullBackupIsCompleteOrNotListed) {
  PutSome("now", 2);
  const std::string state = WholeState(engine());
  Keep();
  BackupInfo made;
  const auto work = [&]() -> Status {
    Result<BackupInfo> info = RunBackup(engine());
    if (info.ok()) made = *info;
    return info.status();
  };
  CutAtEveryChange(work, [&](bool acknowledged) {
    EXPECT_TRUE(WholeState(engine()) == state);
    const std::set<std::string> listed = IdsIn(&ListBackups);
    EXPECT_LE(listed.size(), 1U);
    if (acknowledged) {
      EXPECT_TRUE(listed.contains(made.id));
    }
    ExpectBackupsToHold(state);
  });
}

TEST_F(BackupPowerCutTest, AnIncrementalBackupIsCompleteOrNotListedAndItsBaseIsWhole) {
  PutSome("then", 2);
  const BackupInfo full = BackUpRecorded(BackupType::kFull);
  PutSome("now", 3);
  const std::string state = WholeState(engine());
  Keep();
  BackupInfo made;
  const auto work = [&]() -> Status {
    Result<BackupInfo> info = RunBackup(engine(), {.type = BackupType::kIncremental});
    if (info.ok()) made = *info;
    return info.status();
  };
  CutAtEveryChange(work, [&](bool acknowledged) {
    EXPECT_TRUE(WholeState(engine()) == state);
    const std::set<std::string> listed = IdsIn(&ListBackups);
    EXPECT_TRUE(listed.contains(full.id));
    EXPECT_LE(listed.size(), 2U);
    if (acknowledged) {
      EXPECT_TRUE(listed.contains(made.id));
    }
    ExpectBackupsToHold(state);
  });
}

TEST_F(BackupPowerCutTest, ARestoreLeavesTheOldStateOrTheNewAndItsSafetyBackupIsWhole) {
  PutSome("then", 2);
  const BackupInfo full = BackUpRecorded(BackupType::kFull);
  PutSome("now", 3);
  const std::string before = WholeState(engine());
  Keep();
  std::string safety;
  const auto work = [&]() -> Status {
    Result<RestoreReport> report = RunRestore(engine(), full.id);
    if (report.ok()) safety = report->safety_backup_id;
    return report.status();
  };
  CutAtEveryChange(work, [&](bool acknowledged) {
    const std::string found = WholeState(engine());
    const std::set<std::string> listed = IdsIn(&ListBackups);
    EXPECT_TRUE(listed.contains(full.id));
    if (acknowledged) {
      EXPECT_TRUE(found == states_.at(full.id));
      EXPECT_TRUE(listed.contains(safety));
    } else {
      EXPECT_TRUE(found == before || found == states_.at(full.id));
    }
    if (found != before) {
      EXPECT_EQ(listed.size(), 2U) << "restored without the requested safety backup";
    }
    ExpectBackupsToHold(before);
  });
}

TEST_F(BackupPowerCutTest, APrunedRepositoryHasEachBackupInOnePlaceAndLosesNothingThatStays) {
  BackupOptions short_lived;
  short_lived.retention_days = 1;
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    PutSome("at " + std::to_string(i), 2);
    short_lived.type = i == 1 ? BackupType::kIncremental : BackupType::kFull;
    ids.push_back(BackUpWith(short_lived).id);
    states_[ids.back()] = WholeState(engine());
  }
  ASSERT_OK(DeleteBackup(engine(), ids[0]));
  const std::string state = WholeState(engine());
  PruneOptions prune;
  prune.as_of = Timestamp{engine::CoreOf(engine()).Now().microseconds + std::int64_t{30} * 86'400 * 1'000'000};
  Keep();
  CutAtEveryChange([&] { return RunPrune(engine(), prune).status(); },
                   [&](bool acknowledged) {
                     EXPECT_TRUE(WholeState(engine()) == state);
                     const std::set<std::string> live = IdsIn(&ListBackups);
                     const std::set<std::string> trash = IdsIn(&ListDeletedBackups);
                     EXPECT_FALSE(live.contains(ids[0]));
                     EXPECT_NE(live.contains(ids[1]), trash.contains(ids[1]));
                     EXPECT_TRUE(live.contains(ids[2]));
                     if (acknowledged) {
                       EXPECT_EQ(trash, std::set<std::string>{ids[1]});
                     }
                     ExpectBackupsToHold(state);
                     ASSERT_OK(RunPrune(engine(), prune));
                     EXPECT_EQ(IdsIn(&ListDeletedBackups), std::set<std::string>{ids[1]});
                     ASSERT_OK(UndeleteBackup(engine(), ids[1]));
                     ExpectBackupsToHold(state);
                   });
}

TEST_F(BackupPowerCutTest, ABackupOnItsWayToTheTrashOrBackIsInOnePlace) {
  PutSome("then", 2);
  const BackupInfo full = BackUpRecorded(BackupType::kFull);
  PutSome("now", 2);
  const BackupInfo next = BackUpRecorded(BackupType::kIncremental);
  ASSERT_OK(DeleteBackup(engine(), full.id));
  const std::string state = WholeState(engine());
  Keep();
  const auto look = [&](const std::string& id, bool acknowledged, bool must_be_live) {
    const bool live = IdsIn(&ListBackups).contains(id);
    EXPECT_NE(live, IdsIn(&ListDeletedBackups).contains(id));
    if (acknowledged) {
      EXPECT_EQ(live, must_be_live);
    }
    ExpectBackupsToHold(state);
    if (live) {
      ASSERT_OK(DeleteBackup(engine(), id));
    }
    ASSERT_OK(UndeleteBackup(engine(), id));
    ExpectBackupsToHold(state);
  };
  CutAtEveryChange([&] { return DeleteBackup(engine(), next.id).status(); },
                   [&](bool acknowledged) { look(next.id, acknowledged, false); });
  CutAtEveryChange([&] { return UndeleteBackup(engine(), full.id).status(); },
                   [&](bool acknowledged) { look(full.id, acknowledged, true); });
}

TEST_F(BackupPowerCutTest, AVerificationThatIsCutOffChangesNothing) {
  PutSome("now", 2);
  const std::string state = WholeState(engine());
  const BackupInfo full = BackUpRecorded(BackupType::kFull);
  Keep();
  const auto work = [&]() -> Status {
    Result<VerifyReport> report = RunVerifyBackup(engine(), full.id, {.level = kVerifyLevelMax});
    EXPECT_TRUE(!report.ok() || report->ok) << "a failing device is not a finding";
    return report.status();
  };
  CutAtEveryChange(work, [&](bool acknowledged) {
    EXPECT_TRUE(WholeState(engine()) == state);
    ExpectBackupsToHold(state);
    if (acknowledged) {
      ASSERT_TRUE(ListBackups(engine())->front().verified);
      EXPECT_EQ(ListBackups(engine())->front().verified->level, kVerifyLevelMax);
    }
  });
}

}  // namespace
}  // namespace coffer::operations
