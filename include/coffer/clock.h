// Clock: the source of the engine's time. Tests can supply one that they control.
#pragma once

#include <cstdint>

#include "coffer/visibility.h"

namespace coffer {

// Owned by whoever made it; must outlive every engine that uses it (OpenOptions::clock).
// Implementations must be thread-safe and must not throw. Time may jump and go backwards.
class COFFER_API Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t NowMicroseconds() noexcept = 0;
};

// The machine's real-time clock. Lives as long as the process.
COFFER_API Clock& SystemClock();

}  // namespace coffer
