// A bulk delete as an operation: its ids are stored before the first commit, and each commit records the progress.
#pragma once

#include "coffer/operation.h"
#include "engine/core.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// The spec that resumes a bulk delete which has not ended according to the journal.
// kCorruption: its request cannot be read.
Result<OperationSpec> ResumedBulkDelete(engine::EngineCore& core, const OperationInfo& info);

}  // namespace coffer::operations
