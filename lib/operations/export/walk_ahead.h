// A walk in a thread of its own, a little ahead of what is made of its records.
#pragma once

#include <functional>

#include "coffer/result.h"
#include "operations/export/record_stream.h"

namespace coffer::operations {

// Runs `walk` in another thread and hands its records to `sink` in this one, in order. Worth it where making text of a record takes
// about as long as reading it; a layout that copies stored text is better off without. Memory: kWalkAheadBytesMax of records.
// The walk's failure, or the sink's, with the record's name before it.
Status WalkAhead(const std::function<Status(RecordSink&)>& walk, RecordSink& sink);

inline constexpr std::size_t kWalkAheadBytesMax = std::size_t{4} << 20;

}  // namespace coffer::operations
