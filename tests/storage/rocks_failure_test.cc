// The store when the disk fails, fills up, is damaged, or loses its power.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "storage/store.h"
#include "support/failing_file_system.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::Family;

class RocksFailureTest : public ::testing::Test {
 protected:
  // The process and the machine go down together; then the machine starts again.
  void LosePower(std::unique_ptr<storage::Store>& store, std::uint64_t unsynced_bytes_kept) {
    files_.CutPower();
    store.reset();
    ASSERT_OK(files_.DropUnsynced(unsynced_bytes_kept));
    files_.RestorePower();
  }

  TempDirectory folder_;
  FailingFileSystem files_{PosixFileSystem()};
  const std::string path_ = folder_.File("store");
};

TEST_F(RocksFailureTest, AFailedCommitIsToldByCloseAndLeavesTheOldValue) {
  auto store = CreateStore(path_, &files_);
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "old"));
  files_.FailOn({.operation = FileOperation::kAppend, .path_part = ".log"});
  const Status failed = PutOne(*store, Family::kPrompts, "a", "new");
  EXPECT_CODE(failed, kIoError);
  EXPECT_NE(failed.message().find("injected failure"), std::string_view::npos) << failed.ToString();
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "a"), "old");
  EXPECT_CODE(PutOne(*store, Family::kPrompts, "b", "later"), kIoError);
  EXPECT_CODE(store->Close(), kIoError);
  files_.Heal();
  store = ReopenStore(path_, &files_);
  EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", ""), "a=old ");
}

TEST_F(RocksFailureTest, ATornLogWriteLeavesTheOldValueAndTheStoreOpens) {
  for (const std::size_t torn_bytes : {1U, 6U, 7U, 20U, 45U}) {
    const std::string path = folder_.File("torn" + std::to_string(torn_bytes));
    auto store = CreateStore(path, &files_);
    ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "old"));
    storage::WriteBatch batch;
    batch.Put(Family::kPrompts, "a", "new");
    batch.Put(Family::kMessages, "m", std::string(100, 'x'));
    files_.FailOn({.operation = FileOperation::kAppend, .path_part = ".log", .torn_bytes = torn_bytes});
    EXPECT_CODE(store->Commit(batch, Durability::kDurable), kIoError);
    store.reset();
    files_.Heal();
    store = ReopenStore(path, &files_);
    EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", ""), "a=old ") << torn_bytes;
    EXPECT_EQ(RowsOf(*store, Family::kMessages, "", ""), "") << torn_bytes;
    EXPECT_OK(store->Close());
  }
}

TEST_F(RocksFailureTest, AFailedSyncFailsTheCommit) {
  auto store = CreateStore(path_, &files_);
  files_.FailOn({.operation = FileOperation::kSync, .path_part = ".log"});
  EXPECT_CODE(PutOne(*store, Family::kPrompts, "a", "1"), kIoError);
  EXPECT_CODE(store->Close(), kIoError);
}

TEST_F(RocksFailureTest, AFailedSyncOfBufferedCommitsIsToldBySyncAndClose) {
  auto store = CreateStore(path_, &files_);
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "1", Durability::kBuffered));
  files_.FailOn({.operation = FileOperation::kSync, .path_part = ".log"});
  EXPECT_CODE(store->Sync(), kIoError);
  EXPECT_CODE(store->Close(), kIoError);
}

TEST_F(RocksFailureTest, AFullDiskIsResourceExhaustedForCommitFlushAndCheckpoint) {
  auto store = CreateStore(path_, &files_);
  ASSERT_OK(PutOne(*store, Family::kMessages, "kept", NoisyText(50'000, 1)));
  files_.LimitBytes(1'000);
  EXPECT_CODE(store->Checkpoint(folder_.File("copy"), Durability::kDurable), kResourceExhausted);
  EXPECT_FALSE(std::filesystem::exists(folder_.File("copy")));
  EXPECT_CODE(PutOne(*store, Family::kMessages, "new", NoisyText(50'000, 2)), kResourceExhausted);
  EXPECT_EQ(ValueOf(*store, Family::kMessages, "kept"), NoisyText(50'000, 1));
  EXPECT_CODE(store->Flush({}), kResourceExhausted);
  store.reset();
  files_.Heal();
  store = ReopenStore(path_, &files_);
  EXPECT_EQ(ValueOf(*store, Family::kMessages, "kept"), NoisyText(50'000, 1));
  EXPECT_EQ(ValueOf(*store, Family::kMessages, "new"), "(none)");
}

TEST_F(RocksFailureTest, ALossOfPowerKeepsEveryDurableCommitAndDropsOnlyTheNewestBufferedOnes) {
  for (const std::uint64_t kept_bytes : {0U, 1U, 30U, 70U, 1'000U}) {
    const std::string path = folder_.File("store" + std::to_string(kept_bytes));
    auto store = CreateStore(path, &files_);
    std::string durable_rows;
    for (char key = 'a'; key <= 'e'; ++key) {
      ASSERT_OK(PutOne(*store, Family::kPrompts, std::string(1, key), "1"));
      durable_rows += std::string(1, key) + "=1 ";
      if (key == 'c') {
        ASSERT_OK(store->Flush({}));
      }
    }
    std::string all_rows = durable_rows;
    for (char key = 'f'; key <= 'j'; ++key) {
      ASSERT_OK(PutOne(*store, Family::kPrompts, std::string(1, key), "1", Durability::kBuffered));
      all_rows += std::string(1, key) + "=1 ";
    }
    LosePower(store, kept_bytes);
    store = ReopenStore(path, &files_);
    const std::string rows = RowsOf(*store, Family::kPrompts, "", "");
    EXPECT_TRUE(rows.starts_with(durable_rows)) << rows;
    EXPECT_TRUE(all_rows.starts_with(rows)) << rows;
    if (kept_bytes == 0) {
      EXPECT_EQ(rows, durable_rows);
    }
    EXPECT_OK(store->Close());
  }
}

TEST_F(RocksFailureTest, ASyncMakesBufferedCommitsSurviveALossOfPower) {
  auto store = CreateStore(path_, &files_);
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "1", Durability::kBuffered));
  ASSERT_OK(store->Sync());
  ASSERT_OK(PutOne(*store, Family::kPrompts, "b", "1", Durability::kBuffered));
  LosePower(store, 0);
  store = ReopenStore(path_, &files_);
  EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", ""), "a=1 ");
}

TEST_F(RocksFailureTest, AClosedStoreSurvivesALossOfPowerWithItsBufferedCommits) {
  auto store = CreateStore(path_, &files_);
  ASSERT_OK(PutOne(*store, Family::kPrompts, "small", "1", Durability::kBuffered));
  ASSERT_OK(store->Close());
  LosePower(store, 0);
  store = ReopenStore(path_, &files_);
  ASSERT_OK(PutOne(*store, Family::kMessages, "large", NoisyText(2'000'000, 1), Durability::kBuffered));
  ASSERT_OK(store->Close());
  EXPECT_OK(files_.DropUnsynced());
  store = ReopenStore(path_, &files_);
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "small"), "1");
  EXPECT_EQ(ValueOf(*store, Family::kMessages, "large"), NoisyText(2'000'000, 1));
}

// Each round lets a few more file changes happen before the power goes. Not every one, because RocksDB waits a second after
// each failed flush.
TEST_F(RocksFailureTest, ALossOfPowerDuringAFlushLosesNothingDurable) {
  constexpr std::uint64_t kStride = 5;
  for (std::uint64_t step = 1;; step += kStride) {
    const std::string path = folder_.File("step" + std::to_string(step));
    auto store = CreateStore(path, &files_);
    ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "1"));
    ASSERT_OK(PutOne(*store, Family::kContents, "b", NoisyText(10'000, 1)));
    files_.FailOn({.operation = FileOperation::kAnyChange, .nth = step, .repeat = true});
    const bool flushed = store->Flush({}).ok();
    LosePower(store, 0);
    files_.Heal();
    store = ReopenStore(path, &files_);
    ASSERT_EQ(ValueOf(*store, Family::kPrompts, "a"), "1") << "power lost at step " << step;
    ASSERT_EQ(ValueOf(*store, Family::kContents, "b"), NoisyText(10'000, 1)) << "power lost at step " << step;
    ASSERT_OK(store->Close());
    if (flushed) {
      EXPECT_GT(step, 10U);
      break;
    }
  }
}

TEST_F(RocksFailureTest, VerifyChecksumsFindsAFlippedBit) {
  auto store = CreateStore(path_);
  for (std::uint32_t i = 0; i < 100; ++i) {
    ASSERT_OK(PutOne(*store, Family::kMessages, std::to_string(i), NoisyText(1'000, i), Durability::kBuffered));
  }
  ASSERT_OK(store->Flush({}));
  ASSERT_OK(store->VerifyChecksums());
  ASSERT_OK(store->Close());
  store.reset();
  std::string sorted_file;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (entry.path().extension() == ".sst" && entry.file_size() > 50'000) {
      sorted_file = entry.path();
    }
  }
  ASSERT_FALSE(sorted_file.empty());
  {
    std::fstream file(sorted_file, std::ios::in | std::ios::out | std::ios::binary);
    constexpr std::streamoff kSomewhereInTheData = 30'000;
    file.seekg(kSomewhereInTheData);
    const int byte = file.get();
    file.seekp(kSomewhereInTheData);
    file.put(static_cast<char>(byte ^ 1));
  }
  store = ReopenStore(path_);
  EXPECT_CODE(store->VerifyChecksums(), kCorruption);
}

TEST_F(RocksFailureTest, AMissingSortedFileIsCorruptionAtOpen) {
  auto store = CreateStore(path_);
  ASSERT_OK(PutOne(*store, Family::kMessages, "a", "1"));
  ASSERT_OK(store->Flush({}));
  ASSERT_OK(store->Close());
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (entry.path().extension() == ".sst") {
      std::filesystem::remove(entry.path());
    }
  }
  EXPECT_CODE(storage::OpenRocksStore(path_, {}), kCorruption);
}

}  // namespace
}  // namespace coffer
