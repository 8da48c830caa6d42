// A full restore: a backup becomes the next generation of the store, which is checked before it becomes the live one.
#pragma once

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "operations/repository/manifest.h"
#include "operations/restore/safety_backup.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// Call it within an operation that excludes all other operations. Calls of the engine may go on.
Result<RestoreReport> RestoreWhole(engine::EngineCore& core, const BackupManifest& manifest, const RestoreOptions& options,
                                   OperationContext& context, BackupFunction make_backup);

}  // namespace coffer::operations
