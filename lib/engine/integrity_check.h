// CheckIntegrity: counts the records of a snapshot again and compares them with heads, index rows, contents and counters.
#pragma once

#include "coffer/integrity.h"
#include "coffer/result.h"
#include "engine/core.h"

namespace coffer::engine {

// Returns the findings; a failed Status means that the check could not continue. Reads everything, repairs nothing.
// `snapshot` must not be null.
Result<IntegrityReport> CheckIntegrity(storage::Store& store, const storage::StoreSnapshot* snapshot);

}  // namespace coffer::engine
