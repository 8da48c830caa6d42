// Runs engine calls that wait for a disk on threads of their own.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "http/connection/strand.h"
#include "http/requests/exchange.h"
#include "json/mutex.h"

namespace coffer::http {

// A response that another thread makes while a connection waits. The connection creates it and waits on its own strand.
class Pending {
 public:
  explicit Pending(const Strand& strand) : timer_(strand) {}

  // Waits until the response is delivered, Cut is called or `limit` has passed. Returns whether there is a response.
  Task<bool> Wait(SteadyClock::duration limit);
  Response& response() { return *response_; }

  // From any thread: delivers the response and ends the wait.
  static void Deliver(const std::shared_ptr<Pending>& pending, Response response);
  // On the strand: ends the wait without a response.
  void Cut();

 private:
  Timer timer_;
  std::optional<Response> response_;
  bool cut_ = false;
};

// Safe to use from many threads.
class BlockingCalls {
 public:
  BlockingCalls(std::size_t threads, std::size_t waiting_max) : waiting_max_(waiting_max), pool_(threads) {}

  // false: too many calls wait already, and `work` will not run.
  bool Post(std::function<void()> work);
  // Waits for running work and drops waiting work. Nothing runs afterwards.
  void Close();

 private:
  const std::size_t waiting_max_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> closed_{false};
  asio::thread_pool pool_;
};

// Runs one call for all callers that ask the same question before it begins. So no caller gets figures older than its question,
// and any number of callers costs one call at a time. Safe to use from many threads.
class SharedAnswers {
 public:
  using Make = std::function<Response()>;

  explicit SharedAnswers(BlockingCalls& calls) : calls_(calls) {}

  // `what` identifies the question. false: too many calls wait.
  bool Ask(const void* what, Make make, std::shared_ptr<Pending> who);

 private:
  struct Question {
    Make make;
    std::vector<std::shared_ptr<Pending>> askers;
    bool running = false;
  };

  void Run(const void* what);

  BlockingCalls& calls_;
  edges::Mutex mutex_;
  std::map<const void*, Question> questions_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace coffer::http
