#include "operations/restore/safety_backup.h"

#include "operations/repository/open_backup.h"
#include "operations/repository/repository.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// A safety backup must open. A host without an identity cannot open it, and only checks that its objects are complete.
Status Prove(engine::EngineCore& core, const std::string& id) {
  const Repository repository(core.files(), core.repository());
  COFFER_ASSIGN(BackupManifest manifest, repository.Read(id));
  COFFER_ASSIGN(std::vector<format::AgeIdentity> own, IdentitiesFor(core, {}));
  Result<std::unique_ptr<Engine>> opened = OpenInPlace(core.options(), repository, manifest, own);
  if (opened.ok()) return (*opened)->Close();
  if (opened.status().code() == StatusCode::kPermissionDenied) return repository.CheckObjectsThere(manifest);
  return std::move(opened).status();
}

}  // namespace

std::string SafetyBackupName(std::string_view restore_id) { return "before-restore-" + std::string(restore_id); }

Result<std::string> MakeSafetyBackup(BackupFunction make_backup, engine::EngineCore& core, const std::string& backup_id,
                                     std::uint64_t bytes_besides, OperationContext& context) {
  const engine::KindTallies present = core.totals().Copy().Sum();
  if (present == engine::KindTallies()) return std::string();
  BackupOptions safety;
  safety.type = BackupType::kIncremental;
  safety.name = SafetyBackupName(context.id());
  safety.description = "state before the restore of backup " + backup_id;
  COFFER_ASSIGN_CONTEXT(BackupInfo made,
                        make_backup(core, safety, {core.NewId(), BackupReason::kSafety, bytes_besides}, context),
                        "safety backup");
  COFFER_TRY_CONTEXT(Prove(core, made.id), "safety backup");
  return made.id;
}

}  // namespace coffer::operations
