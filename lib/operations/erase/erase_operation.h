// An erasure as an operation: records, exports, old bytes in files, receipt.
#pragma once

#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "operations/ledger/ledger.h"
#include "operations/runner/live_operation.h"
#include "operations/runner/runner.h"

namespace coffer::operations {

// Resumes every entry of the ledger that is not completed, even if its operation failed: an acknowledged erasure is owed. Its
// records can no longer be read when this returns; the operation does the rest.
// `entries`: the whole ledger. `unfinished`: the operations that have not ended according to the journal.
Status ResumeErasures(engine::EngineCore& core, Runner& runner, const std::vector<LedgerEntry>& entries,
                      const std::vector<OperationInfo>& unfinished);

}  // namespace coffer::operations
