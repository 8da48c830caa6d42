// Times as a count since 1970, as other programs write them.
#pragma once

#include <optional>
#include <string_view>

#include "coffer/timestamp.h"

namespace coffer::format {

struct EpochTime {
  Timestamp timestamp;
  bool exact = true;  // false: digits below a microsecond were dropped
};

// The unit of a count.
enum class EpochUnit { kSeconds, kMilliseconds, kMicroseconds, kNanoseconds };

// `digits` is a JSON number. Nullopt if the time is outside the years 1 to 9999. Does not use double, so 1756000000.123456
// is exact.
std::optional<EpochTime> ReadEpoch(std::string_view digits, EpochUnit unit);

// Guesses the unit by the number of digits: up to 11 are seconds (up to the year 5138), up to 14 milliseconds, up to 17
// microseconds, more are nanoseconds.
EpochUnit GuessEpochUnit(std::string_view digits);

}  // namespace coffer::format
