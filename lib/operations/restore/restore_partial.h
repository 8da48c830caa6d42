// A partial restore: puts chosen records of a backup, which is read in place, back into the live store.
#pragma once

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "coffer/result.h"
#include "operations/repository/manifest.h"
#include "operations/restore/safety_backup.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// kInvalidArgument: the options cannot be combined, or one is out of range.
Status CheckRestoreOptions(const RestoreOptions& options);

// Call it within an operation that has the repository to itself.
Result<RestoreReport> RestorePart(Engine& engine, const BackupManifest& manifest, const RestoreOptions& options,
                                  OperationContext& context, BackupFunction make_backup);

}  // namespace coffer::operations
