#include "operations/backup/restore_full.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "operations/backup/catalogue.h"
#include "operations/backup/create_backup.h"
#include "operations/backup/due_erasures.h"
#include "operations/backup/object_copy.h"
#include "operations/backup/open_backup.h"
#include "operations/backup/restore_build.h"
#include "operations/backup/safety_backup.h"
#include "operations/erase/erase_records.h"
#include "storage/durable_file.h"

namespace coffer::operations {
namespace {

class Restorer {
 public:
  Restorer(engine::EngineCore& core, const BackupManifest& manifest, const RestoreOptions& options, JobContext& context)
      : core_(core),
        files_(core.files()),
        options_(options),
        context_(context),
        repository_(files_, core.repository()),
        manifest_(manifest) {}

  Result<RestoreReport> Run() {
    report_.restore_id = context_.id();
    report_.backup_id = manifest_.info.id;
    report_.dry_run = options_.dry_run;
    report_.started_at = core_.Now();
    if (Status status = Prepare(); !status.ok()) return status;
    restored_ = sealed_.Sum();
    report_.erasures_applied = due_.size();
    Status status = options_.dry_run ? LookInPlace() : Replace();
    if (!status.ok()) {
      const OperationProgress progress = context_.progress();
      return WithMissingBytes(std::move(status), progress.bytes_expected, progress.bytes_done);
    }
    report_.conversations = restored_[Kind::kConversation].count;
    report_.messages = restored_[Kind::kMessage].count;
    report_.documents = restored_[Kind::kDocument].count;
    report_.prompts = restored_[Kind::kPrompt].count;
    report_.contents = restored_[Kind::kContent].count - report_.contents_missing;
    report_.completed_at = core_.Now();
    return report_;
  }

 private:
  // Looked at before the safety backup is made, so that a hopeless restore costs nothing.
  Status Prepare() {
    if (core_.pinned()) return Status::Busy("snapshots, readers or unfinished contents of the store are still in use");
    Result<std::vector<format::AgeIdentity>> identities = IdentitiesFor(core_, options_.identity_file);
    if (!identities.ok()) return std::move(identities).status();
    identities_ = std::move(*identities);
    Result<SealedManifest> sealed = repository_.ReadSealed(manifest_, identities_);
    if (!sealed.ok()) return std::move(sealed).status();
    sealed_ = std::move(*sealed);
    if (Status status = repository_.CheckObjectsThere(manifest_); !status.ok()) return status;
    Result<std::vector<DueErasure>> due = DueErasures(core_, manifest_, identities_, options_.without_ledger);
    if (!due.ok()) return std::move(due).status();
    due_ = std::move(*due);
    context_.ExpectBytes(manifest_.info.file_bytes);
    Result<std::uint64_t> free = files_.FreeBytes(core_.folder().root());
    if (!free.ok()) return std::move(free).status();
    // A scrub writes what it keeps anew before the old files go.
    const std::uint64_t copies = due_.empty() ? 1 : 2;
    return CheckFreeBytes(core_.folder().root(), copies * manifest_.info.file_bytes, *free);
  }

  // What a dry run tells besides the manifest's figures.
  Status LookInPlace() {
    report_.erasures_applied = due_.size();
    Result<std::unique_ptr<Engine>> opened = OpenInPlace(core_.options(), repository_, manifest_, identities_);
    if (!opened.ok()) return std::move(opened).status();
    Result<std::uint64_t> missing = CountContentsMissing(*(*opened)->core().Access());
    if (!missing.ok()) return std::move(missing).status();
    report_.contents_missing = *missing;
    return Status::Ok();
  }

  Status Replace() {
    if (options_.safety_backup) {
      Result<std::string> safety = MakeSafetyBackup(core_, manifest_.info.id, manifest_.info.file_bytes, context_);
      if (!safety.ok()) return std::move(safety).status();
      report_.safety_backup_id = std::move(*safety);
    }
    const std::uint64_t generation = core_.folder().next_generation();
    const std::string built_path = core_.folder().PartialPath(generation);
    Status status = Build(built_path);
    if (status.ok()) status = ApplyLedger(built_path).WithContext("applying the ledger of erasures");
    if (status.ok()) status = context_.CheckStop();
    // Before the switch: a crash between the two must not let a backup claim erasures that this store never saw.
    if (status.ok() && options_.without_ledger) status = BoundErasures();
    if (status.ok()) status = core_.SwitchStore(generation);
    if (!status.ok()) {
      storage::RemoveRecursively(files_, built_path).Ignore();  // else swept when the store is next opened
      return status;
    }
    status = AdoptErasures(core_, due_);
    if (status.ok() && !options_.without_ledger) status = Catalogue(core_).SetErasedThroughMax(std::nullopt);
    return status.WithContext("the store is restored, and the ledger of erasures is not whole");
  }

  Status BoundErasures() {
    Catalogue catalogue(core_);
    Result<std::optional<std::string>> present = catalogue.ErasedThroughMax();
    if (!present.ok()) return std::move(present).status();
    return catalogue.SetErasedThroughMax(std::min(present->value_or(manifest_.erased_through), manifest_.erased_through));
  }

  Status Build(const std::string& built_path) {
    Status status = BuildGeneration(core_, repository_, manifest_, sealed_, identities_, built_path, context_);
    if (!status.ok()) return status;
    // Opened as the live store will be, so that what cannot be opened is found while the old store still serves.
    Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(built_path, SmallStoreOptions(core_, false));
    if (!store.ok()) return std::move(store).status().WithContext("opening what was restored");
    status = Inspect(**store);
    const Status closed = (*store)->Close();
    return status.ok() ? closed.WithContext("closing what was restored") : status;
  }

  Status Inspect(storage::Store& store) {
    Result<std::uint64_t> missing = CountContentsMissing(store);
    if (!missing.ok()) return std::move(missing).status().WithContext("reading what was restored");
    report_.contents_missing = *missing;
    if (!options_.verify) return Status::Ok();
    Result<engine::CounterState> counters = engine::ReadCounters(store, nullptr);
    if (!counters.ok()) return std::move(counters).status().WithContext("reading what was restored");
    return CompareTallies(counters->by_owner, sealed_.by_owner).WithContext("backup " + manifest_.info.id);
  }

  Status ApplyLedger(const std::string& built_path) {
    if (due_.empty()) return Status::Ok();
    Result<std::unique_ptr<engine::EngineCore>> built = core_.OpenApart(built_path, SmallStoreOptions(core_, false));
    if (!built.ok()) return std::move(built).status();
    for (const DueErasure& erasure : due_) {
      ErasedCounts counts;
      if (Status status = EraseRecords(**built, erasure.entry, {}, context_.stop(), counts); !status.ok()) return status;
    }
    // All of it: what was erased may also be among what the backup holds without showing it.
    if (Status status = (*built)->Access()->Scrub({}, context_.stop()); !status.ok()) return status;
    restored_ = (*built)->totals().Copy().Sum();
    Result<std::uint64_t> missing = CountContentsMissing(*(*built)->Access());
    if (!missing.ok()) return std::move(missing).status();
    report_.contents_missing = *missing;
    return (*built)->Close();
  }

  engine::EngineCore& core_;
  FileSystem& files_;
  const RestoreOptions& options_;
  JobContext& context_;
  const Repository repository_;
  const BackupManifest& manifest_;
  std::vector<format::AgeIdentity> identities_;
  SealedManifest sealed_;
  std::vector<DueErasure> due_;
  engine::KindTallies restored_;
  RestoreReport report_;
};

}  // namespace

Result<RestoreReport> RestoreWhole(engine::EngineCore& core, const BackupManifest& manifest, const RestoreOptions& options,
                                   JobContext& context) {
  return Restorer(core, manifest, options, context).Run();
}

}  // namespace coffer::operations
