#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "format/stored/tally.h"
#include "storage/store.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::BulkLoad;
using storage::CheckpointFile;
using storage::Family;
using storage::Store;
using storage::WriteBatch;

std::string TallyBytes(std::uint64_t count) {
  std::string bytes;
  format::AppendTally(bytes, {.count = count, .bytes = 0, .digest = {}});
  return bytes;
}

std::string Key(std::size_t number) {
  const std::string digits = std::to_string(number);
  return "k" + std::string(8 - digits.size(), '0') + digits;
}

class RocksBulkLoadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(Staging());
    store_ = CreateStore(directory_.File("store"));
  }
  std::string Staging() const { return directory_.File("staging"); }
  bool StagingIsEmpty() const { return std::filesystem::is_empty(Staging()); }

  std::unique_ptr<BulkLoad> NewLoad() {
    Result<std::unique_ptr<BulkLoad>> load = store_->NewBulkLoad(Family::kMessages, Staging());
    EXPECT_OK(load);
    return std::move(*load);
  }
  void Reopen() {
    EXPECT_OK(store_->Close());
    store_.reset();
    store_ = ReopenStore(directory_.File("store"));
  }

  TempDirectory directory_;
  std::unique_ptr<Store> store_;
};

TEST_F(RocksBulkLoadTest, RowsAndBatchAppearTogetherAndStay) {
  ASSERT_OK(PutOne(*store_, Family::kMessages, "a", "old"));
  ASSERT_OK(PutOne(*store_, Family::kMessages, "b", "old"));
  ASSERT_OK(PutOne(*store_, Family::kConversations, "x", "old"));
  WriteBatch before;
  before.MergeTally(Family::kCounters, "T", TallyBytes(3));
  ASSERT_OK(store_->Commit(before, Durability::kBuffered));

  std::unique_ptr<BulkLoad> load = NewLoad();
  ASSERT_OK(load->Delete("a"));
  ASSERT_OK(load->Put("b", "new"));
  ASSERT_OK(load->Put("c", "new"));
  WriteBatch batch;
  batch.Put(Family::kMessages, "0", "beside");
  batch.Put(Family::kConversations, "y", "first");
  batch.Put(Family::kConversations, "y", "last");
  batch.Delete(Family::kConversations, "x");
  batch.Put(Family::kByOwner, "i", "");
  batch.MergeTally(Family::kCounters, "T", TallyBytes(4));
  EXPECT_EQ(RowsOf(*store_, Family::kMessages, {}, {}), "a=old b=old ") << "nothing is visible before the commit";
  const auto snapshot = store_->TakeSnapshot();
  ASSERT_OK(store_->CommitBulk(*load, batch));
  load.reset();
  EXPECT_TRUE(StagingIsEmpty());

  const auto expect_all = [&] {
    EXPECT_EQ(RowsOf(*store_, Family::kMessages, {}, {}), "0=beside b=new c=new ");
    EXPECT_EQ(RowsOf(*store_, Family::kConversations, {}, {}), "y=last ");
    EXPECT_EQ(RowsOf(*store_, Family::kByOwner, {}, {}), "i= ");
    EXPECT_EQ(ValueOf(*store_, Family::kCounters, "T"), TallyBytes(7));
  };
  expect_all();
  storage::ScanOptions at_snapshot;
  at_snapshot.snapshot = snapshot.get();
  EXPECT_EQ(RowsOf(*store_, Family::kMessages, {}, {}, at_snapshot), "a=old b=old ");
  EXPECT_EQ(ValueOf(*store_, Family::kCounters, "T", snapshot.get()), TallyBytes(3));
  ASSERT_OK(PutOne(*store_, Family::kMessages, "c", "newest"));
  EXPECT_EQ(ValueOf(*store_, Family::kMessages, "c"), "newest");
  ASSERT_OK(PutOne(*store_, Family::kMessages, "c", "new"));
}

TEST_F(RocksBulkLoadTest, ManyFilesComeInAtOnceAndSurviveReopening) {
  std::unique_ptr<BulkLoad> load = NewLoad();
  const std::size_t count = 900;
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_OK(load->Put(Key(i), NoisyText(std::size_t{60} << 10, static_cast<std::uint32_t>(i))));
  }
  WriteBatch batch;
  batch.Put(Family::kConversations, "x", "there");
  ASSERT_OK(store_->CommitBulk(*load, batch));
  load.reset();
  EXPECT_TRUE(StagingIsEmpty());
  Reopen();
  for (std::size_t i = 0; i < count; i += 50) {
    EXPECT_EQ(ValueOf(*store_, Family::kMessages, Key(i)), NoisyText(std::size_t{60} << 10, static_cast<std::uint32_t>(i)));
  }
  EXPECT_EQ(ValueOf(*store_, Family::kConversations, "x"), "there");
  EXPECT_OK(store_->VerifyChecksums());
}

TEST_F(RocksBulkLoadTest, ALoadThatIsDroppedLeavesNothing) {
  std::unique_ptr<BulkLoad> load = NewLoad();
  ASSERT_OK(load->Put("a", "x"));
  load.reset();
  EXPECT_TRUE(StagingIsEmpty());
  EXPECT_EQ(RowsOf(*store_, Family::kMessages, {}, {}), "");
}

TEST_F(RocksBulkLoadTest, WhatCannotBeLoadedIsRefusedAndChangesNothing) {
  std::unique_ptr<BulkLoad> load = NewLoad();
  ASSERT_OK(load->Put("b", "x"));
  EXPECT_FALSE(load->Put("a", "x").ok()) << "keys ascend";
  load = NewLoad();
  ASSERT_OK(load->Put("b", "x"));
  WriteBatch batch;
  batch.DeleteRange(Family::kConversations, "a", "b");
  EXPECT_FALSE(store_->CommitBulk(*load, batch).ok());
  EXPECT_EQ(RowsOf(*store_, Family::kMessages, {}, {}), "");
  EXPECT_OK(PutOne(*store_, Family::kMessages, "a", "x")) << "the store keeps working";
}

TEST_F(RocksBulkLoadTest, LoadedFilesHaveTheirDigestFromBirth) {
  std::unique_ptr<BulkLoad> load = NewLoad();
  ASSERT_OK(load->Put("a", "x"));
  WriteBatch batch;
  ASSERT_OK(store_->CommitBulk(*load, batch));
  load.reset();
  Result<std::vector<CheckpointFile>> files = store_->Checkpoint(directory_.File("checkpoint"), Durability::kDurable);
  ASSERT_OK(files);
  std::size_t sorted_files = 0;
  for (const CheckpointFile& file : *files) {
    if (!file.name.ends_with(".sst")) continue;
    ++sorted_files;
    EXPECT_EQ(file.digest.size(), 32U) << file.name;
  }
  EXPECT_GE(sorted_files, 1U);
}

}  // namespace
}  // namespace coffer
