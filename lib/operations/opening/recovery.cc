#include "operations/opening/recovery.h"

#include <array>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "format/json/json_tree.h"
#include "format/records/sha256.h"
#include "format/stored/keys.h"
#include "operations/backup/create_backup.h"
#include "operations/delete/bulk_delete_operation.h"
#include "operations/erase/erase_operation.h"
#include "operations/export/expired_exports.h"
#include "operations/ledger/ledger.h"
#include "operations/repository/repository.h"
#include "operations/repository/repository_session.h"
#include "operations/restore/restore_switch.h"
#include "operations/runner/operation_kinds.h"
#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kTemporarySuffix = ".partial";

using Ids = std::set<std::string, std::less<>>;

// The temporary file of an export to a path outside the data folder.
void SweepNamedExport(engine::EngineCore& core, const OperationInfo& info) {
  const auto request = format::ParseJsonTreeOrDiscard<nlohmann::ordered_json>(info.request.text());
  const std::string output = request.is_object() ? request.value("output", "") : "";
  // A relative path means something else in every process.
  if (!output.starts_with('/')) return;
  core.files().RemoveFile(output + std::string(kTemporarySuffix)).Ignore();
}

// Beginning a session sweeps the repository. If another process has it, that process's next session does.
void SweepRepository(engine::EngineCore& core, const OperationInfo& /*info*/) {
  const Repository repository(core.files(), core.repository());
  RepositorySession::Begin(core, repository).status().Ignore();
}

// The result of an operation that did all of its work, although the journal does not have its end.
struct Outcome {
  std::string result;  // the text of a JSON object
  Timestamp completed_at;
};

// A backup is complete as soon as its manifest has its name. The name is synced: the process may have died before it did that.
Result<std::optional<Outcome>> OutcomeOfBackup(engine::EngineCore& core, const OperationInfo& info) {
  const Repository repository(core.files(), core.repository());
  Result<BackupManifest> manifest = repository.Read(info.id);
  if (!manifest.ok() && manifest.status().code() == StatusCode::kNotFound) return std::optional<Outcome>();
  if (!manifest.ok()) return std::move(manifest).status();
  COFFER_TRY(core.files().SyncDirectory(storage::DirectoryName(repository.path() + "/" + Repository::ManifestName(info.id))));
  return std::optional(Outcome{BackupReportText(manifest->info), manifest->info.completed_at});
}

Result<std::string> HashOfFile(FileSystem& files, const std::string& path) {
  constexpr std::size_t kReadBytes = std::size_t{1} << 20;
  COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, files.NewRandomAccessFile(path));
  format::Sha256 hash;
  std::string buffer(kReadBytes, '\0');
  for (std::uint64_t offset = 0;;) {
    COFFER_ASSIGN(std::size_t got, file->Read(offset, buffer.size(), buffer.data()));
    if (got == 0) return format::HexText(hash.Finish());
    hash.Update(std::string_view(buffer).substr(0, got));
    offset += got;
  }
}

// An export is complete as soon as its file has its name. The name may be that of a file which somebody else put there.
Result<std::optional<Outcome>> OutcomeOfExport(engine::EngineCore& core, const OperationInfo& info) {
  COFFER_ASSIGN(std::string result, RunnerOf(core).journal().KeptResult(info.id));
  const auto report = format::ParseJsonTreeOrDiscard<nlohmann::ordered_json>(result);
  if (!report.is_object()) return std::optional<Outcome>();
  const std::string path = report.value("path", "");
  COFFER_ASSIGN(Timestamp completed_at, ParseTimestamp(report.value("completed_at", "")));
  Result<FileInfo> file = core.files().Stat(path);
  if (!file.ok() && file.status().code() == StatusCode::kNotFound) return std::optional<Outcome>();
  if (!file.ok()) return std::move(file).status();
  if (file->is_directory || file->size_bytes != report.value("file_bytes", std::uint64_t{0})) return std::optional<Outcome>();
  COFFER_ASSIGN(std::string sha256, HashOfFile(core.files(), path));
  if (sha256 != report.value("sha256", "")) return std::optional<Outcome>();
  COFFER_TRY(core.files().SyncDirectory(storage::DirectoryName(path)));
  return std::optional(Outcome{std::move(result), completed_at});
}

enum class Action {
  kFail,              // it completes if `outcome` finds its result, or fails with kUnavailable "interrupted"
  kResume,            // it resumes; if `resume` fails, the operation fails with that error
  kResumeFromLedger,  // ResumeErasures resumes it; without a ledger entry, which means it never started, it fails like kFail
};

struct RecoveryRow {
  OperationKind kind;
  Action action;
  // Removes what the operation left, before it fails; null: opening the engine sweeps all that it may have left.
  void (*clean_up)(engine::EngineCore& core, const OperationInfo& info);
  // Looks for the result of an operation that was complete; null: there is nothing to look at.
  Result<std::optional<Outcome>> (*outcome)(engine::EngineCore& core, const OperationInfo& info);
  // Makes the spec with which the operation resumes; only for kResume.
  Result<OperationSpec> (*resume)(engine::EngineCore& core, const OperationInfo& info);
};

// What recovery does with an operation that has not ended, by its kind. In the order of OperationKind.
// clang-format off
constexpr std::array kRecovery = {
    RecoveryRow{OperationKind::kImport,     Action::kFail,             nullptr,           nullptr,          nullptr},
    RecoveryRow{OperationKind::kBulkDelete, Action::kResume,           nullptr,           nullptr,          &ResumedBulkDelete},
    RecoveryRow{OperationKind::kBackup,     Action::kFail,             &SweepRepository,  &OutcomeOfBackup, nullptr},
    RecoveryRow{OperationKind::kRestore,    Action::kFail,             &SweepRepository,  nullptr,          nullptr},
    RecoveryRow{OperationKind::kExport,     Action::kFail,             &SweepNamedExport, &OutcomeOfExport, nullptr},
    RecoveryRow{OperationKind::kErase,      Action::kResumeFromLedger, nullptr,           nullptr,          nullptr},
    RecoveryRow{OperationKind::kVerify,     Action::kFail,             nullptr,           nullptr,          nullptr},
    RecoveryRow{OperationKind::kPrune,      Action::kFail,             &SweepRepository,  nullptr,          nullptr},
};
// clang-format on

constexpr bool IsRecoverySound() {
  for (std::size_t i = 0; i < kRecovery.size(); ++i) {
    if (static_cast<std::size_t>(kRecovery[i].kind) != i + 1) return false;
    if ((kRecovery[i].action == Action::kResume) != (kRecovery[i].resume != nullptr)) return false;
  }
  return true;
}
static_assert(kRecovery.size() == kOperationKinds, "every OperationKind needs a row");
static_assert(IsRecoverySound(),
              "rows are in the order of OperationKind, and exactly those that resume have a function for it");

const RecoveryRow& RowOf(OperationKind kind) { return kRecovery[static_cast<std::size_t>(kind) - 1]; }

Status FailInterrupted(engine::EngineCore& core, Journal& journal, OperationInfo info, Status error) {
  info.state = OperationState::kFailed;
  info.error = std::move(error);
  info.completed_at = core.Now();
  return journal.End(info);
}

Status Complete(Journal& journal, OperationInfo info, const Outcome& outcome) {
  info.state = OperationState::kCompleted;
  info.error = Status::Ok();
  info.completed_at = outcome.completed_at;
  if (Result<Json> result = Json::Parse(outcome.result); result.ok()) info.result = std::move(*result);
  return journal.End(info);
}

Status Recover(engine::EngineCore& core, Runner& runner, const OperationInfo& info) {
  const RecoveryRow& row = RowOf(info.kind);
  if (row.action == Action::kResume) {
    Result<OperationSpec> spec = row.resume(core, info);
    if (!spec.ok()) return FailInterrupted(core, runner.journal(), info, std::move(spec).status());
    runner.Resume(info, std::move(*spec));
    return Status::Ok();
  }
  if (row.clean_up != nullptr) row.clean_up(core, info);
  Status error = Status::Unavailable("interrupted");
  if (row.outcome != nullptr) {
    const Result<std::optional<Outcome>> outcome = row.outcome(core, info);
    if (outcome.ok() && *outcome) return Complete(runner.journal(), info, **outcome);
    if (!outcome.ok()) error = Status::Unavailable("interrupted, perhaps when complete: " + outcome.status().ToString());
  }
  return FailInterrupted(core, runner.journal(), info, std::move(error));
}

// A full restore is complete as soon as its generation is live, whatever the journal says. This does what it still owes then.
Status RecoverRestore(engine::EngineCore& core, Journal& journal) {
  COFFER_ASSIGN(std::optional<RestoreSwitch> restore, ReadSwitch(core));
  if (!restore) return Status::Ok();
  if (restore->generation == core.folder().generation()) {
    COFFER_TRY(FinishSwitch(core, *restore));
    COFFER_ASSIGN(std::optional<OperationInfo> info, journal.Read(restore->restore_id));
    if (info && info->state != OperationState::kCompleted) {
      COFFER_TRY(Complete(journal, std::move(*info), {restore->report, restore->completed_at}));
    }
  }
  return ForgetSwitch(core, restore->restore_id);
}

// Temporary files of exports in the data folder.
void SweepExports(engine::EngineCore& core) {
  const std::string folder = core.folder().ExportsPath();
  Result<std::vector<std::string>> names = core.files().List(folder);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (name.ends_with(kTemporarySuffix)) core.files().RemoveFile(folder + "/" + name).Ignore();
  }
}

// Rows of operations that do not resume: a crash came between the end of one and the removal of its row, or a restore brought
// the row back.
Status SweepProgress(engine::EngineCore& core, const Ids& resuming) {
  const engine::StoreAccess access = core.Access();
  const std::string prefix = format::OperationProgressKey({});
  const std::unique_ptr<storage::Scan> scan =
      access->NewScan(storage::Family::kProgress, prefix, format::PrefixEnd(prefix), {});
  storage::WriteBatch batch;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const std::string_view id = *format::ParseOperationProgressKey(scan->key());
    if (!resuming.contains(id)) batch.Delete(storage::Family::kProgress, scan->key());
  }
  COFFER_TRY(scan->status());
  if (batch.size() == 0) return Status::Ok();
  return core.CommitToStore(access, batch, {}, Durability::kBuffered);
}

}  // namespace

Status TakeUpInterrupted(engine::EngineCore& core, Runner& runner) {
  if (!core.options().read_only) {
    COFFER_TRY_CONTEXT(RecoverRestore(core, runner.journal()), "completing a restore");
  }
  COFFER_ASSIGN(std::vector<OperationInfo> unfinished, runner.journal().Load());
  runner.BeginIdsBehind(runner.journal().LastId());
  if (core.options().read_only) return Status::Ok();
  SweepExports(core);
  SweepExpiredExports(core);
  COFFER_ASSIGN(std::vector<LedgerEntry> erasures, Ledger(core).All());
  Ids in_ledger;
  Ids resuming;
  for (const LedgerEntry& entry : erasures) {
    in_ledger.insert(entry.id);
    if (!entry.completed_at) resuming.insert(entry.id);
  }
  for (const OperationInfo& info : unfinished) {
    if (RowOf(info.kind).action == Action::kResume) resuming.insert(info.id);
  }
  COFFER_TRY_CONTEXT(SweepProgress(core, resuming), "sweeping progress");
  for (const OperationInfo& info : unfinished) {
    if (in_ledger.contains(info.id)) continue;
    COFFER_TRY(Recover(core, runner, info));
  }
  return ResumeErasures(core, runner, erasures, unfinished);
}

}  // namespace coffer::operations
