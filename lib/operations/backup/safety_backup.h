// The backup that a restore makes of the present state before it changes anything.
#pragma once

#include <cstdint>
#include <string>

#include "coffer/result.h"
#include "engine/core.h"
#include "operations/runner/job.h"

namespace coffer::operations {

// An incremental backup with reason "safety", opened once to prove that it can be. Answers its id; empty for an empty store, which
// has nothing to lose, and which, where it is being built from a repository alone, should not write to that first.
// `bytes_besides`: what the operation reads apart from it.
Result<std::string> MakeSafetyBackup(engine::EngineCore& core, const std::string& backup_id, std::uint64_t bytes_besides,
                                     JobContext& context);

// Of a restore: the name by which its safety backup is found again.
std::string SafetyBackupName(std::string_view restore_id);

}  // namespace coffer::operations
