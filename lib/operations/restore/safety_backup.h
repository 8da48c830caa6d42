// The backup that a restore makes of the present state before it changes anything.
#pragma once

#include <cstdint>
#include <string>

#include "coffer/result.h"
#include "engine/core.h"
#include "operations/repository/manifest.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// Makes a backup within an operation that has the repository to itself. A parameter of restores, because making backups belongs to
// a folder above this one.
using BackupFunction = Result<BackupInfo> (*)(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role,
                                              OperationContext& context);

// An incremental backup with reason "safety", opened once to prove that it can be. Answers its id; empty for an empty store, which
// has nothing to lose, and which, where it is being built from a repository alone, should not write to that first.
// `bytes_besides`: what the operation reads apart from it.
Result<std::string> MakeSafetyBackup(BackupFunction make_backup, engine::EngineCore& core, const std::string& backup_id,
                                     std::uint64_t bytes_besides, OperationContext& context);

// Of a restore: the name by which its safety backup is found again.
std::string SafetyBackupName(std::string_view restore_id);

}  // namespace coffer::operations
