#include "coffer/random_source.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "coffer/clock.h"
#include "support/manual_clock.h"

namespace coffer {
namespace {

// Takes `count` numbers in each of several threads and returns them all.
std::multiset<std::uint64_t> DrawFromThreads(RandomSource& source, int thread_count, int count) {
  std::vector<std::vector<std::uint64_t>> drawn(static_cast<std::size_t>(thread_count));
  std::vector<std::thread> threads;
  for (std::vector<std::uint64_t>& mine : drawn) {
    threads.emplace_back([&source, &mine, count] {
      for (int i = 0; i < count; ++i) {
        mine.push_back(source.Next());
      }
    });
  }
  std::multiset<std::uint64_t> all;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    threads[i].join();
    all.insert(drawn[i].begin(), drawn[i].end());
  }
  return all;
}

TEST(RandomSourceTest, TheSameSeedGivesTheSameSequenceForEver) {
  // Reference values of SplitMix64 for this seed.
  const auto source = SeededRandom(1234567);
  EXPECT_EQ(source->Next(), 6457827717110365317U);
  EXPECT_EQ(source->Next(), 3203168211198807973U);
  EXPECT_EQ(source->Next(), 9817491932198370423U);
}

TEST(RandomSourceTest, DifferentSeedsGiveDifferentSequences) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    firsts.insert(SeededRandom(seed)->Next());
  }
  EXPECT_EQ(firsts.size(), 1'000U);
}

TEST(RandomSourceTest, ThreadsShareOneSequenceWithoutLossOrRepetition) {
  const auto shared = SeededRandom(7);
  const auto alone = SeededRandom(7);
  std::multiset<std::uint64_t> expected;
  for (int i = 0; i < 4'000; ++i) {
    expected.insert(alone->Next());
  }
  EXPECT_EQ(DrawFromThreads(*shared, 4, 1'000), expected);
}

TEST(RandomSourceTest, TheSystemsNumbersDifferAmongThreads) {
  const std::multiset<std::uint64_t> drawn = DrawFromThreads(SystemRandom(), 4, 1'000);
  EXPECT_EQ(std::set<std::uint64_t>(drawn.begin(), drawn.end()).size(), 4'000U);
}

TEST(ClockTest, TheSystemsClockTellsAPresentTime) {
  constexpr std::int64_t kYear2024 = std::int64_t{1'704'067'200} * 1'000'000;
  EXPECT_GT(SystemClock().NowMicroseconds(), kYear2024);
}

TEST(ClockTest, AManualClockGoesBackWhenTold) {
  ManualClock clock(ManualClock::kMicrosecondsPerDay);
  clock.Advance(-5);
  EXPECT_EQ(clock.NowMicroseconds(), ManualClock::kMicrosecondsPerDay - 5);
  clock.Set(3);
  EXPECT_EQ(clock.NowMicroseconds(), 3);
}

}  // namespace
}  // namespace coffer
