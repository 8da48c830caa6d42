// RestoreResponse of the contract.
#pragma once

#include "coffer/backup.h"
#include "coffer/operation.h"
#include "json/value.h"

namespace coffer::json {

// Of a restore that has completed. The figures of a dry run are what would be.
Value RestoreResponse(const RestoreReport& report);
// Of one in any state; without its error_message, which is null.
Value RestoreResponse(const OperationInfo& operation);

}  // namespace coffer::json
