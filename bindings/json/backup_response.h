// BackupResponse of the contract.
#pragma once

#include "coffer/backup.h"
#include "coffer/operation.h"
#include "json/value.h"

namespace coffer::json {

// Of a backup that is there. In the trash: with metadata.deleted_at.
Value BackupResponse(const BackupInfo& backup);
// Of one that is being made, has failed or was cancelled; what is not known of it is null, and its type what was asked for.
Value BackupResponse(const OperationInfo& operation);

}  // namespace coffer::json
