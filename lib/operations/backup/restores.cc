// The public calls that restore. They are here because a restore makes a safety backup, and restore/ does not include backup/.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "operations/backup/create_backup.h"
#include "operations/restore/restore.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {

Result<OperationOf<RestoreReport>> StartRestore(Engine& engine, std::string_view backup_id, const RestoreOptions& options,
                                                StartOptions start) try {
  return operations::StartRestoreWith(engine, backup_id, options, std::move(start), &operations::MakeBackup);
} catch (...) {
  return StatusOfException();
}

Result<RestoreReport> RunRestore(Engine& engine, std::string_view backup_id, const RestoreOptions& options) try {
  COFFER_ASSIGN(OperationOf<RestoreReport> operation, StartRestore(engine, backup_id, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

Result<OperationOf<RestoreReport>> StartRollBack(Engine& engine, std::string_view restore_id, StartOptions start) try {
  const std::string name = operations::SafetyBackupName(restore_id);
  COFFER_ASSIGN(std::vector<BackupInfo> backups, ListBackups(engine));
  const auto safety = std::ranges::find_if(
      backups, [&name](const BackupInfo& info) { return info.name == name && info.reason == BackupReason::kSafety; });
  if (safety == backups.end()) {
    return Status::NotFound("restore " + std::string(restore_id) + ": it has no safety backup");
  }
  RestoreOptions options;
  options.safety_backup = false;
  return StartRestore(engine, safety->id, options, std::move(start));
} catch (...) {
  return StatusOfException();
}

Result<RestoreReport> RunRollBack(Engine& engine, std::string_view restore_id) try {
  COFFER_ASSIGN(OperationOf<RestoreReport> operation, StartRollBack(engine, restore_id));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
