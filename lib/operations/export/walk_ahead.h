// WalkAhead: reads records in a second thread, ahead of their sink.
#pragma once

#include <functional>

#include "coffer/result.h"
#include "operations/export/record_stream.h"

namespace coffer::operations {

// Runs `walk` in another thread and passes its records to `sink` in this one, in order. Pays off if formatting a record takes
// about as long as reading it; a format that copies stored text is faster without. Memory: kWalkAheadBytesMax of records.
// Returns the failure of the walk or of the sink, with the record's name as context.
Status WalkAhead(const std::function<Status(RecordSink&)>& walk, RecordSink& sink);

inline constexpr std::size_t kWalkAheadBytesMax = std::size_t{4} << 20;

}  // namespace coffer::operations
