// IntegrityCheck: recounts a store's records at one moment and compares with heads, index rows, contents and counters.
#pragma once

#include "coffer/integrity.h"
#include "coffer/result.h"
#include "engine/core.h"

namespace coffer::engine {

// Findings are in the report; a failed Status means that the check itself could not go on. Reads everything, repairs nothing.
// `snapshot` must not be null.
Result<IntegrityReport> CheckIntegrity(storage::Store& store, const storage::StoreSnapshot* snapshot);

}  // namespace coffer::engine
