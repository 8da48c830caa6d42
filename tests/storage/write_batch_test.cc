#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/stored/tally.h"
#include "storage/rocks_batch.h"
#include "support/status_matchers.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::Change;
using storage::ChangeType;
using storage::Family;
using storage::WriteBatch;

std::string TallyOf(std::uint64_t count) {
  std::string bytes;
  format::AppendTally(bytes, {.count = count, .bytes = count * 10, .digest = {.low = ~std::uint64_t{0}, .high = 1}});
  return bytes;
}

const char* NameOf(ChangeType type) {
  switch (type) {
    case ChangeType::kPut:
      return "put";
    case ChangeType::kDelete:
      return "delete";
    case ChangeType::kDeleteRange:
      return "delete_range";
    case ChangeType::kMergeTally:
      return "merge";
  }
  return "?";
}

// "put 0 key=value " for each change, with the family's number.
std::string ChangesOf(const WriteBatch& batch) {
  std::string changes;
  EXPECT_OK(batch.ForEach([&](const Change& change) {
    changes.append(NameOf(change.type)).append(" ").append(std::to_string(static_cast<int>(change.family))).append(" ");
    changes.append(change.key).append("=").append(change.value).append(" ");
    return Status::Ok();
  }));
  return changes;
}

void Repeat(const WriteBatch& batch, WriteBatch& copy) {
  EXPECT_OK(batch.ForEach([&](const Change& change) {
    switch (change.type) {
      case ChangeType::kPut:
        copy.Put(change.family, change.key, change.value);
        break;
      case ChangeType::kDelete:
        copy.Delete(change.family, change.key);
        break;
      case ChangeType::kDeleteRange:
        copy.DeleteRange(change.family, change.key, change.value);
        break;
      case ChangeType::kMergeTally:
        copy.MergeTally(change.family, change.key, change.value);
        break;
    }
    return Status::Ok();
  }));
}

// A batch is filled without the handles of a store; its size must equal that of RocksDB's batch with real handles.
TEST(WriteBatchTest, HasTheSizeOfABatchWithHandles) {
  const TempDirectory folder;
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, folder.File("db"), &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (const storage::FamilyName& family : storage::kFamilies) {
    rocksdb::ColumnFamilyHandle* handle = nullptr;
    ASSERT_TRUE(db->CreateColumnFamily({}, std::string(family.name), &handle).ok());
    ASSERT_EQ(handle->GetID(), storage::RocksFamilyId(family.family));
    handles.push_back(handle);
  }
  const std::string long_key(300, 'k');
  const std::string long_value(70'000, 'v');
  const std::array<std::string_view, 3> parts = {std::string_view(long_value).substr(0, 1), "",
                                                 std::string_view(long_value).substr(1)};
  rocksdb::WriteBatch theirs;
  WriteBatch ours;
  EXPECT_EQ(ours.bytes(), theirs.GetDataSize());
  ASSERT_TRUE(theirs.Put(handles[3], long_key, long_value).ok());
  ours.Put(Family::kContents, long_key, parts);
  ASSERT_TRUE(theirs.Put(handles[0], "a", "").ok());
  ours.Put(Family::kConversations, "a", std::span<const std::string_view>());
  ASSERT_TRUE(theirs.Put(handles[7], "b", "1").ok());
  ours.Put(Family::kProgress, "b", "1");
  ASSERT_TRUE(theirs.Delete(handles[4], "").ok());
  ours.Delete(Family::kPrompts, "");
  ASSERT_TRUE(theirs.DeleteRange(handles[1], "b", long_key).ok());
  ours.DeleteRange(Family::kMessages, "b", long_key);
  ASSERT_TRUE(theirs.Merge(handles[6], "c", TallyOf(7)).ok());
  ours.MergeTally(Family::kCounters, "c", TallyOf(7));
  EXPECT_EQ(ours.size(), 6U);
  EXPECT_EQ(ours.bytes(), theirs.GetDataSize());
  ours.Clear();
  EXPECT_EQ(ours.size(), 0U);
  EXPECT_EQ(ours.bytes(), rocksdb::WriteBatch().GetDataSize());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
}

TEST(WriteBatchTest, RefusesAMalformedMergeAndForgetsItWhenCleared) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  WriteBatch batch;
  batch.Put(Family::kPrompts, "a", "1");
  batch.MergeTally(Family::kCounters, "c", "short");
  EXPECT_CODE(store->Commit(batch, Durability::kDurable), kInternal);
  batch.Clear();
  batch.MergeTally(Family::kPrompts, "c", TallyOf(1));
  EXPECT_CODE(store->Commit(batch, Durability::kDurable), kInternal);
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "a"), "(none)");
  batch.Clear();
  batch.MergeTally(Family::kCounters, "c", TallyOf(1));
  EXPECT_OK(store->Commit(batch, Durability::kDurable));
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "c"), TallyOf(1));
  EXPECT_OK(store->Close());
}

TEST(WriteBatchTest, ForEachVisitsEveryTypeOfChangeInOrder) {
  WriteBatch batch;
  const std::array<std::string_view, 3> parts = {"one", "", "two"};
  batch.Put(Family::kConversations, "b", "1");
  batch.Put(Family::kConversations, "a", parts);
  batch.Put(Family::kByOwner, "empty", "");
  batch.Delete(Family::kConversations, "b");
  batch.DeleteRange(Family::kMessages, "begin", "end");
  batch.MergeTally(Family::kCounters, "T", TallyOf(7));
  batch.Put(Family::kConversations, "b", "2");
  EXPECT_EQ(ChangesOf(batch), "put 0 b=1 put 0 a=onetwo put 5 empty= delete 0 b= delete_range 1 begin=end merge 6 T=" +
                                  TallyOf(7) + " put 0 b=2 ");
  EXPECT_EQ(batch.size(), 7U);
}

TEST(WriteBatchTest, ForEachNamesEveryFamilyOfEitherStore) {
  for (const std::span<const storage::FamilyName> families :
       {std::span<const storage::FamilyName>(storage::kFamilies),
        std::span<const storage::FamilyName>(storage::kControlFamilies)}) {
    WriteBatch batch;
    std::string expected;
    for (const storage::FamilyName& family : families) {
      batch.Put(family.family, family.name, "x");
      expected += "put " + std::to_string(static_cast<int>(family.family)) + " " + std::string(family.name) + "=x ";
    }
    EXPECT_EQ(ChangesOf(batch), expected);
  }
}

TEST(WriteBatchTest, ForEachStopsAtTheFirstFailureAndReturnsIt) {
  WriteBatch batch;
  for (const char* key : {"a", "b", "c"}) batch.Put(Family::kPrompts, key, "");
  for (const StatusCode code : {StatusCode::kConflict, StatusCode::kBusy, StatusCode::kCorruption}) {
    std::string visited;
    const Status status = batch.ForEach([&](const Change& change) {
      visited += change.key;
      return change.key == "b" ? Status(code, "stop") : Status();
    });
    EXPECT_EQ(status.code(), code);
    EXPECT_EQ(status.message(), "stop");
    EXPECT_EQ(visited, "ab");
  }
  EXPECT_EQ(batch.size(), 3U);
}

TEST(WriteBatchTest, ForEachOfAnEmptyBatchVisitsNothing) {
  WriteBatch batch;
  EXPECT_EQ(ChangesOf(batch), "");
  batch.Delete(Family::kPrompts, "a");
  batch.Clear();
  EXPECT_EQ(ChangesOf(batch), "");
}

TEST(WriteBatchTest, ForEachRefusesABatchThatNoStoreCommits) {
  const auto visitor = [](const Change& change) {
    ADD_FAILURE() << change.key;
    return Status::Ok();
  };
  WriteBatch batch;
  batch.Put(Family::kPrompts, "a", "");
  batch.MergeTally(Family::kCounters, "c", "short");
  EXPECT_CODE(batch.ForEach(visitor), kInternal);
  batch.Clear();
  batch.Put(Family::kPrompts, "a", "");
  batch.Put(Family::kTokens, "a", "");
  EXPECT_CODE(batch.ForEach(visitor), kInternal);
}

TEST(WriteBatchTest, RepeatingTheVisitedChangesGivesAnEqualBatch) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kPrompts, "gone", "1"));
  ASSERT_OK(PutOne(*store, Family::kMessages, "b", "1"));
  WriteBatch batch;
  batch.Put(Family::kConversations, "a", NoisyText(70'000, 1));
  batch.Delete(Family::kPrompts, "gone");
  batch.DeleteRange(Family::kMessages, "a", "c");
  batch.MergeTally(Family::kCounters, "T", TallyOf(3));
  WriteBatch copy;
  Repeat(batch, copy);
  EXPECT_EQ(copy.size(), batch.size());
  EXPECT_EQ(copy.bytes(), batch.bytes());
  EXPECT_EQ(ChangesOf(copy), ChangesOf(batch));
  ASSERT_OK(store->Commit(copy, Durability::kDurable));
  EXPECT_EQ(ChangesOf(copy), ChangesOf(batch)) << "a commit leaves the batch as it is";
  EXPECT_EQ(ValueOf(*store, Family::kConversations, "a"), NoisyText(70'000, 1));
  EXPECT_EQ(ValueOf(*store, Family::kPrompts, "gone"), "(none)");
  EXPECT_EQ(RowsOf(*store, Family::kMessages, "", ""), "");
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "T"), TallyOf(3));
}

}  // namespace
}  // namespace coffer
