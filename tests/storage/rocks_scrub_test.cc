// Scrub: afterwards no file holds what was deleted or replaced before it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "support/disk_search.h"
#include "support/gate.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using std::chrono::milliseconds;
using storage::Family;

class ScrubTest : public ::testing::Test {
 protected:
  std::string Path() const { return folder_.File("store"); }
  // Old versions and deleted values in memory, in logs, in sorted files of several levels and in blob files.
  void PutAndDelete(storage::Store& store) {
    for (int round = 0; round < 3; ++round) {
      const std::string mark = "mark-" + std::to_string(round);
      ASSERT_OK(PutOne(store, Family::kMessages, "replaced", mark));
      ASSERT_OK(PutOne(store, Family::kMessages, "key" + std::to_string(round), mark));
      ASSERT_OK(PutOne(store, Family::kContents, "blob" + std::to_string(round), NoisyText(9000, 7) + mark));
      if (round == 2) break;  // stays in the log
      ASSERT_OK(store.Flush({}));
      ASSERT_OK(round == 0 ? store.Compact({}) : Status::Ok());
    }
    storage::WriteBatch batch;
    batch.Delete(Family::kMessages, "replaced");
    batch.DeleteRange(Family::kMessages, "key", "kez");
    batch.DeleteRange(Family::kContents, "blob", "bloc");
    batch.Put(Family::kPrompts, "kept", "kept-text");
    ASSERT_OK(store.Commit(batch, Durability::kDurable));
  }
  std::size_t FilesWithMarks() const {
    std::size_t files = 0;
    for (int round = 0; round < 3; ++round) files += FilesWithText(Path(), "mark-" + std::to_string(round)).size();
    return files;
  }

  const TempDirectory folder_;
  std::atomic<bool> stop_{false};
};

TEST_F(ScrubTest, NothingDeletedIsOnDiskAnyMore) {
  const auto store = CreateStore(Path());
  ASSERT_NO_FATAL_FAILURE(PutAndDelete(*store));
  EXPECT_GT(FilesWithMarks(), 3U) << "the search must find existing text";
  ASSERT_OK(store->Scrub({}, stop_));
  EXPECT_EQ(FilesWithMarks(), 0U);
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "kept"), "kept-text");
  ASSERT_OK(store->Scrub({}, stop_)) << "and again, with nothing to do";
  ASSERT_OK(store->Close());
}

TEST_F(ScrubTest, OfSomeFamiliesLeavesTheFilesOfOthersAlone) {
  const auto store = CreateStore(Path());
  ASSERT_OK(PutOne(*store, Family::kPrompts, "kept", "kept-text"));
  ASSERT_OK(store->Flush({}));
  ASSERT_NO_FATAL_FAILURE(PutAndDelete(*store));
  const std::vector<Family> families = {Family::kMessages, Family::kContents};
  ASSERT_OK(store->Scrub(families, stop_));
  EXPECT_EQ(FilesWithMarks(), 0U);
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "kept"), "kept-text");
}

TEST_F(ScrubTest, WaitsForOlderSnapshotsAndScansAndNotForNewerOnes) {
  const auto store = CreateStore(Path());
  ASSERT_OK(PutOne(*store, Family::kMessages, "key", "mark-0"));
  ASSERT_OK(store->Flush({}));
  auto snapshot = store->TakeSnapshot();
  auto scan = store->NewScan(Family::kMessages, {}, {}, {});
  scan->SeekToFirst();
  ASSERT_TRUE(scan->valid());
  ASSERT_NO_FATAL_FAILURE(PutAndDelete(*store));
  const auto newer = store->TakeSnapshot();
  Gate done;
  std::thread scrubber([&] {
    EXPECT_OK(store->Scrub({}, stop_));
    done.Open();
  });
  EXPECT_FALSE(done.WaitFor(milliseconds(50)));
  snapshot.reset();
  EXPECT_FALSE(done.WaitFor(milliseconds(100))) << "the scan reads the old files";
  EXPECT_EQ(scan->value(), "mark-0");
  scan.reset();
  done.Wait();
  scrubber.join();
  EXPECT_EQ(FilesWithMarks(), 0U);
}

TEST_F(ScrubTest, IsStopped) {
  const auto store = CreateStore(Path());
  ASSERT_OK(PutOne(*store, Family::kMessages, "key", "x"));
  const auto snapshot = store->TakeSnapshot();
  ASSERT_OK(PutOne(*store, Family::kMessages, "key", "y"));
  std::thread stopper([this] { stop_ = true; });
  EXPECT_CODE(store->Scrub({}, stop_), kCancelled);
  stopper.join();
  stop_ = false;
  ASSERT_OK(PutOne(*store, Family::kMessages, "key", "z")) << "and the store keeps working";
}

TEST_F(ScrubTest, GoesOnBesideWriters) {
  const auto store = CreateStore(Path());
  ASSERT_NO_FATAL_FAILURE(PutAndDelete(*store));
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (int i = 0; !over; ++i) {
      EXPECT_OK(PutOne(*store, Family::kMessages, "new" + std::to_string(i % 500), NoisyText(2000, 3), Durability::kBuffered));
    }
  });
  EXPECT_OK(store->Scrub({}, stop_));
  over = true;
  writer.join();
  EXPECT_EQ(FilesWithMarks(), 0U);
}

}  // namespace
}  // namespace coffer
