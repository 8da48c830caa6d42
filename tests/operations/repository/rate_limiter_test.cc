#include "operations/repository/rate_limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>
#include <vector>

#include "support/status_matchers.h"

namespace coffer::operations {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr RateLimiter::Time kStart{std::chrono::hours(1000)};

TEST(RateLimiterTest, WithoutALimitNobodyWaits) {
  RateLimiter limiter(0);
  EXPECT_EQ(limiter.Take(std::numeric_limits<std::uint64_t>::max(), kStart), nanoseconds(0));
  EXPECT_EQ(limiter.Take(std::numeric_limits<std::uint64_t>::max(), kStart), nanoseconds(0));
}

TEST(RateLimiterTest, ATenthOfASecondsBytesPassAtOnceAndWhatIsBeyondWaits) {
  RateLimiter limiter(1000);
  EXPECT_EQ(limiter.Take(60, kStart), nanoseconds(0));
  EXPECT_EQ(limiter.Take(40, kStart), nanoseconds(0));
  EXPECT_EQ(limiter.Take(1, kStart), milliseconds(1));
  EXPECT_EQ(limiter.Take(99, kStart), milliseconds(100)) << "after the previous one";
}

TEST(RateLimiterTest, APieceLargerThanTheBurstWaitsForAllBeyondIt) {
  RateLimiter limiter(1000);
  EXPECT_EQ(limiter.Take(5100, kStart), seconds(5));
}

TEST(RateLimiterTest, APauseGivesTheBurstBackAndNoMore) {
  RateLimiter limiter(1000);
  EXPECT_EQ(limiter.Take(100, kStart), nanoseconds(0));
  EXPECT_EQ(limiter.Take(50, kStart + milliseconds(50)), nanoseconds(0));
  EXPECT_EQ(limiter.Take(101, kStart + std::chrono::hours(10)), milliseconds(1));
}

TEST(RateLimiterTest, ATimeEarlierThanTheLastOneNeitherGivesNorTakes) {
  RateLimiter limiter(1000);
  EXPECT_EQ(limiter.Take(100, kStart), nanoseconds(0));
  EXPECT_EQ(limiter.Take(10, kStart - milliseconds(5)), milliseconds(15)) << "until the same moment as from the later time";
  EXPECT_EQ(limiter.Take(10, kStart), milliseconds(20));
}

// Each waits before it continues, as a reader does.
TEST(RateLimiterTest, TheRateHoldsOverManyPiecesAtLowAndHighRates) {
  for (const std::uint64_t rate : {std::uint64_t{1}, std::uint64_t{1} << 20, std::uint64_t{50'000'000'000}}) {
    RateLimiter limiter(rate);
    const std::uint64_t piece = std::max<std::uint64_t>(rate / 1000, 1);
    constexpr int kPieces = 10'000;
    RateLimiter::Time now = kStart;
    for (int i = 0; i < kPieces; ++i) now += limiter.Take(piece, now);
    const double expected = static_cast<double>(piece) * kPieces / static_cast<double>(rate) - 0.1;
    const double took = std::chrono::duration<double>(now - kStart).count();
    EXPECT_GE(took, expected * 0.999999);
    EXPECT_LE(took, expected * 1.001);
  }
}

TEST(RateLimiterTest, AWaitBeyondMeasureIsLongAndNoOverflow) {
  RateLimiter limiter(1);
  for (int i = 0; i < 3; ++i) {
    const nanoseconds wait = limiter.Take(std::numeric_limits<std::uint64_t>::max(), kStart);
    EXPECT_GT(wait, std::chrono::hours(1000));
    EXPECT_GT(kStart + wait, kStart);
  }
  RateLimiter fast(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(fast.Take(1 << 30, kStart), nanoseconds(0));
}

TEST(RateLimiterTest, ThreadsShareOneRate) {
  RateLimiter limiter(1000);
  constexpr int kThreads = 4;
  constexpr int kTakes = 1000;
  std::vector<nanoseconds> longest(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTakes; ++i) longest[t] = std::max(longest[t], limiter.Take(1, kStart));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto last = std::chrono::round<milliseconds>(*std::max_element(longest.begin(), longest.end()));
  EXPECT_EQ(last, milliseconds(kThreads * kTakes - 100));
}

TEST(RateLimiterTest, PassWaitsAsLongAsTakeSays) {
  RateLimiter limiter(1000);
  const OperationContext context("id");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_OK(limiter.Pass(150, context));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(50));
}

TEST(RateLimiterTest, ACancelEndsAWaitOfHours) {
  static_assert(kRateStopCheckInterval <= milliseconds(50));
  RateLimiter limiter(1);
  OperationContext context("id");
  Status status;
  std::thread waiting([&] { status = limiter.Pass(1'000'000, context); });
  context.stop().store(true);
  waiting.join();
  EXPECT_CODE(status, kCancelled);
  EXPECT_CODE(RateLimiter(0).Pass(1, context), kCancelled) << "also without a wait";
}

}  // namespace
}  // namespace coffer::operations
