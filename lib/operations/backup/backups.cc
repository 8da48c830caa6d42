// The public calls that make, list and delete backups.
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/json/json_tree.h"
#include "operations/backup/create_backup.h"
#include "operations/repository/catalogue.h"
#include "operations/repository/repository.h"
#include "operations/repository/repository_session.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

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

Result<BackupInfo> WithVerification(engine::EngineCore& core, BackupInfo info) {
  COFFER_ASSIGN_CONTEXT(std::optional<BackupVerification> verified, Catalogue(core).Verification(info.id), "backup " + info.id);
  info.verified = verified;
  return info;
}

Result<std::vector<BackupInfo>> WithVerifications(engine::EngineCore& core, Result<Repository::Listing> listing) {
  if (!listing.ok()) return std::move(listing).status().WithContext("backups");
  std::vector<BackupInfo> backups;
  for (BackupManifest& manifest : listing->manifests) {
    COFFER_ASSIGN(BackupInfo info, WithVerification(core, std::move(manifest.info)));
    backups.push_back(std::move(info));
  }
  for (BackupInfo& damaged : listing->damaged) backups.push_back(std::move(damaged));
  return backups;
}

// kBusy: an operation that has not ended verifies or restores that backup.
Status CheckNotInUse(Engine& engine, std::string_view backup_id) {
  for (const OperationKind kind : {OperationKind::kVerify, OperationKind::kRestore}) {
    for (const OperationState state : {OperationState::kPending, OperationState::kRunning}) {
      OperationListOptions options;
      options.kind = kind;
      options.state = state;
      options.limit = kOperationsRunningMax + kOperationsPendingMax;
      COFFER_ASSIGN(Page<OperationInfo> page, ListOperations(engine, options));
      for (const OperationInfo& info : page.items) {
        const auto request = format::ParseJsonTreeOrDiscard<nlohmann::json>(info.request.text());
        if (request.is_object() && request.contains("backup_id") && request["backup_id"] == backup_id) {
          return Status::Busy("operation " + info.id + " uses it");
        }
      }
    }
  }
  return Status::Ok();
}

// Changes the repository within a call.
Status ChangeBackup(Engine& engine, const std::function<Status(RepositorySession&)>& change) {
  engine::EngineCore& core = engine::CoreOf(engine);
  COFFER_TRY(core.CheckWritable());
  const Repository repository(core.files(), core.repository());
  COFFER_ASSIGN(std::unique_ptr<RepositorySession> session, RepositorySession::Begin(core, repository));
  Status status = change(*session);
  session.reset();
  CountRepository(core);
  return status;
}

}  // namespace
}  // namespace operations

Result<OperationOf<BackupInfo>> StartBackup(Engine& engine, const BackupOptions& options, StartOptions start) try {
  if (engine.read_only()) return Status::PermissionDenied("backup: the store is opened read-only");
  COFFER_TRY_CONTEXT(operations::CheckBackupOptions(options), "backup");
  // The name is chosen here, so that the running operation already shows it.
  BackupOptions named = options;
  if (named.name.empty()) named.name = "backup-" + FormatTimestamp(engine::CoreOf(engine).Now());
  operations::OperationSpec spec;
  spec.kind = OperationKind::kBackup;
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(named);
  const auto work = [&core = engine::CoreOf(engine), named](operations::OperationContext& context) {
    Result<BackupInfo> info = operations::MakeBackup(core, named, {context.id(), BackupReason::kRequested}, context);
    if (info.ok()) context.SetRecords(info->record_count);
    return info;
  };
  return operations::StartReporting<BackupInfo>(engine::CoreOf(engine), std::move(spec), work, &operations::BackupReportText);
} catch (...) {
  return StatusOfException();
}

Result<BackupInfo> RunBackup(Engine& engine, const BackupOptions& options) try {
  COFFER_ASSIGN(OperationOf<BackupInfo> operation, StartBackup(engine, options));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

Result<std::vector<BackupInfo>> ListBackups(Engine& engine) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  return operations::WithVerifications(core, operations::Repository(core.files(), core.repository()).ListAll());
} catch (...) {
  return StatusOfException();
}

Result<std::vector<BackupInfo>> ListDeletedBackups(Engine& engine) try {
  engine::EngineCore& core = engine::CoreOf(engine);
  return operations::WithVerifications(core, operations::Repository(core.files(), core.repository()).ListAllTrash());
} catch (...) {
  return StatusOfException();
}

Result<BackupInfo> DeleteBackup(Engine& engine, std::string_view backup_id) try {
  const std::string what = "backup " + std::string(backup_id);
  engine::EngineCore& core = engine::CoreOf(engine);
  COFFER_TRY_CONTEXT(operations::CheckNotInUse(engine, backup_id), what);
  // The info to return is read before the move. A backup with a damaged manifest is moved too; only its id is known then.
  const operations::Repository repository(core.files(), core.repository());
  BackupInfo info;
  if (Result<operations::BackupManifest> manifest = repository.Read(backup_id); manifest.ok()) info = std::move(manifest->info);
  info.id = backup_id;
  // Before the change, because nothing may fail after it.
  COFFER_ASSIGN(BackupInfo deleted, operations::WithVerification(core, std::move(info)));
  const Timestamp now = core.Now();
  const auto move = [&](operations::RepositorySession& session) { return session.MoveToTrash(backup_id, now); };
  COFFER_TRY_CONTEXT(operations::ChangeBackup(engine, move), what);
  deleted.deleted_at = now;
  return deleted;
} catch (...) {
  return StatusOfException();
}

Result<BackupInfo> UndeleteBackup(Engine& engine, std::string_view backup_id) try {
  const std::string what = "backup " + std::string(backup_id);
  engine::EngineCore& core = engine::CoreOf(engine);
  const auto take = [&](operations::RepositorySession& session) { return session.TakeFromTrash(backup_id); };
  COFFER_TRY_CONTEXT(operations::ChangeBackup(engine, take), what);
  COFFER_ASSIGN(operations::BackupManifest manifest, operations::Repository(core.files(), core.repository()).Read(backup_id));
  return operations::WithVerification(core, std::move(manifest.info));
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
