#include "operations/restore/restore.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "operations/import/run_import.h"
#include "operations/repository/repository.h"
#include "operations/restore/restore_full.h"
#include "operations/restore/restore_partial.h"
#include "operations/restore/restore_report.h"
#include "operations/restore/restore_switch.h"
#include "operations/restore/safety_backup.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

std::string RequestText(const std::string& backup_id, const RestoreOptions& options) {
  return ToText({{"backup_id", backup_id},
                 {"scope", RestoreScopeName(options.scope)},
                 {"user_id", options.owner},
                 {"ids", options.ids.size()},
                 {"conflict", ModeWord(options.mode)},
                 {"exact", options.exact},
                 {"dry_run", options.dry_run},
                 {"safety_backup", options.safety_backup},
                 {"verify", options.verify},
                 {"without_ledger", options.without_ledger}});
}

Result<RestoreReport> Run(Engine& engine, const BackupManifest& manifest, const RestoreOptions& options,
                          OperationContext& context, BackupFunction make_backup) {
  COFFER_ASSIGN_CONTEXT(RestoreReport report,
                        options.scope == RestoreScope::kFull
                            ? RestoreWhole(engine::CoreOf(engine), manifest, options, context, make_backup)
                            : RestorePart(engine, manifest, options, context, make_backup),
                        "restore of backup " + manifest.info.id);
  context.SetRecords(report.conversations + report.messages + report.documents + report.prompts);
  return report;
}

// A restore that has switched but not completed keeps the row of its switch: the next opening completes it.
void ForgetCompleted(engine::EngineCore& core, const std::string& id) {
  const Result<std::optional<OperationInfo>> info = RunnerOf(core).journal().Read(id);
  const bool completed = info.ok() && *info && (*info)->state == OperationState::kCompleted;
  if (completed) ForgetSwitch(core, id).Ignore();  // on failure the next opening forgets it
}

}  // namespace

Result<OperationOf<RestoreReport>> StartRestoreWith(Engine& engine, std::string_view backup_id, const RestoreOptions& options,
                                                    StartOptions start, BackupFunction make_backup) {
  engine::EngineCore& core = engine::CoreOf(engine);
  const std::string what = "restore of backup " + std::string(backup_id);
  COFFER_TRY_CONTEXT(core.CheckWritable(), what);
  COFFER_TRY_CONTEXT(CheckRestoreOptions(options), what);
  COFFER_ASSIGN_CONTEXT(BackupManifest manifest, Repository(core.files(), core.repository()).Find(backup_id), what);
  OperationSpec spec;
  spec.kind = OperationKind::kRestore;
  spec.principal = std::move(start.principal);
  spec.request = RequestText(manifest.info.id, options);
  spec.cleanup = [&core](const std::string& id) { ForgetCompleted(core, id); };
  const auto work = [&engine, manifest = std::move(manifest), options, make_backup](OperationContext& context) {
    return Run(engine, manifest, options, context, make_backup);
  };
  return StartReporting<RestoreReport>(core, std::move(spec), work, &RestoreReportText);
}

}  // namespace coffer::operations
