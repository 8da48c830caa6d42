// Statistics: figures from counters, compared with recounts.
#include <filesystem>

#include "engine/engine_fixture.h"

namespace coffer {
namespace {

class StatisticsTest : public EngineTest {
 protected:
  // A prompt whose content is `bytes` letters longer than the smallest.
  void PutPrompt(const std::string& id, std::size_t bytes, const std::string& owner = "ada") {
    Prompt prompt = MakePrompt(id, owner);
    prompt.content = std::string(1 + bytes, 'x');
    prompt.created_at = prompt.updated_at = At(0);
    ASSERT_OK(engine_->PutPrompt(prompt, PutMode::kUpsert, kBufferedWrites));
  }
  StorageStatistics Take() {
    Result<StorageStatistics> statistics = engine_->Statistics();
    EXPECT_OK(statistics);
    return statistics.ok() ? *std::move(statistics) : StorageStatistics();
  }
};

TEST_F(StatisticsTest, EmptyStoreHasNothingAndInventsNothing) {
  const StorageStatistics statistics = Take();
  EXPECT_EQ(statistics.total_records, 0U);
  EXPECT_EQ(statistics.growth_bytes_per_day, 0.0);
  EXPECT_EQ(statistics.projected_bytes_30_days, 0U);
  EXPECT_TRUE(statistics.logical_bytes_by_owner.empty());
  EXPECT_EQ(statistics.records_by_kind.size(), 4U);
  EXPECT_EQ(statistics.logical_bytes_by_kind.size(), 5U);
  EXPECT_EQ(statistics.last_updated, At(0));
}

TEST_F(StatisticsTest, SumsByKindAndByOwnerAgree) {
  PutTalk("c1", 4, "ada");
  PutTalk("c2", 2, "bob");
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1", "bob"), WriteContent(*engine_, MakeBytes(12345))));
  ASSERT_OK(engine_->PutPrompt(MakePrompt("p1", "cy")));
  const StorageStatistics statistics = Take();
  EXPECT_EQ(statistics.total_records, 10U);
  EXPECT_EQ(statistics.total_contents, 1U);
  EXPECT_EQ(statistics.logical_bytes_by_kind.at("contents"), 12345U);
  std::uint64_t by_kind = 0;
  std::uint64_t by_owner = 0;
  for (const auto& [kind, bytes] : statistics.logical_bytes_by_kind) by_kind += bytes;
  for (const auto& [owner, bytes] : statistics.logical_bytes_by_owner) by_owner += bytes;
  EXPECT_EQ(by_kind, by_owner);
  EXPECT_EQ(statistics.logical_bytes_by_owner.size(), 3U);
  EXPECT_EQ(statistics.total_bytes,
            statistics.database_bytes + statistics.contents_bytes + statistics.backups_bytes + statistics.exports_bytes);
  EXPECT_GT(statistics.database_bytes, 0U);
  ExpectHealthy(*engine_);
}

TEST_F(StatisticsTest, OneDayHasNoGrowth) {
  PutPrompt("p1", 100);
  PutPrompt("p2", 100);
  EXPECT_EQ(Take().growth_bytes_per_day, 0.0);
  EXPECT_EQ(Take().projected_bytes_30_days, 0U);
}

TEST_F(StatisticsTest, GrowthIsTheSlopeOverTheDays) {
  PutPrompt("first", 0);
  for (int day = 1; day <= 40; ++day) {
    clock_.Advance(ManualClock::kMicrosecondsPerDay);
    // The first ten days vary widely; only the last thirty count.
    PutPrompt("grows", static_cast<std::size_t>(day <= 10 ? day % 2 * 90'000 : 100'000 + day * 1000));
  }
  const StorageStatistics statistics = Take();
  EXPECT_NEAR(statistics.growth_bytes_per_day, 1000.0, 0.01);
  EXPECT_NEAR(static_cast<double>(statistics.projected_bytes_30_days), static_cast<double>(statistics.total_bytes) + 30'000.0,
              2.0);
  Reopen();
  EXPECT_NEAR(Take().growth_bytes_per_day, 1000.0, 0.01);
  ExpectHealthy(*engine_);
}

TEST_F(StatisticsTest, DaysWithoutChangesKeepTheirDistance) {
  PutPrompt("first", 0);
  PutPrompt("grows", 0);
  clock_.Advance(10 * ManualClock::kMicrosecondsPerDay);
  PutPrompt("grows", 5000);
  EXPECT_NEAR(Take().growth_bytes_per_day, 500.0, 0.01);
}

TEST_F(StatisticsTest, ShrinkingStoreHasANegativeSlopeAndNoNegativeProjection) {
  PutPrompt("p1", 1'000'000);
  clock_.Advance(ManualClock::kMicrosecondsPerDay);
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "p1"));
  const StorageStatistics statistics = Take();
  EXPECT_LT(statistics.growth_bytes_per_day, -1'000'000.0);
  EXPECT_EQ(statistics.projected_bytes_30_days, 0U);
}

TEST_F(StatisticsTest, ClockThatGoesBackKeepsTheCountersRight) {
  PutPrompt("p1", 1000);
  clock_.Advance(-3 * ManualClock::kMicrosecondsPerDay);
  PutPrompt("p2", 1000);
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "p1"));
  clock_.Set(-5 * ManualClock::kMicrosecondsPerDay);
  PutPrompt("p3", 1000);
  const double growth = Take().growth_bytes_per_day;
  ExpectHealthy(*engine_);
  Reopen();
  EXPECT_EQ(Take().growth_bytes_per_day, growth);
  ExpectHealthy(*engine_);
}

TEST_F(StatisticsTest, DayOnWhichAsMuchWentAsCameCountsAlsoAfterReopening) {
  PutPrompt("p1", 1000);
  clock_.Advance(ManualClock::kMicrosecondsPerDay);
  PutPrompt("p2", 500);
  clock_.Advance(ManualClock::kMicrosecondsPerDay);
  PutPrompt("p3", 500);
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "p3"));
  const double growth = Take().growth_bytes_per_day;
  EXPECT_GT(growth, 0);
  Reopen();
  EXPECT_DOUBLE_EQ(Take().growth_bytes_per_day, growth);
  ASSERT_OK(engine_->Reclaim());
  Reopen();
  EXPECT_DOUBLE_EQ(Take().growth_bytes_per_day, growth);
}

TEST_F(StatisticsTest, CountersAreRightAfterACrash) {
  PutTalk("c1", 300);
  PutPrompt("p1", 10, "bob");
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "p1"));
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1", "cy"), WriteContent(*engine_, "abc")));
  ASSERT_OK(engine_->Sync());
  // The state after a crash: the files of a store that was not closed.
  std::filesystem::copy(Folder(), directory_.File("crashed"), std::filesystem::copy_options::recursive);
  const Result<std::unique_ptr<Engine>> crashed = Engine::Open(directory_.File("crashed"), options_);
  ASSERT_OK(crashed);
  ExpectHealthy(**crashed);
  EXPECT_EQ((*crashed)->Statistics()->logical_bytes_by_owner, Take().logical_bytes_by_owner);
  EXPECT_EQ((*crashed)->Statistics()->total_records, 302U);
}

TEST_F(StatisticsTest, ThousandsOfSingleAppendsKeepTheCountersRight) {
  PutTalk("c1", 0);
  PutTalk("c2", 0, "bob");
  for (int i = 0; i < 5000; ++i) {
    ASSERT_OK(engine_->AppendMessage(i % 5 == 0 ? "c2" : "c1", MakeMessage("m" + std::to_string(i)), kBufferedWrites));
  }
  ExpectHealthy(*engine_);
  const StorageStatistics before = Take();
  EXPECT_EQ(before.records_by_kind.at("messages"), 5000U);
  std::filesystem::copy(Folder(), directory_.File("crashed"), std::filesystem::copy_options::recursive);
  const Result<std::unique_ptr<Engine>> crashed = Engine::Open(directory_.File("crashed"), options_);
  ASSERT_OK(crashed);
  ExpectHealthy(**crashed);
  Reopen();
  ExpectHealthy(*engine_);
  EXPECT_EQ(Take().logical_bytes_by_owner, before.logical_bytes_by_owner);
}

}  // namespace
}  // namespace coffer
