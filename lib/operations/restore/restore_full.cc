#include "operations/restore/restore_full.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/internals.h"
#include "operations/erase/erase_records.h"
#include "operations/ledger/due_erasures.h"
#include "operations/repository/catalogue.h"
#include "operations/repository/object_codec.h"
#include "operations/repository/open_backup.h"
#include "operations/restore/restore_build.h"
#include "operations/restore/restore_report.h"
#include "operations/restore/restore_switch.h"
#include "operations/restore/safety_backup.h"
#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

class Restorer {
 public:
  Restorer(engine::EngineCore& core, const BackupManifest& manifest, const RestoreOptions& options, OperationContext& context,
           BackupFunction make_backup)
      : core_(core),
        files_(core.files()),
        options_(options),
        context_(context),
        make_backup_(make_backup),
        repository_(files_, core.repository()),
        manifest_(manifest) {}

  Result<RestoreReport> Run() {
    report_.restore_id = context_.id();
    report_.backup_id = manifest_.info.id;
    report_.dry_run = options_.dry_run;
    report_.started_at = core_.Now();
    COFFER_TRY(Prepare());
    restored_ = sealed_.Sum();
    report_.erasures_applied = due_.size();
    Status status = options_.dry_run ? LookInPlace() : Replace();
    if (!status.ok()) {
      const OperationProgress progress = context_.progress();
      return WithMissingBytes(std::move(status), progress.bytes_expected, progress.bytes_done);
    }
    return report_;
  }

 private:
  // Checks before the safety backup, so that a restore that cannot succeed costs nothing.
  Status Prepare() {
    if (core_.pinned()) return Status::Busy("snapshots, readers or content writers of the store are still in use");
    COFFER_ASSIGN(std::vector<format::AgeIdentity> identities, IdentitiesFor(core_, options_.identity_file));
    identities_ = std::move(identities);
    COFFER_ASSIGN(SealedManifest sealed, repository_.ReadSealed(manifest_, identities_));
    sealed_ = std::move(sealed);
    COFFER_TRY(repository_.CheckObjectsThere(manifest_));
    COFFER_ASSIGN(std::vector<DueErasure> due, DueErasures(core_, manifest_, identities_, options_.without_ledger));
    due_ = std::move(due);
    context_.ExpectBytes(manifest_.info.file_bytes);
    COFFER_ASSIGN(std::uint64_t free, files_.FreeBytes(core_.folder().root()));
    // A scrub rewrites what it keeps before it removes the old files.
    const std::uint64_t copies = due_.empty() ? 1 : 2;
    return CheckFreeBytes(core_.folder().root(), copies * manifest_.info.file_bytes, free);
  }

  // Finds what a dry run reports in addition to the manifest's figures.
  Status LookInPlace() {
    report_.erasures_applied = due_.size();
    COFFER_ASSIGN(std::unique_ptr<Engine> opened, OpenInPlace(core_.options(), repository_, manifest_, identities_));
    COFFER_ASSIGN(std::uint64_t missing, CountContentsMissing(*engine::CoreOf(*opened).Access()));
    report_.contents_missing = missing;
    CompleteReport();
    return Status::Ok();
  }

  void CompleteReport() {
    report_.conversations = restored_[Kind::kConversation].count;
    report_.messages = restored_[Kind::kMessage].count;
    report_.documents = restored_[Kind::kDocument].count;
    report_.prompts = restored_[Kind::kPrompt].count;
    report_.contents = restored_[Kind::kContent].count - report_.contents_missing;
    report_.completed_at = core_.Now();
  }

  Status Replace() {
    if (options_.safety_backup) {
      COFFER_ASSIGN(std::string safety,
                    MakeSafetyBackup(make_backup_, core_, manifest_.info.id, manifest_.info.file_bytes, context_));
      report_.safety_backup_id = std::move(safety);
    }
    const std::uint64_t generation = core_.folder().next_generation();
    const std::string built_path = core_.folder().TemporaryPath(generation);
    Status status = Build(built_path);
    if (status.ok()) status = ApplyLedger(built_path).WithContext("applying the erasure ledger");
    if (status.ok()) status = context_.CheckStop();
    // Before the switch: after a crash between the two no backup may claim erasures that this store never applied.
    if (status.ok() && options_.without_ledger) status = BoundErasures();
    CompleteReport();
    const RestoreSwitch restore{report_.restore_id, generation, !options_.without_ledger, report_.completed_at,
                                RestoreReportText(report_)};
    if (status.ok()) status = WriteSwitch(core_, restore, due_);
    if (status.ok()) status = core_.SwitchStore(generation);
    if (!status.ok()) {
      storage::RemoveRecursively(files_, built_path).Ignore();  // on failure the next opening sweeps it
      return status;
    }
    return FinishSwitch(core_, restore).WithContext("the store is restored, but the erasure ledger is incomplete");
  }

  Status BoundErasures() {
    Catalogue catalogue(core_);
    COFFER_ASSIGN(std::optional<std::string> present, catalogue.ErasedThroughMax());
    return catalogue.SetErasedThroughMax(std::min(present.value_or(manifest_.erased_through), manifest_.erased_through));
  }

  Status Build(const std::string& built_path) {
    COFFER_TRY(BuildGeneration(core_, repository_, manifest_, sealed_, identities_, built_path, context_));
    // Opened like the live store, so that a store that cannot be opened is found while the old one still serves.
    COFFER_ASSIGN_CONTEXT(std::unique_ptr<storage::Store> store, storage::OpenRocksStore(built_path, core_.SmallStoreOptions()),
                          "opening the restored store");
    Status status = Inspect(*store);
    const Status closed = store->Close();
    return status.ok() ? closed.WithContext("closing the restored store") : status;
  }

  Status Inspect(storage::Store& store) {
    COFFER_ASSIGN_CONTEXT(std::uint64_t missing, CountContentsMissing(store), "reading the restored store");
    report_.contents_missing = missing;
    if (!options_.verify) return Status::Ok();
    COFFER_ASSIGN_CONTEXT(engine::CounterState counters, engine::ReadCounters(store, nullptr), "reading the restored store");
    return CompareTallies(counters.by_owner, sealed_.by_owner).WithContext("backup " + manifest_.info.id);
  }

  Status ApplyLedger(const std::string& built_path) {
    if (due_.empty()) return Status::Ok();
    COFFER_ASSIGN(std::unique_ptr<engine::EngineCore> built, core_.OpenApart(built_path, core_.SmallStoreOptions()));
    for (const DueErasure& erasure : due_) {
      COFFER_TRY(Apply(*built, erasure));
    }
    // All families: the backup's files may also hold erased records as deleted data.
    COFFER_TRY(built->Access()->Scrub({}, context_.stop()));
    restored_ = built->totals().Copy().Sum();
    COFFER_ASSIGN(std::uint64_t missing, CountContentsMissing(*built->Access()));
    report_.contents_missing = missing;
    return built->Close();
  }

  // An erasure that is still owed keeps its progress, so that resuming it deletes nothing that is written after the restore.
  Status Apply(engine::EngineCore& built, const DueErasure& erasure) {
    const LedgerEntry& entry = erasure.entry;
    COFFER_ASSIGN(EraseProgress progress, EraseRecords(built, entry, context_.stop()));
    if (erasure.adopted || entry.completed_at) return DropEraseProgress(built, entry.id);
    COFFER_ASSIGN(EraseProgress live, ReadEraseProgress(*core_.Access(), entry.id));
    return WriteEraseProgress(built, entry.id, live.records_done ? live : progress);
  }

  engine::EngineCore& core_;
  FileSystem& files_;
  const RestoreOptions& options_;
  OperationContext& context_;
  const BackupFunction make_backup_;
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
                                   OperationContext& context, BackupFunction make_backup) {
  return Restorer(core, manifest, options, context, make_backup).Run();
}

}  // namespace coffer::operations
