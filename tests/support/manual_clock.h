// A clock that moves only when it is set, forward or back.
#pragma once

#include <atomic>
#include <cstdint>

#include "coffer/clock.h"

namespace coffer {

class ManualClock final : public Clock {
 public:
  static constexpr std::int64_t kMicrosecondsPerDay = std::int64_t{86'400} * 1'000'000;

  explicit ManualClock(std::int64_t now_microseconds = 0) : now_(now_microseconds) {}

  std::int64_t NowMicroseconds() noexcept override { return now_.load(); }
  void Set(std::int64_t now_microseconds) { now_.store(now_microseconds); }
  void Advance(std::int64_t microseconds) { now_.fetch_add(microseconds); }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace coffer
