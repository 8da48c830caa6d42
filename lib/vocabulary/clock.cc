#include "coffer/clock.h"

#include <chrono>

namespace coffer {
namespace {

class RealTimeClock final : public Clock {
 public:
  std::int64_t NowMicroseconds() noexcept override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
  }
};

}  // namespace

Clock& SystemClock() {
  // Never destroyed: threads may read the clock while the process exits.
  static Clock& clock = *new RealTimeClock;
  return clock;
}

}  // namespace coffer
