#include "operations/repository/rate_limiter.h"

#include <algorithm>
#include <thread>

namespace coffer::operations {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// Longer waits are cut to this, which can be added to a time without overflow.
constexpr std::chrono::hours kWaitMax{24 * 365};

}  // namespace

nanoseconds RateLimiter::Take(std::uint64_t bytes, Time now) {
  if (bytes_per_second_ == 0) return nanoseconds::zero();
  const MutexLock lock(mutex_);
  // Threads read the clock before they take the mutex, so `now` may be earlier than last_; then more is owed.
  owed_ = std::max<Nanoseconds>(owed_ - (now - last_.value_or(now)), -kRateBurst);
  owed_ += std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(bytes_per_second_));
  last_ = now;
  return std::chrono::ceil<nanoseconds>(std::clamp<Nanoseconds>(owed_, Nanoseconds::zero(), kWaitMax));
}

Status RateLimiter::Pass(std::uint64_t bytes, const OperationContext& context) {
  Time now = steady_clock::now();
  const Time end = now + Take(bytes, now);
  Status status = context.CheckStop();
  while (status.ok() && now < end) {
    std::this_thread::sleep_for(std::min<nanoseconds>(end - now, kRateStopCheckInterval));
    status = context.CheckStop();
    now = steady_clock::now();
  }
  return status;
}

}  // namespace coffer::operations
