// Finished exports in the data folder that have been kept long enough.
#pragma once

#include "coffer/export.h"
#include "coffer/timestamp.h"
#include "engine/core.h"

namespace coffer::operations {

inline Timestamp ExpiryOf(Timestamp completed_at) {
  return {completed_at.microseconds + std::chrono::duration_cast<std::chrono::microseconds>(kExportKept).count()};
}

// Removes them. The time of a file is that in its name, an operation's id: the journal forgets sooner than files go. Names that are
// no export's are left alone; what cannot be removed is left to the next call.
void SweepExpiredExports(engine::EngineCore& core);

}  // namespace coffer::operations
