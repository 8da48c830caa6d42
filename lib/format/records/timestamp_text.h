// Timestamps as records write them.
#pragma once

#include <cstddef>
#include <string>

#include "coffer/timestamp.h"

namespace coffer::format {

// "2026-11-22T10:00:00.000000Z"
inline constexpr std::size_t kTimestampBytes = 27;

// Whether the year is 1 to 9999, which is what the text form can hold.
bool HasText(Timestamp timestamp);

// Appends kTimestampBytes. A timestamp without a text is brought to the nearest that has one.
void AppendTimestamp(Timestamp timestamp, std::string& out);

}  // namespace coffer::format
