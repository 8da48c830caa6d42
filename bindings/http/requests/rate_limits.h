// RateLimits: counts the calls of each key in its current minute and hour.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/requests/exchange.h"
#include "json/mutex.h"

namespace coffer::http {

struct RateVerdict {
  bool allowed = true;
  unsigned retry_after_seconds = 0;  // if not allowed; at least 1
  RateFigures figures;               // after this call
};

// A window begins with a key's first call and ends a minute or an hour later. Refused calls are not counted.
// Safe to use from many threads.
class RateLimits {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Keys kept at once. If there are more, the last ones share one count.
  static constexpr std::size_t kKeysMax = 65'536;

  RateLimits(unsigned per_minute, unsigned per_hour) : per_minute_(per_minute), per_hour_(per_hour) {}

  // Counts one call.
  RateVerdict Count(std::string_view key, Time now);
  // The current state of a key, without counting a call.
  RateVerdict Look(std::string_view key, Time now);

 private:
  struct Window {
    Time began;
    unsigned calls = 0;
  };
  struct Windows {
    Window minute;
    Window hour;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  Windows& Find(std::string_view key, Time now) COFFER_REQUIRES(mutex_);
  RateVerdict Judge(const Windows& windows, Time now) const;

  const unsigned per_minute_;
  const unsigned per_hour_;
  edges::Mutex mutex_;
  std::unordered_map<std::string, Windows, Hash, std::equal_to<>> windows_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace coffer::http
