#include "operations/runner/parallel_steps.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <vector>

#include "vocabulary/exceptions.h"
#include "vocabulary/mutex.h"

namespace coffer::operations {
namespace {

class Steps {
 public:
  Steps(std::size_t count, const std::function<Status(std::size_t)>& step) : count_(count), step_(step) {}

  void Work() {
    while (true) {
      std::size_t index = 0;
      {
        const MutexLock lock(mutex_);
        if (next_ == count_ || !failure_.ok()) return;
        index = next_++;
      }
      // An exception must not leave a thread.
      Status status = Guarded([&] { return step_(index); });
      if (status.ok()) continue;
      const MutexLock lock(mutex_);
      if (failure_.ok()) failure_ = std::move(status);
    }
  }

  Status TakeFailure() {
    const MutexLock lock(mutex_);
    return std::move(failure_);
  }

 private:
  const std::size_t count_;
  const std::function<Status(std::size_t)>& step_;
  Mutex mutex_;
  std::size_t next_ COFFER_GUARDED_BY(mutex_) = 0;
  Status failure_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace

Status RunInParallel(std::size_t count, const std::function<Status(std::size_t)>& step) {
  Steps steps(count, step);
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(count, kParallelStepsMax); ++i) {
    try {
      threads.emplace_back([&steps] { steps.Work(); });
    } catch (const std::system_error&) {
      break;  // the caller's thread, and those that started, do the rest
    }
  }
  steps.Work();
  for (std::thread& thread : threads) thread.join();
  return steps.TakeFailure();
}

}  // namespace coffer::operations
