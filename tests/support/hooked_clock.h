// A clock that calls back on each read: a hook into the middle of the engine's work, since every commit reads the day.
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
  // Called on the thread that reads the clock. Null: nothing is called.
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
