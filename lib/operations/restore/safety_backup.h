// The backup of the current state that a restore makes before it changes anything.
#pragma once

#include <cstdint>
#include <string>

#include "coffer/result.h"
#include "engine/core.h"
#include "operations/repository/manifest.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// Makes a backup within an operation that has the repository to itself. It is a parameter of restores because the folder that
// makes backups may include this one, but not the other way round.
using BackupFunction = Result<BackupInfo> (*)(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role,
                                              OperationContext& context);

// Makes an incremental backup with reason "safety" and opens it once to prove that this works. Returns its id. For an empty
// store it makes no backup and returns "": the store has nothing to lose, and a store that is being rebuilt from a repository
// should not write to that repository first.
// `bytes_besides`: what the operation reads in addition to the backup.
Result<std::string> MakeSafetyBackup(BackupFunction make_backup, engine::EngineCore& core, const std::string& backup_id,
                                     std::uint64_t bytes_besides, OperationContext& context);

// The name by which the safety backup of a restore is found again.
std::string SafetyBackupName(std::string_view restore_id);

}  // namespace coffer::operations
