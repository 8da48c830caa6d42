// A partial restore: chosen records of a backup, read in place, put back into the present store.
#pragma once

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "coffer/result.h"
#include "operations/repository/manifest.h"
#include "operations/restore/safety_backup.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// What options of a restore do not fit together.
Status CheckRestoreOptions(const RestoreOptions& options);

// Within an operation that has the repository to itself.
Result<RestoreReport> RestorePart(Engine& engine, const BackupManifest& manifest, const RestoreOptions& options,
                                  OperationContext& context, BackupFunction make_backup);

}  // namespace coffer::operations
