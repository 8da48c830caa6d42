#include "operations/opening/recovery.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "format/stored/keys.h"
#include "operations/delete/bulk_delete_operation.h"
#include "operations/erase/erase_operation.h"
#include "operations/export/expired_exports.h"
#include "operations/ledger/ledger.h"
#include "operations/repository/repository_session.h"
#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kTemporarySuffix = ".partial";

Status FailInterrupted(engine::EngineCore& core, Journal& journal, OperationInfo info, Status error) {
  info.state = OperationState::kFailed;
  info.error = std::move(error);
  info.completed_at = core.Now();
  return journal.End(info);
}

// An export to a place of its own left its partial file there.
void SweepNamedExport(engine::EngineCore& core, const OperationInfo& info) {
  const auto request = nlohmann::ordered_json::parse(info.request.text(), nullptr, /*allow_exceptions=*/false);
  const std::string output = request.is_object() ? request.value("output", "") : "";
  // A relative path means something else in every process.
  if (!output.starts_with('/')) return;
  core.files().RemoveFile(output + std::string(kTemporarySuffix)).Ignore();
}

void SweepExports(engine::EngineCore& core) {
  const std::string folder = core.folder().ExportsPath();
  Result<std::vector<std::string>> names = core.files().List(folder);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (name.ends_with(kTemporarySuffix)) core.files().RemoveFile(folder + "/" + name).Ignore();
  }
}

void SweepRepository(engine::EngineCore& core) {
  const Repository repository(core.files(), core.repository());
  // One that another process works on is swept by its next session; to begin one is to sweep.
  RepositorySession::Begin(core, repository).status().Ignore();
}

// Rows of operations that are over: a crash came between the journal and their removal, or a restore brought them back.
Status SweepProgress(engine::EngineCore& core, const std::set<std::string, std::less<>>& going_on) {
  const engine::StoreAccess access = core.Access();
  const std::string prefix = format::OperationProgressKey({});
  const std::unique_ptr<storage::Scan> scan =
      access->NewScan(storage::Family::kProgress, prefix, format::PrefixEnd(prefix), {});
  storage::WriteBatch batch;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const std::string_view id = *format::ParseOperationProgressKey(scan->key());
    if (!going_on.contains(id)) batch.Delete(storage::Family::kProgress, scan->key());
  }
  COFFER_TRY(scan->status());
  if (batch.size() == 0) return Status::Ok();
  return core.CommitToStore(access, batch, {}, Durability::kBuffered);
}

Status TakeUp(engine::EngineCore& core, Runner& runner, const OperationInfo& info) {
  if (info.kind == OperationKind::kBulkDelete) {
    Result<OperationSpec> spec = ResumedBulkDelete(core, info);
    if (!spec.ok()) return FailInterrupted(core, runner.journal(), info, std::move(spec).status());
    runner.Resume(info, std::move(*spec));
    return Status::Ok();
  }
  if (info.kind == OperationKind::kExport) SweepNamedExport(core, info);
  if (info.kind == OperationKind::kBackup || info.kind == OperationKind::kRestore || info.kind == OperationKind::kPrune) {
    SweepRepository(core);
  }
  return FailInterrupted(core, runner.journal(), info, Status::Unavailable("interrupted"));
}

}  // namespace

Status TakeUpInterrupted(engine::EngineCore& core, Runner& runner) {
  COFFER_ASSIGN(std::vector<OperationInfo> unfinished, runner.journal().Load());
  runner.BeginIdsBehind(runner.journal().LastId());
  if (core.options().read_only) return Status::Ok();
  SweepExports(core);
  SweepExpiredExports(core);
  COFFER_ASSIGN(std::vector<LedgerEntry> erasures, Ledger(core).All());
  std::set<std::string, std::less<>> in_ledger;
  std::set<std::string, std::less<>> going_on;
  for (const LedgerEntry& entry : erasures) {
    in_ledger.insert(entry.id);
    if (!entry.completed_at) going_on.insert(entry.id);
  }
  for (const OperationInfo& info : unfinished) {
    if (info.kind == OperationKind::kBulkDelete) going_on.insert(info.id);
  }
  COFFER_TRY_CONTEXT(SweepProgress(core, going_on), "sweeping progress");
  for (const OperationInfo& info : unfinished) {
    if (in_ledger.contains(info.id)) continue;
    COFFER_TRY(TakeUp(core, runner, info));
  }
  return ResumeErasures(core, runner, erasures, unfinished);
}

}  // namespace coffer::operations
