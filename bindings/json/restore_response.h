// RestoreResponse of the contract.
#pragma once

#include "coffer/backup.h"
#include "coffer/operation.h"
#include "json/value.h"

namespace coffer::json {

// Of a completed restore. The counts of a dry run are what a restore would do.
Value RestoreResponse(const RestoreReport& report);
// Of a restore in any state. error_message is null; the caller fills it in.
Value RestoreResponse(const OperationInfo& operation);

}  // namespace coffer::json
