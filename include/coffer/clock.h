// Clock: time is given to the engine, not read by it, so that tests can drive it, backwards too.
#pragma once

#include <cstdint>

#include "coffer/visibility.h"

namespace coffer {

// Implementations must be safe to call from many threads, and cannot throw. The engine never assumes that time moves forward.
class COFFER_API Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t NowMicroseconds() noexcept = 0;
};

// The machine's real-time clock. Lives as long as the process.
COFFER_API Clock& SystemClock();

}  // namespace coffer
