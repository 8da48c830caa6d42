// The public calls of making, listing and deleting backups.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "engine/core.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/create_backup.h"
#include "operations/backup/repository.h"
#include "operations/backup/repository_session.h"
#include "operations/runner/report_text.h"
#include "operations/runner/runner.h"

namespace coffer {
namespace operations {
namespace {

std::string RequestText(const BackupOptions& options) {
  return ToText({{"backup_type", BackupTypeName(options.type)},
                 {"name", options.name},
                 {"description", options.description},
                 {"compress", options.compress},
                 {"encrypt", options.encrypt},
                 {"recipients", options.recipients},
                 {"include_contents", options.include_contents},
                 {"include_logs", options.include_logs},
                 {"retention_days", options.retention_days},
                 {"bytes_per_second_max", options.bytes_per_second_max}});
}

std::string ReportText(const BackupInfo& info) {
  return ToText({{"backup_id", info.id},
                 {"name", info.name},
                 {"description", info.description},
                 {"reason", info.reason},
                 {"backup_type", BackupTypeName(info.type)},
                 {"requested_type", BackupTypeName(info.requested_type)},
                 {"base_id", info.base_id},
                 {"lineage", info.lineage},
                 {"sequence", info.sequence},
                 {"file_bytes", info.file_bytes},
                 {"stored_bytes", info.stored_bytes},
                 {"record_count", info.record_count},
                 {"contents_included", info.contents_included},
                 {"logs_included", info.logs_included},
                 {"compressed", info.compressed},
                 {"encrypted", info.encrypted},
                 {"recipients", info.recipients},
                 {"created_at", FormatTimestamp(info.created_at)},
                 {"completed_at", FormatTimestamp(info.completed_at)},
                 {"expires_at", FormatTimestamp(info.expires_at)},
                 {"engine_version", info.engine_version}});
}

Result<std::vector<BackupInfo>> WithVerifications(engine::EngineCore& core, Result<std::vector<BackupManifest>> manifests) {
  if (!manifests.ok()) return std::move(manifests).status().WithContext("backups");
  Catalogue catalogue(core);
  std::vector<BackupInfo> backups;
  for (BackupManifest& manifest : *manifests) {
    Result<std::optional<BackupVerification>> verified = catalogue.Verification(manifest.info.id);
    if (!verified.ok()) return std::move(verified).status().WithContext("backups");
    manifest.info.verified = *verified;
    backups.push_back(std::move(manifest.info));
  }
  return backups;
}

// A change of one backup by a call: `change` is given the session.
template <typename Change>
Status ChangeBackup(engine::EngineCore& core, std::string_view backup_id, Change change) {
  const std::string what = "backup " + std::string(backup_id);
  if (Status status = core.CheckWritable(); !status.ok()) return status.WithContext(what);
  const Repository repository(core.files(), core.repository());
  {
    Result<std::unique_ptr<RepositorySession>> session = RepositorySession::Begin(core, repository);
    if (!session.ok()) return std::move(session).status().WithContext(what);
    if (Status status = change(**session); !status.ok()) return status.WithContext(what);
  }
  CountRepository(core);
  return Status::Ok();
}

Result<BackupInfo> FindIn(Result<std::vector<BackupInfo>> backups, std::string_view backup_id) {
  if (!backups.ok()) return std::move(backups).status();
  const auto found = std::ranges::find(*backups, backup_id, &BackupInfo::id);
  if (found == backups->end()) return Status::NotFound("backup " + std::string(backup_id) + ": it is gone");
  return std::move(*found);
}

}  // namespace
}  // namespace operations

Result<OperationOf<BackupInfo>> StartBackup(Engine& engine, const BackupOptions& options, StartOptions start) {
  if (engine.read_only()) return Status::PermissionDenied("backup: the store is opened read-only");
  if (Status status = operations::CheckBackupOptions(options); !status.ok()) return status.WithContext("backup");
  operations::JobSpec spec;
  spec.kind = OperationKind::kBackup;
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(options);
  const auto work = [&core = engine.core(), options](operations::JobContext& context) {
    Result<BackupInfo> info = operations::MakeBackup(core, options, {context.id(), operations::kReasonRequested}, context);
    if (info.ok()) context.SetRecords(info->record_count);
    return info;
  };
  return operations::StartReporting<BackupInfo>(engine.core(), std::move(spec), work, &operations::ReportText);
}

Result<BackupInfo> CreateBackup(Engine& engine, const BackupOptions& options) {
  Result<OperationOf<BackupInfo>> operation = StartBackup(engine, options);
  if (!operation.ok()) return std::move(operation).status();
  return operation->Finish();
}

Result<std::vector<BackupInfo>> ListBackups(Engine& engine) {
  engine::EngineCore& core = engine.core();
  return operations::WithVerifications(core, operations::Repository(core.files(), core.repository()).List());
}

Result<std::vector<BackupInfo>> ListDeletedBackups(Engine& engine) {
  engine::EngineCore& core = engine.core();
  return operations::WithVerifications(core, operations::Repository(core.files(), core.repository()).ListTrash());
}

Result<BackupInfo> DeleteBackup(Engine& engine, std::string_view backup_id) {
  const auto change = [&](operations::RepositorySession& session) {
    return session.MoveToTrash(backup_id, engine.core().Now());
  };
  if (Status status = operations::ChangeBackup(engine.core(), backup_id, change); !status.ok()) return status;
  Result<BackupInfo> info = operations::FindIn(ListDeletedBackups(engine), backup_id);
  if (info.ok() || info.status().code() != StatusCode::kCorruption) return info;
  // Moved, and a damaged manifest, this one perhaps, keeps the trash from being listed.
  BackupInfo moved;
  moved.id = backup_id;
  moved.deleted_at = engine.core().Now();
  return moved;
}

Result<BackupInfo> UndeleteBackup(Engine& engine, std::string_view backup_id) {
  const auto change = [&](operations::RepositorySession& session) { return session.TakeFromTrash(backup_id); };
  if (Status status = operations::ChangeBackup(engine.core(), backup_id, change); !status.ok()) return status;
  return operations::FindIn(ListBackups(engine), backup_id);
}

}  // namespace coffer
