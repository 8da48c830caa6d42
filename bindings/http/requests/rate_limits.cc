#include "http/requests/rate_limits.h"

#include <algorithm>

namespace coffer::http {
namespace {

using std::chrono::seconds;

constexpr seconds kMinute{60};
constexpr seconds kHour{3600};

unsigned SecondsUntil(RateLimits::Time time, RateLimits::Time now) {
  const auto left = std::chrono::ceil<seconds>(time - now).count();
  return static_cast<unsigned>(std::max<std::int64_t>(1, left));
}

unsigned Left(unsigned limit, unsigned calls) { return limit > calls ? limit - calls : 0; }

}  // namespace

RateVerdict RateLimits::Count(std::string_view key, Time now) {
  const edges::MutexLock lock(mutex_);
  Windows& windows = Find(key, now);
  RateVerdict verdict = Judge(windows, now);
  if (!verdict.allowed) return verdict;
  ++windows.minute.calls;
  ++windows.hour.calls;
  --verdict.figures.remaining_minute;
  --verdict.figures.remaining_hour;
  return verdict;
}

RateVerdict RateLimits::Look(std::string_view key, Time now) {
  const edges::MutexLock lock(mutex_);
  const auto found = windows_.find(key);
  if (found == windows_.end()) return Judge(Windows{{now, 0}, {now, 0}}, now);
  Windows windows = found->second;
  if (now - windows.minute.began >= kMinute) windows.minute = {now, 0};
  if (now - windows.hour.began >= kHour) windows.hour = {now, 0};
  return Judge(windows, now);
}

RateLimits::Windows& RateLimits::Find(std::string_view key, Time now) {
  auto found = windows_.find(key);
  if (found == windows_.end()) {
    if (windows_.size() >= kKeysMax) {
      std::erase_if(windows_, [now](const auto& entry) { return now - entry.second.hour.began >= kHour; });
    }
    // The empty key, which no caller has, is the shared one.
    const std::string_view place = windows_.size() >= kKeysMax ? std::string_view() : key;
    found = windows_.try_emplace(std::string(place), Windows{{now, 0}, {now, 0}}).first;
  }
  Windows& windows = found->second;
  if (now - windows.minute.began >= kMinute) windows.minute = {now, 0};
  if (now - windows.hour.began >= kHour) windows.hour = {now, 0};
  return windows;
}

RateVerdict RateLimits::Judge(const Windows& windows, Time now) const {
  RateVerdict verdict;
  verdict.figures = {per_minute_, per_hour_, Left(per_minute_, windows.minute.calls), Left(per_hour_, windows.hour.calls)};
  if (verdict.figures.remaining_hour == 0) {
    verdict.allowed = false;
    verdict.retry_after_seconds = SecondsUntil(windows.hour.began + kHour, now);
  } else if (verdict.figures.remaining_minute == 0) {
    verdict.allowed = false;
    verdict.retry_after_seconds = SecondsUntil(windows.minute.began + kMinute, now);
  }
  return verdict;
}

}  // namespace coffer::http
