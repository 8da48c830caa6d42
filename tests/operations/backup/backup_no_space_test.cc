// The device fills up at every write in turn: the caller gets an error, nothing incomplete is listed, and the store keeps
// working.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "coffer/integrity.h"
#include "engine/internals.h"
#include "operations/repository/repository_fixture.h"
#include "support/repository_leftovers.h"

namespace coffer::operations {
namespace {

namespace fs = std::filesystem;

class BackupNoSpaceTest : public RepositoryTest {
 protected:
  static constexpr std::size_t kTornBytes = 10;

  BackupNoSpaceTest() : RepositoryTest(TempDirectory::InMemory()) {}
  void SetUp() override {
    files_.SkipRealSyncs();
    OpenOverFailingFiles();
  }

  // Repeats the work with a full device at its n-th write to a path that contains `path_part`, until it needs fewer writes.
  void FillUpAtEveryWrite(const std::string& path_part, const std::function<Status()>& work,
                          const std::function<void(const Status& failure)>& look) {
    constexpr std::uint64_t kWritesMax = 2000;
    std::uint64_t nth = 0;
    for (Status status = Status::Internal("not begun"); !status.ok();) {
      ASSERT_LT(++nth, kWritesMax);
      SCOPED_TRACE("write " + std::to_string(nth) + " to " + path_part);
      FileFailure full;
      full.operation = FileOperation::kAppend;
      full.path_part = path_part;
      full.nth = nth;
      full.repeat = true;
      full.status = Status::ResourceExhausted("no space left on device");
      full.torn_bytes = kTornBytes;
      files_.FailOn(full);
      status = work();
      files_.Heal();
      if (status.ok()) break;
      look(status);
      ExpectToServe();
      if (HasFailure()) return;
    }
    EXPECT_GT(nth, 2U) << "nothing was written there";
  }
  static void ExpectMissingBytes(const Status& status) {
    EXPECT_CODE(status, kResourceExhausted);
    EXPECT_NE(status.message().find("bytes are missing"), std::string::npos) << status.ToString();
  }
  // The store accepts a write and returns it.
  void ExpectToServe() {
    Prompt prompt;
    prompt.id = "written-since";
    prompt.owner_id = "owner0";
    prompt.name = "n";
    prompt.content = std::to_string(++writes_);
    ASSERT_OK(engine().PutPrompt(prompt));
    EXPECT_EQ(engine().GetPrompt("written-since")->content, prompt.content);
  }
  void ExpectNoLeftovers() {
    for (const std::string& path : LeftoversIn(store_path(), repository_path())) ADD_FAILURE() << path << " was left";
  }

  std::uint64_t writes_ = 0;
};

TEST_F(BackupNoSpaceTest, ABackupThatFindsNoRoomIsNotListedAndTheNextOneIsMade) {
  PutSome("now");
  for (const BackupType type : {BackupType::kFull, BackupType::kIncremental}) {
    const std::vector<std::string> listed = IdsListed();
    FillUpAtEveryWrite(
        "/backups/", [&] { return RunBackup(engine(), {.type = type}).status(); },
        [&](const Status& failure) {
          ExpectMissingBytes(failure);
          EXPECT_EQ(IdsListed(), listed);
        });
    ASSERT_EQ(IdsListed().size(), listed.size() + 1);
    EXPECT_TRUE(StateOfBackup(IdsListed().front()) == WholeState(engine()));
    ExpectNoLeftovers();
  }
}

TEST_F(BackupNoSpaceTest, ARestoreThatFindsNoRoomLeavesTheOldStoreServing) {
  PutSome("now");
  const std::string before = WholeState(engine());
  const BackupInfo full = BackUp();
  PutSome("later");
  for (const std::string part : {"/backups/", "/gen-000002.partial/"}) {
    const RestoreOptions options = part == "/backups/" ? RestoreOptions() : Quick();
    FillUpAtEveryWrite(
        part, [&] { return RunRestore(engine(), full.id, options).status(); },
        [&](const Status& failure) {
          ExpectMissingBytes(failure);
          EXPECT_FALSE(WholeState(engine()) == before);
        });
    ASSERT_TRUE(WholeState(engine()) == before);
    if (part == "/backups/") {
      const RestoreOptions back = Quick();
      ASSERT_OK(RunRestore(engine(), IdsListed().front(), back));
      engine_.reset();
      // So that the next generation has the same name again.
      fs::rename(store_path() + "/gen-000003", store_path() + "/gen-000001");
      WriteBytes(store_path() + "/CURRENT", "coffer store format 1\ngen-000001\n");
      OpenOverFailingFiles();
    }
  }
  ASSERT_OK(RunBackup(engine()));
  ExpectNoLeftovers();
}

TEST_F(BackupNoSpaceTest, PruningAndDeletingFindNoRoomAndLoseNothing) {
  PutSome("now");
  const std::string state = WholeState(engine());
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(BackUpWith({.retention_days = 1}).id);
  const auto expect_all_there = [&](const Status& failure) {
    EXPECT_CODE(failure, kResourceExhausted);
    Result<std::vector<BackupInfo>> deleted = ListDeletedBackups(engine());
    ASSERT_OK(deleted);
    EXPECT_EQ(IdsListed().size() + deleted->size(), ids.size());
    for (const std::string& id : IdsListed()) EXPECT_TRUE(StateOfBackup(id) == state);
  };
  FillUpAtEveryWrite(
      "/backups/", [&] { return DeleteBackup(engine(), ids[0]).status(); }, expect_all_there);
  FillUpAtEveryWrite(
      "/backups/", [&] { return UndeleteBackup(engine(), ids[0]).status(); }, expect_all_there);
  PruneOptions prune;
  prune.as_of = Timestamp{engine::CoreOf(engine()).Now().microseconds + std::int64_t{3} * 86'400 * 1'000'000};
  FillUpAtEveryWrite(
      "/backups/", [&] { return RunPrune(engine(), prune).status(); }, expect_all_there);
  EXPECT_EQ(IdsListed(), std::vector<std::string>{ids[2]});
  ExpectNoLeftovers();
}

// The free space grows; there is always enough for the journal.
TEST_F(BackupNoSpaceTest, WhateverSpaceIsLeftItIsEnoughOrTheCallerIsTold) {
  PutSome("now");
  for (const bool restore : {false, true}) {
    std::size_t refused = 0;
    Status status = Status::Internal("not begun");
    for (std::uint64_t bytes = std::uint64_t{64} << 10; !status.ok(); bytes = bytes * 3 / 2) {
      ASSERT_LT(bytes, std::uint64_t{1} << 30);
      SCOPED_TRACE(std::to_string(bytes) + " bytes" + (restore ? " for a restore" : " for a backup"));
      const std::vector<std::string> listed = IdsListed();
      files_.LimitBytes(bytes);
      status = restore ? RunRestore(engine(), "latest").status() : RunBackup(engine()).status();
      files_.Heal();
      ASSERT_NO_FATAL_FAILURE(ExpectToServe());
      if (status.ok()) break;
      ++refused;
      ExpectMissingBytes(status);
      EXPECT_EQ(IdsListed(), listed);
    }
    EXPECT_GT(refused, 2U);
  }
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

}  // namespace
}  // namespace coffer::operations
