// A bulk delete as an operation: its ids are written down before the first commit, and each commit carries how far it has come.
#pragma once

#include "coffer/operation.h"
#include "engine/core.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// What takes up again the bulk delete that the journal has as unfinished. kCorruption: its request cannot be read.
Result<OperationSpec> ResumedBulkDelete(engine::EngineCore& core, const OperationInfo& info);

}  // namespace coffer::operations
