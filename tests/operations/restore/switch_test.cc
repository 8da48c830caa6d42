// The switch to a restored store: calls go on around it, and a failure before it changes nothing.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "coffer/backup.h"
#include "coffer/integrity.h"
#include "operations/operations_fixture.h"
#include "support/watched_file_system.h"

namespace coffer::operations {
namespace {

// Also with a hook before a file is removed.
class HookedFileSystem final : public WatchedFileSystem {
 public:
  using WatchedFileSystem::WatchedFileSystem;

  void OnNextRemove(std::string path_part, std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    path_part_ = std::move(path_part);
    hook_ = std::move(hook);
  }
  Status RemoveFile(const std::string& path) override {
    std::function<void()> hook;
    {
      const std::lock_guard lock(mutex_);
      if (hook_ && path.find(path_part_) != std::string::npos) hook.swap(hook_);
    }
    if (hook) hook();
    return WatchedFileSystem::RemoveFile(path);
  }

 private:
  std::mutex mutex_;
  std::string path_part_;
  std::function<void()> hook_;
};

class SwitchTest : public OperationsTest {
 protected:
  ~SwitchTest() override { engine_.reset(); }

  static RestoreOptions Quick() {
    RestoreOptions options;
    options.safety_backup = false;
    return options;
  }
  // Reads and writes on another thread. If they wait for the thread that runs this, that ends after a while with a failure.
  void ExpectThatCallsGoOn() {
    calls_.push_back(std::async(std::launch::async, [this]() -> Status {
      Result<Conversation> read = engine().GetConversation("c1");
      return read.ok() ? engine().PutConversation(*read).status() : read.status();
    }));
    const bool done = calls_.back().wait_for(std::chrono::seconds(20)) == std::future_status::ready;
    EXPECT_TRUE(done) << "a call waits for the switch";
    if (done) {
      EXPECT_OK(calls_.back().get());
    }
  }

  HookedFileSystem hooked_{files_};
  std::vector<std::future<Status>> calls_;  // destroyed when no hook runs any more, because that waits for the calls
};

TEST_F(SwitchTest, CallsGoOnWhileTheNewStoreIsOpenedAndTheOldOneIsRemoved) {
  OpenOptions options;
  options.file_system = &hooked_;
  Open(options);
  PutSome("now");
  ASSERT_OK(RunBackup(engine()));
  int hooks = 0;
  hooked_.OnNextOpen("/gen-000002/", [&] {
    ++hooks;
    EXPECT_FALSE(engine().switching());
    ExpectThatCallsGoOn();
  });
  hooked_.OnNextRemove("/gen-000001/", [&] {
    ++hooks;
    EXPECT_FALSE(engine().switching());
    ExpectThatCallsGoOn();
  });
  ASSERT_OK(RunRestore(engine(), "latest", Quick()));
  EXPECT_EQ(hooks, 2);
  EXPECT_FALSE(std::filesystem::exists(store_path() + "/gen-000001"));
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(SwitchTest, ANewStoreThatCannotBeOpenedLeavesTheOldOneWritable) {
  OpenOverFailingFiles();
  PutSome("now");
  ASSERT_OK(RunBackup(engine()));
  PutSome("later");
  const std::string later = WholeState(engine());
  FileFailure failure;
  failure.operation = FileOperation::kOpenForWriting;
  failure.path_part = "/gen-000002/";
  failure.repeat = true;
  files_.FailOn(failure);
  EXPECT_CODE(RunRestore(engine(), "latest", Quick()), kIoError);
  files_.Heal();
  EXPECT_EQ(WholeState(engine()), later);
  EXPECT_FALSE(std::filesystem::exists(store_path() + "/gen-000002"));
  PutSome("at last");
  const std::string state = WholeState(engine());
  Open();
  EXPECT_EQ(WholeState(engine()), state);
  ASSERT_OK(RunRestore(engine(), "latest", Quick()));
  EXPECT_NE(WholeState(engine()), state);
}

// A process is killed at any sync of a folder; the next one opens the store; then the power fails.
TEST_F(SwitchTest, WhatTheNextOpeningFindsSurvivesAPowerLossAfterIt) {
  PutSome("old", 2);
  const std::string restored = WholeState(engine());
  const std::string id = RunBackup(engine())->id;
  PutSome("new", 3);
  const std::string current = WholeState(engine());
  engine_.reset();
  const std::string kept = directory_.File("kept");
  std::filesystem::copy(store_path(), kept, std::filesystem::copy_options::recursive);
  bool done = false;
  for (std::uint64_t nth = 1; !done; ++nth) {
    ASSERT_LT(nth, 100U);
    SCOPED_TRACE(nth);
    std::filesystem::remove_all(store_path());
    std::filesystem::copy(kept, store_path(), std::filesystem::copy_options::recursive);
    FailingFileSystem files(PosixFileSystem());
    OpenOptions options;
    options.file_system = &files;
    Open(options);
    files.FailOn({.operation = FileOperation::kSyncDirectory, .nth = nth, .cuts_power = true});
    done = RunRestore(engine(), id, Quick()).ok();
    engine_.reset();
    files.Heal();
    files.RestorePower();
    Open(options);
    const std::string found = WholeState(engine());
    engine_.reset();
    ASSERT_OK(files.DropUnsynced());
    Open();
    EXPECT_TRUE(found == restored || found == current);
    EXPECT_EQ(WholeState(engine()), found);
    EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
    engine_.reset();
  }
}

TEST_F(SwitchTest, TheControlStoreThatTheNextOpeningFindsSurvivesAPowerLossAfterIt) {
  engine_.reset();
  bool done = false;
  for (std::uint64_t nth = 1; !done; ++nth) {
    ASSERT_LT(nth, 100U);
    SCOPED_TRACE(nth);
    std::filesystem::remove_all(store_path());
    FailingFileSystem files(PosixFileSystem());
    OpenOptions options;
    options.file_system = &files;
    files.FailOn({.operation = FileOperation::kSyncDirectory, .nth = nth, .cuts_power = true});
    done = Engine::Open(store_path(), options).ok();
    files.Heal();
    files.RestorePower();
    Open(options);
    // An operation that makes no folder: that would sync the data folder.
    const Result<OperationOf<BulkDeleteReport>> operation = StartBulkDelete(engine(), Selection{});
    ASSERT_OK(operation);
    ASSERT_OK(operation->Wait());
    engine_.reset();
    ASSERT_OK(files.DropUnsynced());
    Open();
    EXPECT_OK(GetOperation(engine(), operation->id())) << "the journal is in the control store";
    engine_.reset();
  }
}

}  // namespace
}  // namespace coffer::operations
