// ULIDs: ids of 26 characters. The first ten are the time, so that generated ids sort by creation time.
// Source: github.com/ulid/spec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::format {

// Encodes 48 bits of milliseconds since 1970 and 80 random bits (16 from `random_high`, 64 from `random_low`) in Crockford
// base32. A time before 1970 counts as 1970.
std::string MakeUlid(std::int64_t milliseconds, std::uint64_t random_high, std::uint64_t random_low);

// The ULID after `ulid`; for the last one, `ulid` itself.
std::string NextUlid(std::string_view ulid);

// The time in a ULID; nullopt if the text is not a ULID.
std::optional<std::int64_t> UlidMilliseconds(std::string_view ulid);

// Whether the text is a ULID with a time before the year 10000, the limit of Timestamp.
bool IsUlid(std::string_view text);

}  // namespace coffer::format
