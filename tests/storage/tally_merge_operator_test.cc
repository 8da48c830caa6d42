#include "storage/tally_merge_operator.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "format/stored/tally.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using format::Tally;
using storage::Family;

std::string Encoded(const Tally& tally) {
  std::string bytes;
  format::AppendTally(bytes, tally);
  return bytes;
}

constexpr Tally kOne = {.count = 1, .bytes = 100, .digest = {.low = 0x8000000000000000U, .high = 3}};

Tally Times(std::uint64_t n) {
  Tally sum;
  for (std::uint64_t i = 0; i < n; ++i) {
    sum.Add(kOne);
  }
  return sum;
}

Status MergeOnce(storage::Store& store, std::string_view key, const Tally& tally) {
  storage::WriteBatch batch;
  batch.MergeTally(Family::kCounters, key, Encoded(tally));
  return store.Commit(batch, Durability::kBuffered);
}

TEST(TallyMergeOperatorTest, AHundredThousandMergesOfOneKeyAddUpWithoutAFlush) {
  constexpr std::uint64_t kMerges = 100'000;
  const TempDirectory folder;
  auto store = CreateStore(folder.File("store"));
  for (std::uint64_t i = 1; i <= kMerges; ++i) {
    ASSERT_OK(MergeOnce(*store, "total", kOne));
    if (i % 100 == 0) {  // a read of unfolded operands would make this quadratic
      ASSERT_EQ(ValueOf(*store, Family::kCounters, "total").size(), format::kTallyBytes);
    }
  }
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "total"), Encoded(Times(kMerges)));
  ASSERT_OK(store->Close());
  store.reset();
  store = ReopenStore(folder.File("store"));
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "total"), Encoded(Times(kMerges)));
}

TEST(TallyMergeOperatorTest, SumsAreTheSameBeforeAndAfterFlushAndCompaction) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  const std::array families = {Family::kCounters};
  for (int round = 0; round < 3; ++round) {
    ASSERT_OK(MergeOnce(*store, "a", kOne));
    ASSERT_OK(MergeOnce(*store, "a", kOne));
    ASSERT_OK(store->Flush(families));
  }
  ASSERT_OK(MergeOnce(*store, "a", kOne));
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "a"), Encoded(Times(7)));
  const auto snapshot = store->TakeSnapshot();
  ASSERT_OK(MergeOnce(*store, "a", kOne));
  ASSERT_OK(store->Compact(families));
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "a"), Encoded(Times(8)));
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "a", snapshot.get()), Encoded(Times(7)));
}

TEST(TallyMergeOperatorTest, DifferencesWrapAroundToTheRightTotal) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  Tally minus_one;
  minus_one.Subtract(kOne);
  ASSERT_OK(MergeOnce(*store, "a", kOne));
  ASSERT_OK(MergeOnce(*store, "a", minus_one));
  ASSERT_OK(MergeOnce(*store, "a", kOne));
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "a"), Encoded(kOne));
}

TEST(TallyMergeOperatorTest, ConcurrentMergesLoseNothing) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kMerges = 2'000;
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t n = 0; n < kMerges; ++n) {
        EXPECT_OK(MergeOnce(*store, "a", kOne));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(ValueOf(*store, Family::kCounters, "a"), Encoded(Times(kThreads * kMerges)));
}

TEST(TallyMergeOperatorTest, AValueThatIsNoTallyFailsTheReadInsteadOfCountingWrong) {
  const TempDirectory folder;
  const auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kCounters, "a", "not a tally"));
  ASSERT_OK(MergeOnce(*store, "a", kOne));
  storage::PinnedValue value;
  EXPECT_CODE(store->Get(Family::kCounters, "a", nullptr, value), kCorruption);
  EXPECT_FALSE(value.found());
}

TEST(TallyMergeOperatorTest, ACorruptOperandFailsPartialMergesToo) {
  const auto merge = storage::NewTallyMergeOperator();
  const std::string good = Encoded(kOne);
  std::string sum;
  EXPECT_TRUE(merge->PartialMergeMulti("k", std::deque<rocksdb::Slice>{good, good}, &sum, nullptr));
  EXPECT_EQ(sum, Encoded(Times(2)));
  sum.clear();
  EXPECT_FALSE(merge->PartialMergeMulti("k", std::deque<rocksdb::Slice>{good, "bad"}, &sum, nullptr));
  EXPECT_EQ(sum, "");
}

}  // namespace
}  // namespace coffer
