#include "operations/erase/erase_operation.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "coffer/engine.h"
#include "coffer/erase.h"
#include "engine/internals.h"
#include "format/records/record_codec.h"
#include "operations/erase/erase_records.h"
#include "operations/repository/repository.h"
#include "operations/runner/journal_json.h"
#include "storage/durable_file.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

// How long a deleted backup can be restored from the trash.
constexpr std::int64_t kGraceMicroseconds = std::int64_t{kTrashGraceDays} * 86'400 * 1'000'000;

std::string ReportText(const EraseReport& report) {
  OrderedJson json;
  json["erase_id"] = report.erase_id;
  json["erased"] = {{"conversations", report.conversations},
                    {"messages", report.messages},
                    {"documents", report.documents},
                    {"prompts", report.prompts},
                    {"contents", report.contents}};
  json["exports_removed"] = report.exports_removed;
  json["backups"] = OrderedJson::array();
  for (const ErasureHolder& holder : report.backups) {
    json["backups"].push_back({{"backup_id", holder.backup_id}, {"expires_at", FormatTimestamp(holder.expires_at)}});
  }
  json["started_at"] = FormatTimestamp(report.started_at);
  json["completed_at"] = FormatTimestamp(report.completed_at);
  return ToText(json);
}

// The ids are in the ledger, not in the journal.
std::string RequestText(const LedgerEntry& entry) {
  if (entry.kind) return ToText({{"kind", KindNamePlural(*entry.kind)}, {"ids", entry.ids.size()}});
  return ToText({{"user_id", entry.ids.front()}});
}

// Every step can be repeated after a crash.
class EraseOperation {
 public:
  EraseOperation(engine::EngineCore& core, LedgerEntry entry, OperationContext& context)
      : core_(core), ledger_(core), entry_(std::move(entry)), context_(context) {}

  Result<EraseReport> Run() {
    report_.erase_id = entry_.id;
    report_.started_at = entry_.created_at;
    COFFER_TRY(ledger_.Publish(entry_));
    COFFER_TRY(EraseTheRecords());
    COFFER_TRY_CONTEXT(RemoveExports(), "exports");
    COFFER_TRY(RunnerOf(core_).journal().ForgetImportErrors());
    COFFER_TRY(ScrubFiles());
    COFFER_TRY(FindHolders());
    report_.completed_at = core_.Now();
    entry_.completed_at = report_.completed_at;
    entry_.receipt = ReportText(report_);
    COFFER_TRY(ledger_.Put(entry_));
    DropEraseProgress(core_, entry_.id).Ignore();  // on failure the next opening sweeps it
    return report_;
  }

 private:
  Status EraseTheRecords() {
    COFFER_ASSIGN(EraseProgress progress, EraseRecords(core_, entry_, context_.stop()));
    progress_ = progress;
    const ErasedCounts& counts = progress_.counts;
    report_.conversations = counts.conversations;
    report_.messages = counts.messages;
    report_.documents = counts.documents;
    report_.prompts = counts.prompts;
    report_.contents = counts.contents;
    context_.SetRecords(counts.conversations + counts.messages + counts.documents + counts.prompts);
    return Status::Ok();
  }

  // The contents of an export are unknown without reading it, so all exports in the data folder are removed.
  Status RemoveExports() {
    const std::string folder = core_.folder().ExportsPath();
    report_.exports_removed = progress_.exports_removed;
    Result<std::vector<std::string>> names = core_.files().List(folder);
    if (!names.ok() && names.status().code() == StatusCode::kNotFound) return Status::Ok();
    if (!names.ok()) return std::move(names).status();
    for (const std::string& name : *names) {
      const std::string path = folder + "/" + name;
      COFFER_ASSIGN(FileInfo info, core_.files().Stat(path));
      COFFER_TRY(storage::RemoveRecursively(core_.files(), path));
      core_.exports_bytes -= std::min<std::uint64_t>(core_.exports_bytes, info.size_bytes);
      report_.exports_removed = ++progress_.exports_removed;
      COFFER_TRY(WriteEraseProgress(core_, entry_.id, progress_));
    }
    return core_.files().SyncDirectory(folder);
  }

  Status ScrubFiles() {
    std::optional<engine::StoreAccess> access(core_.Access());
    const engine::StorePin pin = core_.Pin();
    storage::Store& store = **access;
    access.reset();
    COFFER_TRY(store.Scrub(FamiliesTouched(entry_.kind), context_.stop()));
    return core_.control()->Scrub({}, context_.stop());
  }

  // Every older backup: even one whose counters no longer include the records may hold them as deleted data.
  Status FindHolders() {
    const Repository repository(core_.files(), core_.repository());
    COFFER_ASSIGN(std::vector<std::string> ids, repository.Ids());
    for (const std::string& id : ids) {
      Result<BackupManifest> manifest = repository.Read(id);
      if (!manifest.ok()) {
        if (manifest.status().code() == StatusCode::kNotFound) continue;
        report_.backups.push_back({id, {}});  // damaged, so it counts as a holder until it is removed
      } else if (!manifest->ContainsErasure(entry_.id)) {
        report_.backups.push_back({id, {manifest->info.expires_at.microseconds + kGraceMicroseconds}});
      }
    }
    COFFER_ASSIGN(std::vector<Repository::TrashEntry> trash, repository.Trash());
    for (const Repository::TrashEntry& entry : trash) {
      // The name may hold any time.
      const std::int64_t deleted_at = std::min(entry.deleted_at.microseconds, INT64_MAX - kGraceMicroseconds);
      report_.backups.push_back({entry.id, {deleted_at + kGraceMicroseconds}});
    }
    return Status::Ok();
  }

  engine::EngineCore& core_;
  Ledger ledger_;
  LedgerEntry entry_;
  OperationContext& context_;
  EraseProgress progress_;
  EraseReport report_;
};

OperationSpec SpecOf(const LedgerEntry& entry) {
  OperationSpec spec;
  spec.kind = OperationKind::kErase;
  spec.request = RequestText(entry);
  spec.cancellable = false;
  spec.outlives_closing = true;
  return spec;
}

Result<OperationOf<EraseReport>> Start(Engine& engine, LedgerEntry entry, StartOptions start) {
  engine::EngineCore& core = engine::CoreOf(engine);
  COFFER_TRY_CONTEXT(core.CheckWritable(), "erase");
  entry.created_at = core.Now();
  OperationSpec spec = SpecOf(entry);
  spec.principal = std::move(start.principal);
  const auto shared = std::make_shared<LedgerEntry>(std::move(entry));
  spec.first_rows = [shared](const std::string& id, storage::WriteBatch& batch) {
    shared->id = id;
    Ledger::AppendTo(*shared, batch);
  };
  spec.before_admission = [&core, shared](const std::string& id) {
    Ledger ledger(core);
    Status status = ledger.Publish(*shared);
    // Not acknowledged, so not owed. If this fails as well, the next opening carries out the erasure.
    if (!status.ok()) ledger.Withdraw(id).Ignore();
    return status;
  };
  const auto work = [&core, shared](OperationContext& context) { return EraseOperation(core, *shared, context).Run(); };
  return StartReporting<EraseReport>(core, std::move(spec), work, &ReportText);
}

OperationInfo InfoOf(const LedgerEntry& entry) {
  OperationInfo info;
  info.id = entry.id;
  info.kind = OperationKind::kErase;
  info.created_at = entry.created_at;
  if (Result<Json> request = Json::Parse(RequestText(entry)); request.ok()) info.request = std::move(*request);
  return info;
}

Status Resume(engine::EngineCore& core, Runner& runner, const LedgerEntry& entry) {
  const std::atomic<bool> never{false};
  // A failure is ignored here: the operation repeats this step and reports it.
  EraseRecords(core, entry, never).status().Ignore();
  COFFER_ASSIGN(std::optional<OperationInfo> known, runner.journal().Read(entry.id));
  OperationInfo info = known ? std::move(*known) : InfoOf(entry);
  info.state = OperationState::kPending;
  info.error = Status::Ok();
  info.completed_at.reset();
  storage::WriteBatch batch;
  COFFER_TRY(runner.journal().Begin(info, batch));
  OperationSpec spec = SpecOf(entry);
  spec.work = [&core, entry](OperationContext& context) -> Result<std::string> {
    COFFER_ASSIGN(EraseReport report, EraseOperation(core, entry, context).Run());
    return ReportText(report);
  };
  runner.Resume(std::move(info), std::move(spec));
  return Status::Ok();
}

// For a crash between the ledger's receipt and the journal's last entry.
Status TellCompletion(Runner& runner, const LedgerEntry& entry, OperationInfo info) {
  info.state = OperationState::kCompleted;
  info.completed_at = entry.completed_at;
  if (Result<Json> receipt = Json::Parse(entry.receipt); receipt.ok()) info.result = std::move(*receipt);
  return runner.journal().End(info);
}

Status CheckIds(std::string_view what, std::span<const std::string> ids) {
  if (ids.empty()) return Status::InvalidArgument(std::string(what) + ": expected at least one");
  if (ids.size() > kEraseIdsMax) return Status::InvalidArgument("ids: more than " + std::to_string(kEraseIdsMax));
  for (const std::string& id : ids) {
    COFFER_TRY(format::CheckId(what, id));
  }
  return Status::Ok();
}

}  // namespace

Status ResumeErasures(engine::EngineCore& core, Runner& runner, const std::vector<LedgerEntry>& entries,
                      const std::vector<OperationInfo>& unfinished) {
  for (const LedgerEntry& entry : entries) {
    runner.BeginIdsBehind(entry.id);
    const auto info = std::find_if(unfinished.begin(), unfinished.end(), [&](const auto& one) { return one.id == entry.id; });
    if (!entry.completed_at) {
      COFFER_TRY(Resume(core, runner, entry));
    } else if (info != unfinished.end()) {
      COFFER_TRY(TellCompletion(runner, entry, *info));
    }
  }
  return Status::Ok();
}

}  // namespace operations

Result<OperationOf<EraseReport>> StartEraseUser(Engine& engine, std::string_view owner, StartOptions start) try {
  operations::LedgerEntry entry;
  entry.ids.emplace_back(owner);
  COFFER_TRY(operations::CheckIds("owner", entry.ids));
  return operations::Start(engine, std::move(entry), std::move(start));
} catch (...) {
  return StatusOfException();
}

Result<EraseReport> RunEraseUser(Engine& engine, std::string_view owner) try {
  COFFER_ASSIGN(OperationOf<EraseReport> operation, StartEraseUser(engine, owner));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

Result<OperationOf<EraseReport>> StartErase(Engine& engine, Kind kind, std::span<const std::string> ids,
                                            StartOptions start) try {
  if (kind == Kind::kMessage || kind == Kind::kContent) {
    return Status::InvalidArgument("kind: " + std::string(KindName(kind)) + " cannot be erased by itself");
  }
  COFFER_TRY(operations::CheckIds("id", ids));
  operations::LedgerEntry entry;
  entry.kind = kind;
  entry.ids.assign(ids.begin(), ids.end());
  // A transaction takes each id once.
  std::sort(entry.ids.begin(), entry.ids.end());
  entry.ids.erase(std::unique(entry.ids.begin(), entry.ids.end()), entry.ids.end());
  return operations::Start(engine, std::move(entry), std::move(start));
} catch (...) {
  return StatusOfException();
}

Result<EraseReport> RunErase(Engine& engine, Kind kind, std::span<const std::string> ids) try {
  COFFER_ASSIGN(OperationOf<EraseReport> operation, StartErase(engine, kind, ids));
  return operation.Finish();
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
