// RateLimiter: bytes a second for several threads together, so that a backup leaves the disk to others.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "coffer/result.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// What may pass at once after a pause, as the time in which the rate allows it.
inline constexpr std::chrono::milliseconds kRateBurst{100};
// A wait looks this often whether the operation is to end.
inline constexpr std::chrono::milliseconds kRateStopCheckInterval{20};

// Safe for use from many threads. In any stretch of time no more passes than the rate allows in that and in kRateBurst.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // 0: no limit.
  explicit RateLimiter(std::uint64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  // Takes these bytes, and answers how long after `now` the caller has to wait before it goes on. Bytes beyond the burst are
  // waited for behind those of other callers, whatever their number.
  std::chrono::nanoseconds Take(std::uint64_t bytes, Time now);

  // Takes and waits. kCancelled, within kRateStopCheckInterval: the operation is to end.
  Status Pass(std::uint64_t bytes, const OperationContext& context);

 private:
  using Nanoseconds = std::chrono::duration<double, std::nano>;  // At high rates a byte takes less than one.

  const std::uint64_t bytes_per_second_;
  std::mutex mutex_;
  std::optional<Time> last_;       // the time of the last call
  Nanoseconds owed_{-kRateBurst};  // then; what is left of the burst is negative
};

}  // namespace coffer::operations
