#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "coffer/file_system.h"
#include "storage/rocks_store.h"
#include "support/failing_file_system.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::Family;
using storage::FamilyName;
using storage::kFamilies;

TEST(RocksStoreTest, KeepsTheSameKeyApartInEachFamilyAndAcrossReopening) {
  const TempDirectory folder;
  const std::string path = folder.File("store");
  {
    const auto store = CreateStore(path);
    for (const FamilyName& family : kFamilies) {
      ASSERT_OK(PutOne(*store, family.family, "key", family.name));
    }
    ASSERT_OK(store->Close());
  }
  const auto store = ReopenStore(path);
  for (const FamilyName& family : kFamilies) {
    EXPECT_EQ(ValueOf(*store, family.family, "key"), family.name);
    EXPECT_EQ(ValueOf(*store, family.family, "other"), "(none)");
  }
}

TEST(RocksStoreTest, AStoreWithAnotherTableKeepsItsOwnFamiliesAndSharesMemory) {
  const TempDirectory folder;
  storage::StoreOptions options;
  options.create = true;
  options.memory = storage::NewStoreMemory(options.write_buffer_bytes, options.block_cache_bytes);
  Result<std::unique_ptr<storage::Store>> live = storage::OpenRocksStore(folder.File("live"), options);
  ASSERT_OK(live);
  options.families = storage::kControlFamilies;
  Result<std::unique_ptr<storage::Store>> control = storage::OpenRocksStore(folder.File("control"), options);
  ASSERT_OK(control);
  for (const FamilyName& family : storage::kControlFamilies) {
    ASSERT_OK(PutOne(**control, family.family, "key", family.name));
  }
  for (const FamilyName& family : storage::kControlFamilies) {
    EXPECT_EQ(ValueOf(**control, family.family, "key"), family.name);
  }
  EXPECT_CODE(PutOne(**live, Family::kLedger, "key", "x"), kInternal) << "a batch for the other store";
  EXPECT_CODE(PutOne(**control, Family::kMessages, "key", "x"), kInternal);
  EXPECT_EQ(ValueOf(**live, Family::kContents, "key"), "(none)");
  storage::WriteBatch mixed;
  mixed.Put(Family::kPrompts, "key", "x");
  mixed.Put(Family::kTokens, "key", "x");
  EXPECT_CODE((*live)->Commit(mixed, Durability::kDurable), kInternal);
  EXPECT_OK((*live)->Close());
  EXPECT_OK((*control)->Close());
}

TEST(RocksStoreTest, CreateRefusesAStoreAndOpenRefusesItsAbsence) {
  const TempDirectory folder;
  const std::string path = folder.File("deep/er/store");
  EXPECT_CODE(storage::OpenRocksStore(path, {}), kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_OK(CreateStore(path)->Close());
  EXPECT_CODE(storage::OpenRocksStore(path, {.create = true}), kAlreadyExists);
  EXPECT_CODE(storage::OpenRocksStore(path, {.create = true, .read_only = true}), kInvalidArgument);
}

TEST(RocksStoreTest, ASecondOpenIsBusyOverEitherFileSystem) {
  const TempDirectory folder;
  FailingFileSystem files(PosixFileSystem());
  for (FileSystem* const under : {static_cast<FileSystem*>(nullptr), static_cast<FileSystem*>(&files)}) {
    const std::string path = folder.File(under == nullptr ? "plain" : "adapted");
    const auto store = CreateStore(path, under);
    storage::StoreOptions options;
    options.file_system = under;
    EXPECT_CODE(storage::OpenRocksStore(path, options), kBusy);
  }
}

TEST(RocksStoreTest, AStoreWithFamiliesOfANewerVersionIsUnavailable) {
  const TempDirectory folder;
  const std::string path = folder.File("store");
  ASSERT_OK(CreateStore(path)->Close());
  {
    rocksdb::DB* opened = nullptr;
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) {
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    ASSERT_TRUE(rocksdb::DB::Open({}, path, families, &handles, &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    rocksdb::ColumnFamilyHandle* added = nullptr;
    ASSERT_TRUE(db->CreateColumnFamily({}, "from_the_future", &added).ok());
    handles.push_back(added);
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    }
  }
  EXPECT_CODE(storage::OpenRocksStore(path, {}), kUnavailable);
}

TEST(RocksStoreTest, ABatchShowsAllItsOperationsOrNone) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "gone", "1"));
  ASSERT_OK(PutOne(*store, Family::kMessages, "b", "1"));
  storage::WriteBatch batch;
  const std::array<std::string_view, 3> parts = {"one", "", "two"};
  batch.Put(Family::kConversations, "parts", parts);
  batch.Delete(Family::kPrompts, "gone");
  batch.DeleteRange(Family::kMessages, "a", "c");
  batch.Put(Family::kMessages, "d", "");
  EXPECT_EQ(batch.size(), 4U);
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "gone"), "1");
  ASSERT_OK(store->Commit(batch, Durability::kBuffered));
  EXPECT_EQ(ValueOf(*store, Family::kConversations, "parts"), "onetwo");
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "gone"), "(none)");
  EXPECT_EQ(RowsOf(*store, Family::kMessages, "", ""), "d= ");
}

TEST(RocksStoreTest, ABatchStaysWholeAfterItsCommitAndEmptyAfterClear) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  storage::WriteBatch batch;
  ASSERT_OK(store->Commit(batch, Durability::kDurable));
  batch.Put(Family::kPrompts, "a", "1");
  ASSERT_OK(store->Commit(batch, Durability::kDurable));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "2"));
  ASSERT_OK(store->Commit(batch, Durability::kDurable));
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "a"), "1");
  batch.Clear();
  EXPECT_EQ(batch.size(), 0U);
  batch.Put(Family::kPrompts, "b", "3");
  ASSERT_OK(store->Commit(batch, Durability::kDurable));
  EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", ""), "a=1 b=3 ");
}

TEST(RocksStoreTest, AScanStaysWithinItsBounds) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  for (const char* key : {"a", "b", "c", "d"}) {
    ASSERT_OK(PutOne(*store, Family::kByOwner, key, "v"));
  }
  EXPECT_EQ(RowsOf(*store, Family::kByOwner, "b", "d"), "b=v c=v ");
  EXPECT_EQ(RowsOf(*store, Family::kByOwner, "c", ""), "c=v d=v ");
  EXPECT_EQ(RowsOf(*store, Family::kByOwner, "x", "z"), "");
  const auto scan = store->NewScan(Family::kByOwner, "b", "d", {.fill_cache = false, .readahead_bytes = 4096});
  scan->SeekToLast();
  ASSERT_TRUE(scan->valid());
  EXPECT_EQ(scan->key(), "c");
  scan->Seek("a");
  ASSERT_TRUE(scan->valid());
  EXPECT_EQ(scan->key(), "b");
  scan->Seek("d");
  EXPECT_FALSE(scan->valid());
  EXPECT_OK(scan->status());
}

TEST(RocksStoreTest, ASnapshotShowsItsMomentToGetsAndScans) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "old"));
  auto snapshot = store->TakeSnapshot();
  ASSERT_OK(PutOne(*store, Family::kPrompts, "a", "new"));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "b", "new"));
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "a", snapshot.get()), "old");
  EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", "", {.snapshot = snapshot.get()}), "a=old ");
  EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", ""), "a=new b=new ");
  snapshot.reset();
  EXPECT_OK(store->Close());
}

TEST(RocksStoreTest, MultiGetAnswersInTheOrderOfItsKeysSortedOrNot) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_OK(PutOne(*store, Family::kContents, key, std::string(10'000, *key)));
  }
  ASSERT_OK(store->Flush({}));
  for (const std::vector<std::string_view>& keys :
       {std::vector<std::string_view>{"a", "b", "bb", "c"}, std::vector<std::string_view>{"c", "bb", "a", "b", "a"}}) {
    std::vector<storage::PinnedValue> values(keys.size());
    ASSERT_OK(store->MultiGet(Family::kContents, keys, nullptr, values));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(values[i].found(), keys[i].size() == 1);
      EXPECT_EQ(values[i].view(), values[i].found() ? std::string(10'000, keys[i][0]) : "");
    }
  }
}

TEST(RocksStoreTest, AReadOnlyStoreReadsEverythingAndChangesNothing) {
  const TempDirectory folder;
  FailingFileSystem files(PosixFileSystem());
  const std::string path = folder.File("store");
  {
    const auto store = CreateStore(path, &files);
    ASSERT_OK(PutOne(*store, Family::kPrompts, "flushed", "1"));
    ASSERT_OK(store->Flush({}));
    ASSERT_OK(PutOne(*store, Family::kPrompts, "logged", "2"));
    ASSERT_OK(store->Close());
  }
  const std::uint64_t changes = files.changes();
  {
    const auto store = OpenStore(path, {.read_only = true, .file_system = &files});
    const auto second = OpenStore(path, {.read_only = true, .file_system = &files});
    EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", ""), "flushed=1 logged=2 ");
    EXPECT_EQ(RowsOf(*second, Family::kPrompts, "", ""), "flushed=1 logged=2 ");
    EXPECT_CODE(PutOne(*store, Family::kPrompts, "new", "3"), kPermissionDenied);
    EXPECT_CODE(store->Flush({}), kPermissionDenied);
    EXPECT_CODE(store->Compact({}), kPermissionDenied);
    EXPECT_CODE(store->Sync(), kPermissionDenied);
    EXPECT_CODE(store->Checkpoint(folder.File("copy"), Durability::kDurable), kPermissionDenied);
    EXPECT_OK(store->Close());
  }
  EXPECT_EQ(files.changes(), changes);
}

TEST(RocksStoreTest, AReadOnlyStoreOfSomeFamiliesLooksAtNoFileOfTheOthers) {
  const TempDirectory folder;
  const std::string path = folder.File("store");
  {
    const auto store = CreateStore(path);
    ASSERT_OK(PutOne(*store, Family::kPrompts, "flushed", "1"));
    ASSERT_OK(PutOne(*store, Family::kMessages, "m", NoisyText(100'000, 1)));
    ASSERT_OK(store->Flush({}));
    ASSERT_OK(PutOne(*store, Family::kPrompts, "logged", "2"));
    ASSERT_OK(store->Close());
  }
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".sst" && entry.file_size() > 50'000) std::filesystem::remove(entry.path());
  }
  constexpr std::array kPrompts = {storage::kFamilies[storage::NumberOf(Family::kPrompts)]};
  EXPECT_CODE(storage::OpenRocksStore(path, {.read_only = true}), kCorruption);
  const auto store = OpenStore(path, {.families = kPrompts, .read_only = true});
  EXPECT_EQ(RowsOf(*store, Family::kPrompts, "", ""), "flushed=1 logged=2 ");
  EXPECT_OK(store->Close());
}

TEST(RocksStoreTest, AReadOnlyStoreFindsEveryBlobValueWithFewerOpenFilesThanBlobFiles) {
  const TempDirectory folder;
  const std::string path = folder.File("store");
  constexpr std::uint32_t kBlobFiles = 90;
  {
    const auto store = CreateStore(path);
    for (std::uint32_t i = 0; i < kBlobFiles; ++i) {
      ASSERT_OK(PutOne(*store, Family::kContents, std::to_string(i), NoisyText(5000, i), Durability::kBuffered));
      ASSERT_OK(store->Flush({}));
    }
    ASSERT_OK(store->Close());
  }
  const auto store = OpenStore(path, {.read_only = true, .open_files_max = -1});
  for (std::uint32_t i = 0; i < kBlobFiles; ++i) {
    ASSERT_EQ(ValueOf(*store, Family::kContents, std::to_string(i)), NoisyText(5000, i)) << i;
  }
}

TEST(RocksStoreTest, ManyRangeDeletionsAreFlushedWithoutBeingAsked) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  storage::WriteBatch batch;
  for (std::uint32_t i = 0; i + 1 < storage::kRangeDeletesMax; ++i) {
    batch.DeleteRange(Family::kMessages, std::to_string(i), std::to_string(i) + "~");
  }
  ASSERT_OK(store->Commit(batch, Durability::kBuffered));
  EXPECT_EQ(store->FamilyBytes(Family::kMessages), 0U);
  ASSERT_OK(PutOne(*store, Family::kMessages, "kept", "1"));
  batch.Clear();
  batch.DeleteRange(Family::kMessages, "x", "y");
  ASSERT_OK(store->Commit(batch, Durability::kBuffered));
  // The flush runs in the background; the test's own time limit ends this loop if it never comes.
  while (store->FamilyBytes(Family::kMessages) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(RowsOf(*store, Family::kMessages, "", ""), "kept=1 ");
}

TEST(RocksStoreTest, CompactingGivesBackTheSpaceOfDeletedBlobsAndRows) {
  const TempDirectory folder;
  const std::string path = folder.File("store");
  const auto store = CreateStore(path);
  for (std::uint32_t i = 0; i < 20; ++i) {
    ASSERT_OK(PutOne(*store, Family::kContents, std::to_string(i), NoisyText(20'000, i), Durability::kBuffered));
    ASSERT_OK(PutOne(*store, Family::kMessages, std::to_string(i), NoisyText(2'000, i), Durability::kBuffered));
  }
  ASSERT_OK(store->Flush({}));
  EXPECT_GT(store->FamilyBytes(Family::kContents), 250'000U);
  EXPECT_GT(store->FamilyBytes(Family::kMessages), 25'000U);
  storage::WriteBatch batch;
  batch.DeleteRange(Family::kContents, "", "~");
  batch.DeleteRange(Family::kMessages, "", "~");
  ASSERT_OK(store->Commit(batch, Durability::kDurable));
  const std::array families = {Family::kContents, Family::kMessages};
  ASSERT_OK(store->Compact(families));
  EXPECT_EQ(store->FamilyBytes(Family::kContents), 0U);
  EXPECT_EQ(store->FamilyBytes(Family::kMessages), 0U);
  ASSERT_OK(store->Close());
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    EXPECT_NE(entry.path().extension(), ".blob") << entry.path();
  }
}

TEST(RocksStoreTest, LogBytesGrowWithWhatIsWrittenAndNotYetFlushed) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  const std::uint64_t before = store->LogBytes();
  ASSERT_OK(PutOne(*store, Family::kMessages, "a", NoisyText(100'000, 1)));
  EXPECT_GE(store->LogBytes(), before + 100'000);
}

TEST(RocksStoreTest, WritesNoLogFileOfRocksDb) {
  const TempDirectory folder;
  const std::string path = folder.File("store");
  const auto store = CreateStore(path);
  ASSERT_OK(PutOne(*store, Family::kMessages, "a", "1"));
  ASSERT_OK(store->Close());
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    EXPECT_FALSE(name.starts_with("LOG") && name != "LOCK") << name;
  }
}

}  // namespace
}  // namespace coffer
