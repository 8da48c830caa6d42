// Calls of the engine that wait for a disk, on threads that are there for it.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "http/connection/strand.h"
#include "http/requests/exchange.h"

namespace coffer::http {

// Something that another thread makes while a connection waits. The connection makes it, and waits on its own strand.
class Pending {
 public:
  explicit Pending(const Strand& strand) : timer_(strand) {}

  // Waits until it is there, Cut was called or `limit` has passed; says whether it is there.
  Task<bool> Wait(SteadyClock::duration limit);
  Response& response() { return *response_; }

  // From any thread: hands the answer over and ends the waiting.
  static void Deliver(const std::shared_ptr<Pending>& pending, Response response);
  // On the strand: ends the waiting with nothing.
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

  // false: too many wait already, and `work` is not done.
  bool Post(std::function<void()> work);
  // Waits for what runs and drops what waits. Nothing runs afterwards.
  void Close();

 private:
  const std::size_t waiting_max_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> closed_{false};
  asio::thread_pool pool_;
};

// One answer for all who ask for the same before it is begun: nobody gets figures from before the question, and any number of
// callers costs one call at a time. Safe to use from many threads.
class SharedAnswers {
 public:
  using Make = std::function<Response()>;

  explicit SharedAnswers(BlockingCalls& calls) : calls_(calls) {}

  // `what` tells questions apart. false: too many calls wait.
  bool Ask(const void* what, Make make, std::shared_ptr<Pending> who);

 private:
  struct Question {
    Make make;
    std::vector<std::shared_ptr<Pending>> askers;
    bool running = false;
  };

  void Run(const void* what);

  BlockingCalls& calls_;
  std::mutex mutex_;
  std::map<const void*, Question> questions_;
};

}  // namespace coffer::http
