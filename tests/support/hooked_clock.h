// A clock that calls back whenever it is asked: a way into the middle of what the engine does, since every commit asks for the
// day.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "coffer/clock.h"

namespace coffer {

class HookedClock final : public Clock {
 public:
  std::int64_t NowMicroseconds() noexcept override {
    std::function<void()> hook;
    {
      const std::lock_guard lock(mutex_);
      hook = hook_;
    }
    if (hook) hook();
    const std::lock_guard lock(mutex_);
    return now_ += 1000;
  }
  // Called on whatever thread asks. Null: nothing is called.
  void SetHook(std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
  }

 private:
  std::mutex mutex_;
  std::function<void()> hook_;
  std::int64_t now_ = 1'700'000'000'000'000;
};

}  // namespace coffer
