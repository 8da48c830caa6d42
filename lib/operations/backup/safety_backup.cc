#include "operations/backup/safety_backup.h"

#include "operations/backup/create_backup.h"
#include "operations/backup/open_backup.h"
#include "operations/backup/repository.h"

namespace coffer::operations {
namespace {

// What cannot be opened would be no safety. A host without an identity cannot open it, and takes its digests' word for it.
Status Prove(engine::EngineCore& core, const std::string& id) {
  const Repository repository(core.files(), core.repository());
  Result<BackupManifest> manifest = repository.Read(id);
  if (!manifest.ok()) return std::move(manifest).status();
  Result<std::vector<format::AgeIdentity>> own = IdentitiesFor(core, {});
  if (!own.ok()) return std::move(own).status();
  Result<std::unique_ptr<Engine>> opened = OpenInPlace(core.options(), repository, *manifest, *own);
  if (opened.ok()) return (*opened)->Close();
  if (opened.status().code() == StatusCode::kPermissionDenied) return repository.CheckObjectsThere(*manifest);
  return std::move(opened).status();
}

}  // namespace

std::string SafetyBackupName(std::string_view restore_id) { return "before-restore-" + std::string(restore_id); }

Result<std::string> MakeSafetyBackup(engine::EngineCore& core, const std::string& backup_id, std::uint64_t bytes_besides,
                                     JobContext& context) {
  const engine::KindTallies present = core.totals().Copy().Sum();
  if (present == engine::KindTallies()) return std::string();
  BackupOptions safety;
  safety.type = BackupType::kIncremental;
  safety.name = SafetyBackupName(context.id());
  safety.description = "state before the restore of backup " + backup_id;
  Result<BackupInfo> made = MakeBackup(core, safety, {core.NewId(), kReasonSafety, bytes_besides}, context);
  if (!made.ok()) return std::move(made).status().WithContext("safety backup");
  if (Status status = Prove(core, made->id); !status.ok()) return status.WithContext("safety backup");
  return made->id;
}

}  // namespace coffer::operations
