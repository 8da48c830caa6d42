// Timestamp: an instant in UTC with microseconds, and its RFC 3339 form.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

// Between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z when it comes from Parse.
struct Timestamp {
  std::int64_t microseconds = 0;  // since 1970-01-01T00:00:00Z; negative before

  auto operator<=>(const Timestamp&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a 0 in it
};

// Reads RFC 3339 ("2026-11-22T10:00:00Z", "…+02:00", up to six digits of a second); lower-case t and z are accepted.
// kInvalidArgument: no offset, more than six digits, a leap second, or no such day.
// Source: RFC 3339 section 5.6.
COFFER_API Result<Timestamp> ParseTimestamp(std::string_view text);

// Always UTC with six digits and 'Z': "2026-11-22T10:00:00.000000Z". A time beyond the years above gives the nearest within.
COFFER_API std::string FormatTimestamp(Timestamp timestamp);

}  // namespace coffer
