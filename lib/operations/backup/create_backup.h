// Making a backup, within an operation that has the repository to itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "operations/runner/job.h"

namespace coffer::operations {

// What kind of backup, and as part of what.
struct BackupRole {
  std::string id;
  std::string_view reason;          // one of manifest.h's
  std::uint64_t bytes_besides = 0;  // that the operation reads apart from the backup
};

Status CheckBackupOptions(const BackupOptions& options);
Result<BackupInfo> MakeBackup(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role,
                              JobContext& context);

// The options under which a second store is opened beside the live one: enough to look at it, in little memory.
storage::StoreOptions SmallStoreOptions(const engine::EngineCore& core, bool read_only);

// Counts the repository's bytes and backups anew, for the statistics.
void CountRepository(engine::EngineCore& core);

}  // namespace coffer::operations
