// Times that other programs write as a count since 1970.
#pragma once

#include <optional>
#include <string_view>

#include "coffer/timestamp.h"

namespace coffer::format {

struct EpochTime {
  Timestamp timestamp;
  bool exact = true;  // false: digits below a microsecond were cut off
};

// The unit of a count.
enum class EpochUnit { kSeconds, kMilliseconds, kMicroseconds, kNanoseconds };

// `digits` is a JSON number. Nothing where the time is outside of years 1 to 9999. No double is on the way, so that
// 1756000000.123456 stays what it is.
std::optional<EpochTime> ReadEpoch(std::string_view digits, EpochUnit unit);

// The unit that brings the count into years 1973 to 5138, which seconds take up to eleven digits for; each unit takes three more.
EpochUnit GuessEpochUnit(std::string_view digits);

}  // namespace coffer::format
