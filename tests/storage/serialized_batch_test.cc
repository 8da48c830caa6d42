#include "storage/serialized_batch.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/stored/tally.h"
#include "support/status_matchers.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::Family;

std::string TallyOf(std::uint64_t count) {
  std::string bytes;
  format::AppendTally(bytes, {.count = count, .bytes = count * 10, .digest = {.low = ~std::uint64_t{0}, .high = 1}});
  return bytes;
}

// Our bytes against those that RocksDB makes of the same operations with real handles.
TEST(SerializedBatchTest, SerializesAsRocksDbDoes) {
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
  storage::SerializedBatch ours;
  ASSERT_TRUE(theirs.Put(handles[3], long_key, long_value).ok());
  ASSERT_TRUE(ours.Put(Family::kContents, long_key, parts));
  ASSERT_TRUE(theirs.Put(handles[0], "a", "").ok());
  ASSERT_TRUE(ours.Put(Family::kConversations, "a", {}));
  ASSERT_TRUE(theirs.Delete(handles[4], "").ok());
  ASSERT_TRUE(ours.Delete(Family::kPrompts, ""));
  ASSERT_TRUE(theirs.DeleteRange(handles[1], "b", long_key).ok());
  ASSERT_TRUE(ours.DeleteRange(Family::kMessages, "b", long_key));
  ASSERT_TRUE(theirs.Merge(handles[6], "c", TallyOf(7)).ok());
  ASSERT_TRUE(ours.Merge(Family::kCounters, "c", TallyOf(7)));
  EXPECT_EQ(ours.count(), 5U);
  storage::LentBatch lent = ours.Lend();
  EXPECT_EQ(lent.Data(), theirs.Data());
  EXPECT_TRUE(lent.HasMerge());
  EXPECT_TRUE(lent.HasDeleteRange());
  EXPECT_EQ(lent.Count(), 5);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
}

TEST(SerializedBatchTest, RefusesAMergeThatIsNoTallyAndForgetsItWhenCleared) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  storage::WriteBatch batch;
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

}  // namespace
}  // namespace coffer
