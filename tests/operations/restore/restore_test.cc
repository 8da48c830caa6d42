#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/integrity.h"
#include "coffer/snapshot.h"
#include "engine/core.h"
#include "operations/repository/repository_fixture.h"

namespace coffer::operations {
namespace {

class RestoreTest : public RepositoryTest {
 protected:
  std::string BackUp() { return RepositoryTest::BackUp().id; }
  // A change that a restore must undo.
  void Change() {
    PutSome("later", 7);
    ASSERT_OK(engine().Delete(Kind::kConversation, "c2"));
    ASSERT_OK(engine().Delete(Kind::kDocument, "d2"));
  }
  std::vector<std::string> FilesOf(const std::string& backup_id) {
    std::vector<std::string> files;
    for (const std::string& object : ObjectsOf(backup_id)) files.push_back(ObjectPath(object));
    return files;
  }
};

TEST_F(RestoreTest, TheStateOfTheBackupComesBackWhole) {
  PutSome("now");
  const std::string before = WholeState(engine());
  const std::string id = BackUp();
  Change();
  const std::string changed = WholeState(engine());
  ASSERT_NE(changed, before);

  Result<RestoreReport> report = RunRestore(engine(), "latest");
  ASSERT_OK(report);
  EXPECT_EQ(report->backup_id, id);
  EXPECT_EQ(report->conversations, 5U);
  EXPECT_EQ(report->messages, 10U);
  EXPECT_EQ(report->documents, 3U);
  EXPECT_EQ(report->prompts, 1U);
  EXPECT_EQ(report->contents, 2U);
  EXPECT_EQ(WholeState(engine()), before);
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());

  Open();
  EXPECT_EQ(WholeState(engine()), before) << "and stays after reopening";
  Result<RestoreReport> back = RunRestore(engine(), report->safety_backup_id);
  ASSERT_OK(back);
  EXPECT_EQ(WholeState(engine()), changed) << "the safety backup undoes the restore";
}

TEST_F(RestoreTest, LatestIsNeverASafetyBackup) {
  EXPECT_CODE(RunRestore(engine(), "latest"), kNotFound);
  PutSome("now");
  const std::string id = BackUp();
  ASSERT_OK(RunRestore(engine(), "latest"));
  Result<RestoreReport> again = RunRestore(engine(), "latest");
  ASSERT_OK(again);
  EXPECT_EQ(again->backup_id, id);
}

TEST_F(RestoreTest, AnUnknownBackupIsNotFound) {
  for (const std::string id : {"none", "", "../backups", ".", "..", "LOCK", "a/b", "01ARZ3NDEKTSV4RRFFQ69G5FAV"}) {
    EXPECT_CODE(RunRestore(engine(), id), kNotFound) << id;
  }
}

TEST_F(RestoreTest, WritesGoOnInTheRestoredStore) {
  PutSome("now");
  BackUp();
  Change();
  ASSERT_OK(RunRestore(engine(), "latest", Quick()));
  Change();
  const std::string state = WholeState(engine());
  Open();
  EXPECT_EQ(WholeState(engine()), state);
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(RestoreTest, OneFlippedBitInAnyFileIsRefusedByName) {
  PutSome("now");
  const std::string id = BackUp();
  Change();
  const std::string before = WholeState(engine());
  std::vector<std::string> files = FilesOf(id);
  files.push_back(ManifestPath(id));
  for (const std::string& path : files) {
    const std::string good = ReadBytes(path);
    if (good.empty()) continue;
    std::string bad = good;
    bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 0x10);
    WriteBytes(path, bad);
    Result<RestoreReport> report = RunRestore(engine(), id, Quick());
    EXPECT_CODE(report, kCorruption) << path;
    EXPECT_NE(report.status().message().find(std::filesystem::path(path).filename().string()), std::string::npos)
        << report.status().message();
    EXPECT_EQ(WholeState(engine()), before);
    WriteBytes(path, good);
  }
  EXPECT_OK(RunRestore(engine(), id, Quick()));
}

TEST_F(RestoreTest, AShorterOrMissingFileIsRefusedBeforeTheSafetyBackup) {
  PutSome("now");
  const std::string id = BackUp();
  for (const std::string& path : FilesOf(id)) {
    const std::string good = ReadBytes(path);
    std::filesystem::remove(path);
    EXPECT_CODE(RunRestore(engine(), id), kCorruption) << path;
    if (!good.empty()) {
      WriteBytes(path, good.substr(1));
      EXPECT_CODE(RunRestore(engine(), id), kCorruption) << path;
    }
    WriteBytes(path, good);
  }
  EXPECT_EQ(ListBackups(engine()).value().size(), 1U);
}

TEST_F(RestoreTest, ALiveSnapshotMakesItBusy) {
  PutSome("now");
  BackUp();
  const std::string before = WholeState(engine());
  {
    Result<std::unique_ptr<Snapshot>> snapshot = engine().TakeSnapshot();
    ASSERT_OK(snapshot);
    EXPECT_CODE(RunRestore(engine(), "latest", Quick()), kBusy);
    EXPECT_EQ(WholeState(engine()), before);
  }
  EXPECT_OK(RunRestore(engine(), "latest", Quick()));
}

TEST_F(RestoreTest, AReaderOrAContentOnItsWayMakesItBusy) {
  PutSome("now");
  BackUp();
  const std::string before = WholeState(engine());
  {
    const Result<ContentReader> reader = engine().OpenContent("d1");
    ASSERT_OK(reader);
    EXPECT_CODE(RunRestore(engine(), "latest", Quick()), kBusy);
  }
  {
    Result<ContentWriter> writer = engine().NewContent();
    ASSERT_OK(writer);
    ASSERT_OK(writer->Append("on its way"));
    EXPECT_CODE(RunRestore(engine(), "latest", Quick()), kBusy);
    // In a batch that is not committed yet.
    Batch batch(engine());
    ASSERT_OK(batch.SetContent("d1", std::move(*writer)));
    EXPECT_CODE(RunRestore(engine(), "latest", Quick()), kBusy);
    EXPECT_EQ(WholeState(engine()), before);
    ASSERT_OK(engine().Commit(batch));
  }
  EXPECT_OK(RunRestore(engine(), "latest", Quick()));
  EXPECT_EQ(WholeState(engine()), before);
}

TEST_F(RestoreTest, ABackupMovesToANewFolder) {
  PutSome("now");
  const std::string before = WholeState(engine());
  const std::string id = BackUp();
  const std::string repository = directory_.File("moved");
  const std::string identity = directory_.File("identity");
  std::filesystem::copy(store_path() + "/backups", repository, std::filesystem::copy_options::recursive);
  std::filesystem::copy(IdentityPath(), identity);
  engine_.reset();
  std::filesystem::remove_all(store_path());
  OpenOptions options;
  options.repository = repository;
  Open(options);
  EXPECT_CODE(RunRestore(engine(), id), kPermissionDenied) << "it cannot be read without the key";
  RestoreOptions restore;
  restore.identity_file = identity;
  Result<RestoreReport> report = RunRestore(engine(), id, restore);
  ASSERT_OK(report);
  EXPECT_TRUE(report->safety_backup_id.empty()) << "an empty store has nothing to lose";
  EXPECT_EQ(WholeState(engine()), before);
  EXPECT_EQ(RunBackup(engine(), {.type = BackupType::kIncremental})->type, BackupType::kFull);
}

TEST_F(RestoreTest, OneCallTakesItBack) {
  PutSome("now");
  BackUp();
  Change();
  const std::string changed = WholeState(engine());
  Result<RestoreReport> report = RunRestore(engine(), "latest");
  ASSERT_OK(report);
  ASSERT_NE(WholeState(engine()), changed);
  Result<RestoreReport> back = RunRollBack(engine(), report->restore_id);
  ASSERT_OK(back);
  EXPECT_EQ(WholeState(engine()), changed);
  EXPECT_CODE(StartRollBack(engine(), back->restore_id), kNotFound) << "it made no safety backup itself";
}

TEST_F(RestoreTest, ADryRunTellsAndChangesNothing) {
  PutSome("now");
  const std::string id = BackUp();
  Change();
  const std::string changed = WholeState(engine());
  RestoreOptions options;
  options.dry_run = true;
  Result<RestoreReport> report = RunRestore(engine(), id, options);
  ASSERT_OK(report);
  EXPECT_TRUE(report->dry_run);
  EXPECT_EQ(report->conversations, 5U);
  EXPECT_EQ(WholeState(engine()), changed);
  EXPECT_EQ(IdsListed().size(), 1U);
}

TEST_F(RestoreTest, ADryRunTellsWhichContentsAreMissing) {
  PutSome("now");
  BackupOptions options;
  options.include_contents = false;
  const BackupInfo info = BackUpWith(options);
  RestoreOptions dry = Quick();
  dry.dry_run = true;
  const Result<RestoreReport> report = RunRestore(engine(), info.id, dry);
  ASSERT_OK(report);
  EXPECT_EQ(report->contents_missing, 2U);
  EXPECT_EQ(report->contents, 0U);
}

TEST_F(RestoreTest, OptionsThatDoNotFitTogetherAreRefused) {
  const std::string id = BackUp();
  const auto refused = [&](const RestoreOptions& options) { EXPECT_CODE(RunRestore(engine(), id, options), kInvalidArgument); };
  refused({.owner = "owner0"});
  refused({.ids = {"c1"}});
  refused({.mode = PutMode::kKeepExisting});
  refused({.exact = true});
  refused({.scope = RestoreScope::kUser});
  refused({.scope = RestoreScope::kUser, .owner = "owner0", .ids = {"c1"}});
  refused({.scope = RestoreScope::kConversations, .ids = {"a b"}});
  refused({.scope = RestoreScope::kConversations, .ids = std::vector<std::string>(kRestoreIdsMax + 1, "c")});
  refused({.scope = RestoreScope::kConversations, .mode = PutMode::kInsert});
  refused({.scope = RestoreScope::kConversations, .mode = PutMode::kNewest, .exact = true});
}

// Whichever call fails, the next opening finds one state or the other.
TEST_F(RestoreTest, AFailureAtAnyCallLeavesTheOldStateOrTheNew) {
  PutSome("now", 2);
  const std::string restored = WholeState(engine());
  const std::string id = BackUp();
  PutSome("later", 3);
  const std::string current = WholeState(engine());
  engine_.reset();
  const std::string kept = directory_.File("kept");
  std::filesystem::copy(store_path(), kept, std::filesystem::copy_options::recursive);

  bool done = false;
  for (std::uint64_t nth = 1; !done; nth += nth < 40 ? 1 : 7) {
    ASSERT_LT(nth, 3000U);
    std::filesystem::remove_all(store_path());
    std::filesystem::copy(kept, store_path(), std::filesystem::copy_options::recursive);
    OpenOverFailingFiles();
    FileFailure failure;
    failure.operation = FileOperation::kAnyChange;
    failure.nth = nth;
    files_.FailOn(failure);
    const Result<RestoreReport> report = RunRestore(engine(), id, Quick());
    files_.Heal();
    done = report.ok();
    const std::string serving = WholeState(engine());
    EXPECT_TRUE(serving == current || serving == restored) << nth << ": " << report.status().ToString();
    Open();
    const std::string reopened = WholeState(engine());
    EXPECT_TRUE(reopened == current || reopened == restored) << nth << ": " << report.status().ToString();
    if (done) {
      EXPECT_EQ(reopened, restored);
    }
    for (const OperationInfo& info : AllOperations(engine())) {
      if (info.kind != OperationKind::kRestore) continue;
      EXPECT_EQ(info.state == OperationState::kCompleted, reopened == restored) << nth << ": " << info.error.ToString();
    }
    EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty()) << nth;
    for (const auto& entry : std::filesystem::directory_iterator(store_path())) {
      EXPECT_NE(entry.path().extension(), ".partial") << nth << " " << entry.path();
    }
    engine_.reset();
  }
}

}  // namespace
}  // namespace coffer::operations
