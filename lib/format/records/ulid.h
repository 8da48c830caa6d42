// ULIDs: 26 characters, the first ten of them time, so that generated ids sort by when they were made.
// Source: github.com/ulid/spec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::format {

// Crockford base32 of 48 bits of milliseconds since 1970 and 80 random bits (16 from `random_high`, 64 from `random_low`).
// A time before 1970 counts as 1970.
std::string MakeUlid(std::int64_t milliseconds, std::uint64_t random_high, std::uint64_t random_low);

// The ULID that follows `ulid`; of the last one, itself.
std::string NextUlid(std::string_view ulid);

// The time in a ULID; nothing where the text is none.
std::optional<std::int64_t> UlidMilliseconds(std::string_view ulid);

// A ULID whose time a Timestamp can have: before the year 10000.
bool IsUlid(std::string_view text);

}  // namespace coffer::format
