// RateLimiter: limits the bytes per second of several threads together, so that a backup leaves disk bandwidth to others.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "coffer/result.h"
#include "operations/runner/live_operation.h"
#include "vocabulary/mutex.h"

namespace coffer::operations {

// What may pass at once after a pause, expressed as time at the given rate.
inline constexpr std::chrono::milliseconds kRateBurst{100};
// How often a wait checks whether the operation must stop.
inline constexpr std::chrono::milliseconds kRateStopCheckInterval{20};

// Safe for use from many threads. In any period no more bytes pass than the rate allows in that period plus kRateBurst.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // 0: no limit.
  explicit RateLimiter(std::uint64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  // Takes the bytes and returns how long after `now` the caller must wait. Bytes beyond the burst wait after those of earlier
  // callers; their number is not limited.
  std::chrono::nanoseconds Take(std::uint64_t bytes, Time now);

  // Takes the bytes and waits.
  // kCancelled, within kRateStopCheckInterval: the operation must stop.
  Status Pass(std::uint64_t bytes, const OperationContext& context);

 private:
  using Nanoseconds = std::chrono::duration<double, std::nano>;  // At high rates a byte takes less than one nanosecond.

  const std::uint64_t bytes_per_second_;
  Mutex mutex_;
  std::optional<Time> last_ COFFER_GUARDED_BY(mutex_);       // the time of the last call
  Nanoseconds owed_ COFFER_GUARDED_BY(mutex_){-kRateBurst};  // at last_; negative: the rest of the burst
};

}  // namespace coffer::operations
