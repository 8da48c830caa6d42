// Waiting for calls that run on other threads: shared results, limits and the end.
#include "http/connection/blocking_calls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <future>
#include <thread>

namespace coffer::http {
namespace {

using std::chrono::milliseconds;

constexpr int kAnything = 0;

Response Numbered(int number) {
  Response response;
  response.status = number;
  return response;
}

// One connection's loop and strand.
class Waiter {
 public:
  Waiter() : pending_(std::make_shared<Pending>(asio::make_strand(context_))) {}

  const std::shared_ptr<Pending>& pending() const { return pending_; }
  // The number received; 0: none within `limit`.
  int Wait(SteadyClock::duration limit) {
    int number = 0;
    asio::co_spawn(
        asio::make_strand(context_),
        [this, limit, &number]() -> Task<void> {
          const bool there = co_await pending_->Wait(limit);
          if (there) number = pending_->response().status;
        },
        asio::detached);
    context_.run();
    return number;
  }

 private:
  asio::io_context context_;
  std::shared_ptr<Pending> pending_;
};

TEST(SharedAnswersTest, OneCallAnswersAllWhoAskedBeforeItBegan) {
  BlockingCalls calls(1, 10);
  SharedAnswers answers(calls);
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  std::atomic<int> made = 0;
  std::promise<void> began;
  const auto make = [&, gone] {
    const int number = ++made;
    if (number == 1) began.set_value();
    gone.wait();
    return Numbered(number);
  };
  Waiter first;
  ASSERT_TRUE(answers.Ask(&kAnything, make, first.pending()));
  began.get_future().wait();
  std::vector<std::unique_ptr<Waiter>> later;
  for (int i = 0; i < 5; ++i) {
    later.push_back(std::make_unique<Waiter>());
    ASSERT_TRUE(answers.Ask(&kAnything, make, later.back()->pending()));
  }
  go.set_value();
  EXPECT_EQ(first.Wait(std::chrono::seconds(10)), 1);
  for (const auto& waiter : later)
    EXPECT_EQ(waiter->Wait(std::chrono::seconds(10)), 2) << "results of earlier calls must not be shared";
  calls.Close();
  EXPECT_EQ(made, 2);
}

TEST(PendingTest, WaitsNoLongerThanItsLimit) {
  BlockingCalls calls(1, 10);
  SharedAnswers answers(calls);
  std::promise<void> go;
  Waiter waiter;
  ASSERT_TRUE(answers.Ask(
      &kAnything,
      [&go] {
        go.get_future().wait();
        return Numbered(1);
      },
      waiter.pending()));
  EXPECT_EQ(waiter.Wait(milliseconds(30)), 0);
  go.set_value();
  calls.Close();
}

TEST(BlockingCallsTest, RefusesMoreThanMayWait) {
  BlockingCalls calls(1, 2);
  std::promise<void> go;
  std::promise<void> began;
  std::atomic<int> done = 0;
  ASSERT_TRUE(calls.Post([&] {
    began.set_value();
    go.get_future().wait();
  }));
  began.get_future().wait();
  EXPECT_TRUE(calls.Post([&done] { ++done; }));
  EXPECT_TRUE(calls.Post([&done] { ++done; }));
  EXPECT_FALSE(calls.Post([&done] { ++done; }));
  go.set_value();
  while (done < 2) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_TRUE(calls.Post([&done] { ++done; }));
  calls.Close();
  calls.Post([&done] { done = -1; });
  EXPECT_GE(done, 2) << "nothing runs after the end";
}

}  // namespace
}  // namespace coffer::http
