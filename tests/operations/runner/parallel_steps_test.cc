#include "operations/runner/parallel_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/gate.h"
#include "support/status_matchers.h"

namespace coffer::operations {
namespace {

constexpr std::chrono::seconds kLongWait{30};

TEST(ParallelStepsTest, EachStepIsTakenOnce) {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 1000U}) {
    std::mutex mutex;
    std::vector<std::size_t> taken;
    EXPECT_OK(RunInParallel(count, [&](std::size_t step) {
      const std::lock_guard lock(mutex);
      taken.push_back(step);
      return Status::Ok();
    }));
    std::ranges::sort(taken);
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    EXPECT_EQ(taken, all);
  }
}

TEST(ParallelStepsTest, TwoStepsRunAtOnceAndNeverMore) {
  Gate both;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  EXPECT_OK(RunInParallel(50, [&](std::size_t step) {
    const int now = ++running;
    most = std::max(most.load(), now);
    if (now == 2) both.Open();
    const bool met = step > 1 || both.WaitFor(kLongWait);
    --running;
    return met ? Status::Ok() : Status::Internal("the other step did not begin");
  }));
  EXPECT_EQ(most.load(), static_cast<int>(kParallelStepsMax));
}

TEST(ParallelStepsTest, TheCallersThreadTakesPart) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  EXPECT_OK(RunInParallel(1, [&](std::size_t) {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
    return Status::Ok();
  }));
  EXPECT_EQ(threads, std::set<std::thread::id>{std::this_thread::get_id()});
}

TEST(ParallelStepsTest, AFailureKeepsFurtherStepsFromBeginningAndIsAnswered) {
  std::atomic<std::size_t> begun{0};
  const Status status = RunInParallel(1000, [&](std::size_t step) {
    ++begun;
    return step == 0 ? Status::IoError("the first") : Status::Ok();
  });
  EXPECT_CODE(status, kIoError);
  EXPECT_EQ(status.message(), "the first");

  // Each thread reports a failure before it looks for its next step.
  begun = 0;
  std::barrier both(kParallelStepsMax);
  EXPECT_CODE(RunInParallel(1000,
                            [&](std::size_t) {
                              ++begun;
                              both.arrive_and_wait();
                              return Status::IoError("both");
                            }),
              kIoError);
  EXPECT_EQ(begun.load(), kParallelStepsMax);
}

TEST(ParallelStepsTest, WhatHasBegunIsOverWhenItAnswers) {
  Gate begun;
  std::atomic<bool> over{false};
  EXPECT_CODE(RunInParallel(2,
                            [&](std::size_t step) {
                              if (step == 1) {
                                begun.Open();
                                std::this_thread::yield();
                                over = true;
                                return Status::Ok();
                              }
                              return begun.WaitFor(kLongWait) ? Status::IoError("first") : Status::Internal("late");
                            }),
              kIoError);
  EXPECT_TRUE(over.load());
}

TEST(ParallelStepsTest, AnExceptionBecomesAFailure) {
  for (const std::size_t count : {1U, 2U}) {
    const Status status = RunInParallel(count, [](std::size_t) -> Status { throw std::bad_alloc(); });
    EXPECT_CODE(status, kResourceExhausted);
  }
}

}  // namespace
}  // namespace coffer::operations
