#include "operations/backup/create_backup.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coffer/engine.h"
#include "coffer/version.h"
#include "format/sha256.h"
#include "operations/backup/file_copy.h"
#include "operations/backup/manifest.h"
#include "operations/backup/repository.h"
#include "operations/erase/ledger.h"
#include "operations/runner/report_text.h"
#include "operations/runner/runner.h"
#include "storage/durable_file.h"

namespace coffer {
namespace operations {
namespace {

constexpr int kRetentionDaysMax = 365;
constexpr std::int64_t kMicrosecondsPerDay = std::int64_t{86'400} * 1'000'000;

// One backup on its way: checkpoint, copies with their digests, manifest, publication.
// The checkpoint is hard links, so it lies with the store, where the next generation would be built: after a crash it is swept
// with the unfinished generations. The copies lie in the repository under a partial name until the last rename.
class BackupMaker {
 public:
  BackupMaker(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role, JobContext& context)
      : core_(core),
        files_(core.files()),
        context_(context),
        bytes_besides_(role.bytes_besides),
        repository_(files_, core.repository()),
        work_path_(core.folder().PartialPath(core.folder().next_generation())),
        checkpoint_path_(work_path_ + "/checkpoint") {
    BackupInfo& info = manifest_.info;
    info.id = role.id;
    info.reason = role.reason;
    info.description = options.description;
    info.created_at = core.Now();
    info.name = options.name.empty() ? "backup-" + FormatTimestamp(info.created_at) : options.name;
    info.expires_at = {info.created_at.microseconds + options.retention_days * kMicrosecondsPerDay};
    info.engine_version = Version();
    manifest_.store_format = kStoreFormatWritten;
  }

  Result<BackupInfo> Run() {
    Result<std::unique_ptr<FileLock>> lock = repository_.Lock();
    if (!lock.ok()) return std::move(lock).status();
    Status status = Make();
    const Status removed = storage::RemoveRecursively(files_, work_path_);
    if (!status.ok()) {
      // What cannot be removed now is swept with the next backup; the failure that led here is the one to tell.
      storage::RemoveRecursively(files_, repository_.PartialPath(manifest_.info.id)).Ignore();
      return status;
    }
    removed.Ignore();  // hard links only; the next opening sweeps them
    CountIt();
    return manifest_.info;
  }

 private:
  Status Make() {
    // Before the image is taken: what is erased behind it is needed again by whoever restores it.
    Result<std::string> erased_through = Ledger(core_).CompletedThrough();
    if (!erased_through.ok()) return std::move(erased_through).status();
    manifest_.erased_through = std::move(*erased_through);
    if (Status status = repository_.Sweep(); !status.ok()) return status;
    if (Status status = storage::RemoveRecursively(files_, work_path_); !status.ok()) return status;
    if (Status status = files_.CreateDirectory(work_path_); !status.ok()) return status;
    {
      const engine::StoreAccess access = core_.Access();
      Result<std::vector<storage::CheckpointFile>> checkpoint = access->Checkpoint(checkpoint_path_);
      if (!checkpoint.ok()) return std::move(checkpoint).status();
      checkpoint_ = std::move(*checkpoint);
    }
    std::uint64_t bytes = 0;
    for (const storage::CheckpointFile& file : checkpoint_) bytes += file.size_bytes;
    context_.ExpectBytes(bytes + bytes_besides_);
    if (Status status = CheckFreeBytes(files_, repository_.path(), bytes); !status.ok()) return status;
    if (Status status = CopyFiles(); !status.ok()) return status;
    if (Status status = ReadCounters(); !status.ok()) return status.WithContext("reading the checkpoint");
    manifest_.info.completed_at = core_.Now();
    if (Status status = context_.CheckStop(); !status.ok()) return status;
    return Publish();
  }

  Status CopyFiles() {
    const std::string partial_path = repository_.PartialPath(manifest_.info.id);
    const std::string store_path = partial_path + "/" + std::string(kStoreName);
    if (Status status = files_.CreateDirectory(partial_path); !status.ok()) return status;
    if (Status status = files_.CreateDirectory(store_path); !status.ok()) return status;
    for (const storage::CheckpointFile& file : checkpoint_) {
      const std::string from = checkpoint_path_ + "/" + file.name;
      Result<std::string> digest =
          CopyHashed(files_, from, store_path + "/" + file.name, file.size_bytes, [this](std::uint64_t bytes) {
            context_.AddBytes(bytes);
            return context_.CheckStop();
          });
      if (!digest.ok()) return std::move(digest).status();
      if (!file.digest.empty() && *digest != file.digest) {
        return Status::Corruption("file " + file.name + " of the store is not what was written: its SHA-256 is " +
                                  format::HexText(*digest) + ", and was " + format::HexText(file.digest) + " at its birth");
      }
      manifest_.files.push_back({file.name, file.size_bytes, format::HexText(*digest)});
      manifest_.info.file_bytes += file.size_bytes;
    }
    return files_.SyncDirectory(store_path);
  }

  // From the checkpoint, behind the copying: opening a store may leave a log file of RocksDB's beside its files.
  Status ReadCounters() {
    Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(checkpoint_path_, SmallStoreOptions(core_, true));
    if (!store.ok()) return std::move(store).status();
    Result<engine::CounterState> counters = engine::ReadCounters(**store, nullptr);
    const Status closed = (*store)->Close();
    if (!counters.ok()) return std::move(counters).status();
    if (!closed.ok()) return closed;
    manifest_.by_owner = std::move(counters->by_owner);
    const engine::KindTallies sum = manifest_.Sum();
    for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
      manifest_.info.record_count += sum[kind].count;
    }
    return Status::Ok();
  }

  Status Publish() {
    const std::string partial_path = repository_.PartialPath(manifest_.info.id);
    const std::string path = repository_.BackupPath(manifest_.info.id);
    Result<std::string> text = EncodeManifest(manifest_);
    if (!text.ok()) return std::move(text).status();
    if (Status status = storage::WriteDurably(files_, partial_path + "/" + std::string(kManifestName), *text); !status.ok()) {
      return status;
    }
    Status status = storage::PublishDurably(files_, partial_path, path);
    if (!status.ok() && files_.Stat(partial_path).status().code() == StatusCode::kNotFound) {
      // Renamed, and not durably so: a backup that failed must not be listed.
      files_.RemoveFile(path + "/" + std::string(kManifestName)).Ignore();
      storage::RemoveRecursively(files_, path).Ignore();
    }
    return status;
  }

  void CountIt() {
    Result<std::uint64_t> bytes = storage::TreeBytes(files_, repository_.BackupPath(manifest_.info.id));
    core_.backups_bytes += bytes.ok() ? *bytes : manifest_.info.file_bytes;
    ++core_.backups_count;
  }

  engine::EngineCore& core_;
  FileSystem& files_;
  JobContext& context_;
  const std::uint64_t bytes_besides_;
  Repository repository_;
  const std::string work_path_;
  const std::string checkpoint_path_;
  std::vector<storage::CheckpointFile> checkpoint_;
  BackupManifest manifest_;
};

}  // namespace

storage::StoreOptions SmallStoreOptions(const engine::EngineCore& core, bool read_only) {
  constexpr std::size_t kWriteBufferBytes = std::size_t{8} << 20;
  constexpr std::size_t kBlockCacheBytes = std::size_t{4} << 20;
  storage::StoreOptions options = core.StoreOptionsFor(false);
  options.read_only = read_only;
  options.memory = nullptr;
  options.write_buffer_bytes = std::min(options.write_buffer_bytes, kWriteBufferBytes);
  options.block_cache_bytes = std::min(options.block_cache_bytes, kBlockCacheBytes);
  return options;
}

Status CheckBackupOptions(const BackupOptions& options) {
  if (options.retention_days < 1 || options.retention_days > kRetentionDaysMax) {
    return Status::InvalidArgument("retention_days: 1 to " + std::to_string(kRetentionDaysMax));
  }
  BackupManifest words;
  words.info.name = options.name;
  words.info.description = options.description;
  Result<std::string> text = EncodeManifest(words);
  return text.ok() ? Status::Ok() : std::move(text).status();
}

Result<BackupInfo> MakeBackup(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role,
                              JobContext& context) {
  Result<BackupInfo> info = BackupMaker(core, options, role, context).Run();
  if (!info.ok()) return std::move(info).status().WithContext("backup");
  return info;
}

namespace {

std::string RequestText(const BackupOptions& options) {
  return ToText({{"name", options.name}, {"description", options.description}, {"retention_days", options.retention_days}});
}

std::string ReportText(const BackupInfo& info) {
  return ToText({{"backup_id", info.id},
                 {"name", info.name},
                 {"description", info.description},
                 {"reason", info.reason},
                 {"file_bytes", info.file_bytes},
                 {"record_count", info.record_count},
                 {"created_at", FormatTimestamp(info.created_at)},
                 {"completed_at", FormatTimestamp(info.completed_at)},
                 {"expires_at", FormatTimestamp(info.expires_at)},
                 {"engine_version", info.engine_version}});
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
  Result<std::vector<operations::BackupManifest>> manifests = operations::Repository(core.files(), core.repository()).List();
  if (!manifests.ok()) return std::move(manifests).status().WithContext("backups");
  std::vector<BackupInfo> backups;
  for (operations::BackupManifest& manifest : *manifests) backups.push_back(std::move(manifest.info));
  return backups;
}

}  // namespace coffer
