// The text form of timestamps in records.
#pragma once

#include <cstddef>
#include <string>

#include "coffer/timestamp.h"

namespace coffer::format {

// "2026-11-22T10:00:00.000000Z"
inline constexpr std::size_t kTimestampBytes = 27;

// Whether the year is 1 to 9999. Other years have no text form.
bool HasText(Timestamp timestamp);

// Appends kTimestampBytes bytes. A timestamp without a text form is clamped to the nearest one that has it.
void AppendTimestamp(Timestamp timestamp, std::string& out);

}  // namespace coffer::format
