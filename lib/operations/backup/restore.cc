// The public calls of restoring.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "engine/core.h"
#include "operations/backup/repository.h"
#include "operations/backup/restore_full.h"
#include "operations/backup/restore_partial.h"
#include "operations/backup/safety_backup.h"
#include "operations/runner/report_text.h"
#include "operations/runner/runner.h"
#include "vocabulary/exceptions.h"

namespace coffer {
namespace operations {
namespace {

std::string_view NameOf(ConflictPolicy policy) {
  if (policy == ConflictPolicy::kSkip) return "skip";
  return policy == ConflictPolicy::kNewest ? "newest" : "replace";
}

std::string RequestText(const std::string& backup_id, const RestoreOptions& options) {
  return ToText({{"backup_id", backup_id},
                 {"scope", RestoreScopeName(options.scope)},
                 {"user_id", options.user_id},
                 {"ids", options.ids.size()},
                 {"conflict", NameOf(options.conflict)},
                 {"exact", options.exact},
                 {"dry_run", options.dry_run},
                 {"safety_backup", options.safety_backup},
                 {"verify", options.verify},
                 {"without_ledger", options.without_ledger}});
}

std::string ReportText(const RestoreReport& report) {
  nlohmann::ordered_json json = {{"restore_id", report.restore_id},
                                 {"backup_id", report.backup_id},
                                 {"safety_backup_id", report.safety_backup_id},
                                 {"scope", RestoreScopeName(report.scope)},
                                 {"dry_run", report.dry_run},
                                 {"erasures_applied", report.erasures_applied},
                                 {"conversations", report.conversations},
                                 {"messages", report.messages},
                                 {"documents", report.documents},
                                 {"prompts", report.prompts},
                                 {"contents", report.contents},
                                 {"contents_missing", report.contents_missing},
                                 {"skipped", report.skipped},
                                 {"deleted", report.deleted},
                                 {"failed", report.failed}};
  json["errors"] = nlohmann::ordered_json::array();
  for (const ImportError& error : report.errors) json["errors"].push_back(error.reason);
  json["started_at"] = FormatTimestamp(report.started_at);
  json["completed_at"] = FormatTimestamp(report.completed_at);
  return ToText(json);
}

Result<RestoreReport> Run(Engine& engine, const BackupManifest& manifest, const RestoreOptions& options, JobContext& context) {
  Result<RestoreReport> report = options.scope == RestoreScope::kFull ? RestoreWhole(engine.core(), manifest, options, context)
                                                                      : RestorePart(engine, manifest, options, context);
  if (!report.ok()) return std::move(report).status().WithContext("restore of backup " + manifest.info.id);
  context.SetRecords(report->conversations + report->messages + report->documents + report->prompts);
  return report;
}

}  // namespace
}  // namespace operations

Result<OperationOf<RestoreReport>> StartRestore(Engine& engine, std::string_view backup_id, const RestoreOptions& options,
                                                StartOptions start) try {
  engine::EngineCore& core = engine.core();
  const std::string what = "restore of backup " + std::string(backup_id);
  if (Status status = core.CheckWritable(); !status.ok()) return status.WithContext(what);
  if (Status status = operations::CheckRestoreOptions(options); !status.ok()) return status.WithContext(what);
  Result<operations::BackupManifest> manifest = operations::Repository(core.files(), core.repository()).Find(backup_id);
  if (!manifest.ok()) return std::move(manifest).status().WithContext(what);
  operations::JobSpec spec;
  spec.kind = OperationKind::kRestore;
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(manifest->info.id, options);
  const auto work = [&engine, manifest = std::move(*manifest), options](operations::JobContext& context) {
    return operations::Run(engine, manifest, options, context);
  };
  return operations::StartReporting<RestoreReport>(core, std::move(spec), work, &operations::ReportText);
} catch (...) {
  return StatusOfException();
}

Result<RestoreReport> Restore(Engine& engine, std::string_view backup_id, const RestoreOptions& options) try {
  Result<OperationOf<RestoreReport>> operation = StartRestore(engine, backup_id, options);
  if (!operation.ok()) return std::move(operation).status();
  return operation->Finish();
} catch (...) {
  return StatusOfException();
}

Result<OperationOf<RestoreReport>> StartRollBack(Engine& engine, std::string_view restore_id, StartOptions start) try {
  const std::string name = operations::SafetyBackupName(restore_id);
  Result<std::vector<BackupInfo>> backups = ListBackups(engine);
  if (!backups.ok()) return std::move(backups).status();
  const auto safety = std::ranges::find_if(
      *backups, [&name](const BackupInfo& info) { return info.name == name && info.reason == operations::kReasonSafety; });
  if (safety == backups->end()) {
    return Status::NotFound("restore " + std::string(restore_id) + ": there is no safety backup of it");
  }
  RestoreOptions options;
  options.safety_backup = false;
  return StartRestore(engine, safety->id, options, std::move(start));
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
