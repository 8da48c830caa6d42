// BackupResponse of the contract.
#pragma once

#include "coffer/backup.h"
#include "coffer/operation.h"
#include "json/value.h"

namespace coffer::json {

// Of a completed or damaged backup. One in the trash has metadata.deleted_at.
Value BackupResponse(const BackupInfo& backup);
// Of a backup that is pending, running, failed or cancelled: unknown members are null, and the type is the requested one.
Value BackupResponse(const OperationInfo& operation);

}  // namespace coffer::json
