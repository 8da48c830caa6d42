// Starts a restore of the whole store or of a part.
#pragma once

#include <string_view>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "operations/restore/safety_backup.h"

namespace coffer::operations {

// StartRestore (coffer/backup.h), with the function that makes the safety backup.
Result<OperationOf<RestoreReport>> StartRestoreWith(Engine& engine, std::string_view backup_id, const RestoreOptions& options,
                                                    StartOptions start, BackupFunction make_backup);

}  // namespace coffer::operations
