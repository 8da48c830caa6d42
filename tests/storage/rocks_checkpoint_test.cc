#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "format/records/sha256.h"
#include "storage/durable_file.h"
#include "storage/store.h"
#include "support/failing_file_system.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::CheckpointFile;
using storage::Family;

constexpr std::uint64_t kFileBytesMax = std::uint64_t{64} << 20;

bool HasDigestFromBirth(const std::string& name) { return name.ends_with(".sst") || name.ends_with(".blob"); }

// Exactly the folder's files are in the list, with their true sizes, and digests are correct where they are required.
void ExpectDescribes(const std::vector<CheckpointFile>& files, const std::string& directory) {
  std::size_t present = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) {
    ++present;
  }
  EXPECT_EQ(files.size(), present);
  for (const CheckpointFile& file : files) {
    const auto bytes = storage::ReadWholeFile(PosixFileSystem(), directory + "/" + file.name, kFileBytesMax);
    ASSERT_OK(bytes);
    EXPECT_EQ(file.size_bytes, bytes->size()) << file.name;
    format::Sha256 hash;
    hash.Update(*bytes);
    EXPECT_EQ(format::HexText(file.digest), HasDigestFromBirth(file.name) ? format::HexText(hash.Finish()) : "") << file.name;
  }
}

std::map<std::string, std::string> DigestsOf(const std::vector<CheckpointFile>& files) {
  std::map<std::string, std::string> digests;
  for (const CheckpointFile& file : files) {
    if (!file.digest.empty()) {
      digests[file.name] = file.digest;
    }
  }
  return digests;
}

TEST(RocksCheckpointTest, OpensAsAStoreOfItsMoment) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "then", Durability::kBuffered));
  ASSERT_OK(PutOne(*store, Family::kContents, "c", NoisyText(100'000, 1)));
  ASSERT_OK(store->Checkpoint(folder.File("copy"), Durability::kDurable));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "later"));
  const auto copy = ReopenStore(folder.File("copy"));
  EXPECT_EQ(ValueOf(*copy, Family::kPrompts, "a"), "then");
  EXPECT_EQ(ValueOf(*copy, Family::kContents, "c"), NoisyText(100'000, 1));
  ASSERT_OK(PutOne(*copy, Family::kPrompts, "a", "changed in the copy"));
  ASSERT_OK(copy->Compact({}));
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "a"), "later");
  EXPECT_OK(store->VerifyChecksums());
}

TEST(RocksCheckpointTest, ItsDigestsAreTheSha256OfItsFilesOverEitherFileSystem) {
  const TempDirectory folder;
  FailingFileSystem adapted(PosixFileSystem());
  for (FileSystem* const files : {static_cast<FileSystem*>(nullptr), static_cast<FileSystem*>(&adapted)}) {
    const std::string name = files == nullptr ? "plain" : "adapted";
    const auto store = CreateStore(folder.File(name), files);
    ASSERT_OK(PutOne(*store, Family::kMessages, "m", NoisyText(100'000, 1)));
    ASSERT_OK(PutOne(*store, Family::kContents, "c", NoisyText(100'000, 2)));
    const auto placed = store->Checkpoint(folder.File(name + "-copy"), Durability::kDurable);
    ASSERT_OK(placed);
    EXPECT_EQ(DigestsOf(*placed).size(), 3U);  // one sorted file per family, and a blob file
    ExpectDescribes(*placed, folder.File(name + "-copy"));
  }
}

TEST(RocksCheckpointTest, DigestsSurviveReopening) {
  const TempDirectory folder;
  auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kContents, "c", NoisyText(100'000, 2)));
  const auto before = store->Checkpoint(folder.File("before"), Durability::kDurable);
  ASSERT_OK(before);
  ASSERT_OK(store->Close());
  store.reset();
  store = ReopenStore(folder.File("store"));
  const auto after = store->Checkpoint(folder.File("after"), Durability::kDurable);
  ASSERT_OK(after);
  EXPECT_EQ(DigestsOf(*before).size(), 2U);
  EXPECT_EQ(DigestsOf(*before), DigestsOf(*after));
}

TEST(RocksCheckpointTest, LinksSortedFilesInsteadOfCopyingThem) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kContents, "c", NoisyText(100'000, 2)));
  const auto placed = store->Checkpoint(folder.File("copy"), Durability::kDurable);
  ASSERT_OK(placed);
  for (const CheckpointFile& file : *placed) {
    const auto links = std::filesystem::hard_link_count(folder.File("copy/" + file.name));
    EXPECT_EQ(links, HasDigestFromBirth(file.name) ? 2U : 1U) << file.name;
  }
}

TEST(RocksCheckpointTest, RefusesAFolderThatIsThereAndNeedsItsParent) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(store->Checkpoint(folder.File("copy"), Durability::kDurable));
  EXPECT_CODE(store->Checkpoint(folder.File("copy"), Durability::kDurable), kAlreadyExists);
  EXPECT_CODE(store->Checkpoint(folder.File("no/copy"), Durability::kDurable), kNotFound);
}

TEST(RocksCheckpointTest, SurvivesALossOfPowerAsSoonAsItReturns) {
  const TempDirectory folder;
  FailingFileSystem files(PosixFileSystem());
  auto store = CreateStore(folder.File("store"), &files);
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "1", Durability::kBuffered));
  ASSERT_OK(PutOne(*store, Family::kContents, "c", NoisyText(100'000, 2), Durability::kBuffered));
  const auto placed = store->Checkpoint(folder.File("copy"), Durability::kDurable);
  ASSERT_OK(placed);
  files.CutPower();
  store.reset();
  ASSERT_OK(files.DropUnsynced());
  files.RestorePower();
  ExpectDescribes(*placed, folder.File("copy"));
  const auto copy = ReopenStore(folder.File("copy"), &files);
  EXPECT_EQ(ValueOf(*copy, Family::kPrompts, "a"), "1");
  EXPECT_EQ(ValueOf(*copy, Family::kContents, "c"), NoisyText(100'000, 2));
}

TEST(RocksCheckpointTest, ABufferedOneWaitsForNoSyncOfItsFiles) {
  const TempDirectory folder;
  FailingFileSystem files(PosixFileSystem());
  const auto store = CreateStore(folder.File("store"), &files);
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "1"));
  for (const FileOperation operation : {FileOperation::kSync, FileOperation::kSyncDirectory}) {
    files.FailOn({.operation = operation, .path_part = "/copy", .repeat = true});
    EXPECT_CODE(store->Checkpoint(folder.File("copy"), Durability::kDurable), kIoError);
    EXPECT_OK(store->Checkpoint(folder.File("copy"), Durability::kBuffered));
    EXPECT_EQ(ValueOf(*ReopenStore(folder.File("copy")), Family::kPrompts, "a"), "1");
    files.Heal();
    ASSERT_OK(storage::RemoveRecursively(files, folder.File("copy")));
  }
}

// A checkpoint with its final but unsynced name is complete; the failure is reported all the same.
TEST(RocksCheckpointTest, OneThatFailsAtAnyStepIsThereWholeOrNotAtAllAndTheNextSucceeds) {
  const TempDirectory folder;
  FailingFileSystem files(PosixFileSystem());
  const std::string path = folder.File("copy");
  const auto store = CreateStore(folder.File("store"), &files);
  ASSERT_OK(PutOne(*store, Family::kContents, "c", NoisyText(10'000, 2)));
  ASSERT_OK(store->Flush({}));
  std::uint64_t step = 1;
  for (;; ++step) {
    files.FailOn({.operation = FileOperation::kAnyChange, .path_part = folder.path() + "/copy", .nth = step});
    const bool made = store->Checkpoint(path, Durability::kDurable).ok();
    files.Heal();
    if (made) {
      break;
    }
    if (std::filesystem::exists(path)) {
      const auto copy = ReopenStore(path);
      EXPECT_EQ(ValueOf(*copy, Family::kContents, "c"), NoisyText(10'000, 2)) << step;
    }
    ASSERT_OK(storage::RemoveRecursively(files, path));
    ASSERT_OK(store->Checkpoint(path, Durability::kDurable)) << step;
    ASSERT_OK(storage::RemoveRecursively(files, path));
  }
  EXPECT_GT(step, 10U);
}

TEST(RocksCheckpointTest, ItHoldsWhatWasCommittedBeforeItsMomentAndNothingElse) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "in memory", "1"));
  int moments = 0;
  const auto placed = store->Checkpoint(folder.File("copy"), Durability::kDurable, [&](const std::function<void()>& fix) {
    ASSERT_OK(PutOne(*store, Family::kPrompts, "before", "1"));
    fix();
    ASSERT_OK(PutOne(*store, Family::kPrompts, "after", "1"));
    ASSERT_OK(store->Flush({}));
    ++moments;
  });
  ASSERT_OK(placed);
  EXPECT_EQ(moments, 1);
  ExpectDescribes(*placed, folder.File("copy"));
  const auto copy = ReopenStore(folder.File("copy"));
  EXPECT_EQ(ValueOf(*copy, Family::kPrompts, "in memory"), "1");
  EXPECT_EQ(ValueOf(*copy, Family::kPrompts, "before"), "1");
  storage::PinnedValue value;
  ASSERT_OK(copy->Get(Family::kPrompts, "after", nullptr, value));
  EXPECT_FALSE(value.found());
}

TEST(RocksCheckpointTest, UnderWritersItHoldsWholeBatchesOnly) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    const std::string value = NoisyText(5'000, 1);
    for (std::uint32_t i = 0; !stop; ++i) {
      storage::WriteBatch batch;
      batch.Put(Family::kPrompts, std::to_string(i), "1");
      batch.Put(Family::kContents, std::to_string(i), value);
      EXPECT_OK(store->Commit(batch, Durability::kBuffered));
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  });
  for (int i = 0; i < 5; ++i) {
    const std::string path = folder.File("copy" + std::to_string(i));
    const auto placed = store->Checkpoint(path, Durability::kDurable);
    EXPECT_OK(placed);
    ExpectDescribes(*placed, path);
    const auto copy = ReopenStore(path);
    const auto scan = copy->NewScan(Family::kPrompts, "", "", {});
    std::size_t rows = 0;
    for (scan->SeekToFirst(); scan->valid(); scan->Next(), ++rows) {
      storage::PinnedValue value;
      EXPECT_OK(copy->Get(Family::kContents, scan->key(), nullptr, value));
      EXPECT_TRUE(value.found());
    }
    EXPECT_OK(scan->status());
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace coffer
