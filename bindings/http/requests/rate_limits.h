// RateLimits: how many calls a key has had in its present minute and hour.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/requests/exchange.h"

namespace coffer::http {

struct RateVerdict {
  bool allowed = true;
  unsigned retry_after_seconds = 0;  // where not allowed; at least 1
  RateFigures figures;               // after this call
};

// A window begins with a key's first call and is forgotten a minute, or an hour, later; a refused call is not counted.
// Safe to use from many threads.
class RateLimits {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Keys remembered at once. Where there are more, those that come last share one count.
  static constexpr std::size_t kKeysMax = 65'536;

  RateLimits(unsigned per_minute, unsigned per_hour) : per_minute_(per_minute), per_hour_(per_hour) {}

  // Counts one call.
  RateVerdict Count(std::string_view key, Time now);
  // What Count would find, without counting.
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

  Windows& Find(std::string_view key, Time now);
  RateVerdict Judge(const Windows& windows, Time now) const;

  const unsigned per_minute_;
  const unsigned per_hour_;
  std::mutex mutex_;
  std::unordered_map<std::string, Windows, Hash, std::equal_to<>> windows_;
};

}  // namespace coffer::http
