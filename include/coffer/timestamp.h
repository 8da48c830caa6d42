// Timestamp: an instant in UTC, in microseconds, and its RFC 3339 text.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

// A plain value. ParseTimestamp returns times from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z.
struct Timestamp {
  std::int64_t microseconds = 0;  // since 1970-01-01T00:00:00Z; negative before

  auto operator<=>(const Timestamp&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a 0 in it
};

// Parses an RFC 3339 time (section 5.6): "2026-11-22T10:00:00Z", "2026-11-22T12:00:00.25+02:00". Accepts lower-case t and z.
// kInvalidArgument: not such a time, without an offset, more than six digits of a second, a leap second, or no such day.
COFFER_API Result<Timestamp> ParseTimestamp(std::string_view text);

// Returns UTC with six digits and Z: "2026-11-22T10:00:00.000000Z". A time outside the years 1 to 9999 is clamped to them.
COFFER_API std::string FormatTimestamp(Timestamp timestamp);

}  // namespace coffer
