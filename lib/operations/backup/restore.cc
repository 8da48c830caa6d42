// Restore: a backup becomes the next generation of the store, which is checked before it becomes the live one.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "engine/core.h"
#include "format/sha256.h"
#include "operations/backup/create_backup.h"
#include "operations/backup/file_copy.h"
#include "operations/backup/manifest.h"
#include "operations/backup/repository.h"
#include "operations/erase/erase_records.h"
#include "operations/erase/ledger.h"
#include "operations/runner/report_text.h"
#include "operations/runner/runner.h"
#include "storage/durable_file.h"

namespace coffer {
namespace operations {
namespace {

// Says what differs between the built store's counters and the manifest's; ok where nothing does.
Status CompareTallies(const engine::TalliesByOwner& built, const engine::TalliesByOwner& expected) {
  const engine::KindTallies nothing;
  const auto compare = [](const std::string& owner, const engine::KindTallies& is, const engine::KindTallies& should) {
    for (Kind kind : kAllKinds) {
      if (is[kind] == should[kind]) continue;
      return Status::Corruption("the " + std::string(KindNamePlural(kind)) + " of owner " + owner +
                                " are not those of the manifest: " + std::to_string(is[kind].count) + " with " +
                                std::to_string(is[kind].bytes) + " bytes for " + std::to_string(should[kind].count) + " with " +
                                std::to_string(should[kind].bytes));
    }
    return Status::Ok();
  };
  for (const auto& [owner, tallies] : expected) {
    const auto found = built.find(owner);
    if (Status status = compare(owner, found == built.end() ? nothing : found->second, tallies); !status.ok()) return status;
  }
  for (const auto& [owner, tallies] : built) {
    if (expected.contains(owner)) continue;
    if (Status status = compare(owner, tallies, nothing); !status.ok()) return status;
  }
  return Status::Ok();
}

// Within an operation that has the engine's store and repository to itself, calls apart.
class Restorer {
 public:
  Restorer(engine::EngineCore& core, const RestoreOptions& options, JobContext& context)
      : core_(core), files_(core.files()), options_(options), context_(context), repository_(files_, core.repository()) {}

  Result<RestoreReport> Run(std::string_view backup_id) {
    report_.restore_id = context_.id();
    report_.started_at = core_.Now();
    Result<BackupManifest> manifest = repository_.Find(backup_id);
    if (!manifest.ok()) return std::move(manifest).status();
    report_.backup_id = manifest->info.id;
    // Looked at before the safety backup is made, so that a hopeless restore costs nothing.
    if (Status status = CheckFilesThere(*manifest); !status.ok()) return status;
    context_.ExpectBytes(manifest->info.file_bytes);
    if (options_.safety_backup) {
      BackupOptions safety;
      safety.name = "before-restore-" + report_.restore_id;
      safety.description = "state before the restore of backup " + manifest->info.id;
      Result<BackupInfo> made = MakeBackup(core_, safety, {core_.NewId(), kReasonSafety, manifest->info.file_bytes}, context_);
      if (!made.ok()) return std::move(made).status().WithContext("safety backup");
      report_.safety_backup_id = made->id;
    }
    const std::uint64_t generation = core_.folder().next_generation();
    const std::string built_path = core_.folder().PartialPath(generation);
    restored_ = manifest->Sum();
    Status status = Build(*manifest, built_path);
    if (status.ok()) status = ApplyLedger(*manifest, built_path).WithContext("applying the ledger of erasures");
    if (status.ok()) status = context_.CheckStop();
    if (status.ok()) status = core_.SwitchStore(generation);
    if (!status.ok()) {
      storage::RemoveRecursively(files_, built_path).Ignore();  // else swept when the store is next opened
      return status;
    }
    report_.conversations = restored_[Kind::kConversation].count;
    report_.messages = restored_[Kind::kMessage].count;
    report_.documents = restored_[Kind::kDocument].count;
    report_.prompts = restored_[Kind::kPrompt].count;
    report_.contents = restored_[Kind::kContent].count;
    report_.completed_at = core_.Now();
    return report_;
  }

 private:
  std::string SourcePath(const BackupManifest& manifest, const BackupFile& file) const {
    return repository_.BackupPath(manifest.info.id) + "/" + std::string(kStoreName) + "/" + file.name;
  }

  Status CheckFilesThere(const BackupManifest& manifest) {
    for (const BackupFile& file : manifest.files) {
      const std::string path = SourcePath(manifest, file);
      Result<FileInfo> info = files_.Stat(path);
      if (!info.ok() && info.status().code() == StatusCode::kNotFound) return Status::Corruption(path + ": is missing");
      if (!info.ok()) return std::move(info).status();
      if (info->is_directory || info->size_bytes != file.size_bytes) {
        return Status::Corruption(path + ": has " + std::to_string(info->size_bytes) + " bytes, and " +
                                  std::to_string(file.size_bytes) + " by the manifest");
      }
    }
    return CheckFreeBytes(files_, core_.folder().root(), manifest.info.file_bytes);
  }

  Status Build(const BackupManifest& manifest, const std::string& built_path) {
    if (Status status = storage::RemoveRecursively(files_, built_path); !status.ok()) return status;
    if (Status status = files_.CreateDirectory(built_path); !status.ok()) return status;
    for (const BackupFile& file : manifest.files) {
      const std::string from = SourcePath(manifest, file);
      Result<std::string> digest =
          CopyHashed(files_, from, built_path + "/" + file.name, file.size_bytes, [&](std::uint64_t bytes) {
            context_.AddBytes(bytes);
            return context_.CheckStop();
          });
      if (!digest.ok()) return std::move(digest).status();
      if (format::HexText(*digest) != file.sha256) {
        return Status::Corruption(from + ": is not what was backed up: its SHA-256 is " + format::HexText(*digest) + ", and " +
                                  file.sha256 + " by the manifest");
      }
    }
    if (Status status = files_.SyncDirectory(built_path); !status.ok()) return status;
    return options_.verify ? Verify(manifest, built_path) : Status::Ok();
  }

  // Opened as the live store will be, so that what cannot be opened is found while the old store still serves.
  Status Verify(const BackupManifest& manifest, const std::string& built_path) {
    Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(built_path, SmallStoreOptions(core_, false));
    if (!store.ok()) return std::move(store).status().WithContext("opening what was restored");
    Result<engine::CounterState> counters = engine::ReadCounters(**store, nullptr);
    const Status closed = (*store)->Close();
    if (!counters.ok()) return std::move(counters).status().WithContext("reading what was restored");
    if (!closed.ok()) return closed.WithContext("closing what was restored");
    return CompareTallies(counters->by_owner, manifest.by_owner).WithContext("backup " + manifest.info.id);
  }

  // Erasures that the backup does not have. Those that only the repository knows are taken over first: they hold from now on,
  // whatever becomes of the repository.
  Result<std::vector<LedgerEntry>> DueEntries(const BackupManifest& manifest) {
    Ledger ledger(core_);
    Result<std::vector<LedgerEntry>> entries = ledger.All();
    if (!entries.ok() || options_.without_ledger) return KeepDue(std::move(entries), manifest);
    Result<std::vector<LedgerEntry>> published = ledger.Published();
    if (!published.ok()) return published;
    for (LedgerEntry& entry : *published) {
      const bool known = std::any_of(entries->begin(), entries->end(), [&](const auto& one) { return one.id == entry.id; });
      if (known) continue;
      entry.completed_at = core_.Now();
      if (Status status = ledger.Put(entry); !status.ok()) return status;
      entries->push_back(std::move(entry));
    }
    return KeepDue(std::move(entries), manifest);
  }

  static Result<std::vector<LedgerEntry>> KeepDue(Result<std::vector<LedgerEntry>> entries, const BackupManifest& manifest) {
    if (entries.ok()) std::erase_if(*entries, [&](const LedgerEntry& entry) { return entry.id <= manifest.erased_through; });
    return entries;
  }

  Status ApplyLedger(const BackupManifest& manifest, const std::string& built_path) {
    Result<std::vector<LedgerEntry>> entries = DueEntries(manifest);
    if (!entries.ok()) return std::move(entries).status();
    if (entries->empty()) return Status::Ok();
    Result<std::unique_ptr<engine::EngineCore>> built = core_.OpenApart(built_path, SmallStoreOptions(core_, false));
    if (!built.ok()) return std::move(built).status();
    for (const LedgerEntry& entry : *entries) {
      ErasedCounts counts;
      if (Status status = EraseRecords(**built, entry, {}, context_.stop(), counts); !status.ok()) return status;
    }
    // All of it: what was erased may also be among what the backup holds without showing it.
    if (Status status = (*built)->Access()->Scrub({}, context_.stop()); !status.ok()) return status;
    restored_ = (*built)->totals().Copy().Sum();
    report_.erasures_applied = entries->size();
    return (*built)->Close();
  }

  engine::EngineCore& core_;
  FileSystem& files_;
  const RestoreOptions& options_;
  JobContext& context_;
  Repository repository_;
  engine::KindTallies restored_;
  RestoreReport report_;
};

std::string RequestText(const std::string& backup_id, const RestoreOptions& options) {
  return ToText({{"backup_id", backup_id},
                 {"safety_backup", options.safety_backup},
                 {"verify", options.verify},
                 {"without_ledger", options.without_ledger}});
}

std::string ReportText(const RestoreReport& report) {
  return ToText({{"restore_id", report.restore_id},
                 {"backup_id", report.backup_id},
                 {"safety_backup_id", report.safety_backup_id},
                 {"erasures_applied", report.erasures_applied},
                 {"conversations", report.conversations},
                 {"messages", report.messages},
                 {"documents", report.documents},
                 {"prompts", report.prompts},
                 {"contents", report.contents},
                 {"started_at", FormatTimestamp(report.started_at)},
                 {"completed_at", FormatTimestamp(report.completed_at)}});
}

}  // namespace
}  // namespace operations

Result<OperationOf<RestoreReport>> StartRestore(Engine& engine, std::string_view backup_id, const RestoreOptions& options,
                                                StartOptions start) {
  engine::EngineCore& core = engine.core();
  const std::string what = "restore of backup " + std::string(backup_id);
  if (engine.read_only()) return Status::PermissionDenied("restore: the store is opened read-only");
  Result<operations::BackupManifest> manifest = operations::Repository(core.files(), core.repository()).Find(backup_id);
  if (!manifest.ok()) return std::move(manifest).status().WithContext(what);
  operations::JobSpec spec;
  spec.kind = OperationKind::kRestore;
  spec.principal = std::move(start.principal);
  spec.request = operations::RequestText(manifest->info.id, options);
  const auto work = [&core, id = manifest->info.id, options, what](operations::JobContext& context) -> Result<RestoreReport> {
    Result<RestoreReport> report = operations::Restorer(core, options, context).Run(id);
    if (!report.ok()) return std::move(report).status().WithContext(what);
    context.SetRecords(report->conversations + report->messages + report->documents + report->prompts);
    return report;
  };
  return operations::StartReporting<RestoreReport>(core, std::move(spec), work, &operations::ReportText);
}

Result<RestoreReport> Restore(Engine& engine, std::string_view backup_id, const RestoreOptions& options) {
  Result<OperationOf<RestoreReport>> operation = StartRestore(engine, backup_id, options);
  if (!operation.ok()) return std::move(operation).status();
  return operation->Finish();
}

}  // namespace coffer
