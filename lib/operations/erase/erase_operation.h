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

// Takes up again every entry of the ledger that is not completed, also one whose operation failed: an erasure that was
// acknowledged is owed. What it names cannot be read any more when this returns; the rest is done by the operation.
// `entries`: the whole ledger. `unfinished`: what the journal has.
Status ResumeErasures(engine::EngineCore& core, Runner& runner, const std::vector<LedgerEntry>& entries,
                      const std::vector<OperationInfo>& unfinished);

}  // namespace coffer::operations
