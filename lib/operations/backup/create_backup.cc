#include "operations/backup/create_backup.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "coffer/version.h"
#include "format/records/sha256.h"
#include "operations/backup/backup_image.h"
#include "operations/keys/key_folder.h"
#include "operations/ledger/ledger.h"
#include "operations/repository/catalogue.h"
#include "operations/repository/object_codec.h"
#include "operations/repository/object_pool.h"
#include "operations/repository/rate_limiter.h"
#include "operations/repository/repository_session.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/parallel_steps.h"
#include "storage/durable_file.h"
#include "vocabulary/mutex.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::int64_t kMicrosecondsPerDay = std::int64_t{86'400} * 1'000'000;

// Counts UTF-8 characters. Invalid UTF-8 is found when the manifest is encoded.
std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

Result<std::vector<format::AgeRecipient>> ParseRecipients(const std::vector<std::string>& texts) {
  if (texts.size() > kBackupRecipientsMax) {
    return Status::InvalidArgument("recipients: more than " + std::to_string(kBackupRecipientsMax));
  }
  std::vector<format::AgeRecipient> recipients;
  for (const std::string& text : texts) {
    COFFER_ASSIGN_CONTEXT(format::AgeRecipient recipient, format::ParseAgeRecipient(text), "recipients");
    recipients.push_back(recipient);
  }
  return recipients;
}

// A file of the image, stored.
struct StoredFile {
  BackupFile file;
  StoredObject object;
  std::unique_ptr<storage::ObjectWriter> writer;  // set if this backup adds the object
  bool twin = false;                              // another file of this backup has the same bytes and stores the object
};

// Makes one backup: image, objects, manifest.
class BackupMaker {
 public:
  BackupMaker(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role, OperationContext& context)
      : core_(core),
        options_(options),
        context_(context),
        bytes_besides_(role.bytes_besides),
        repository_(core.files(), core.repository()),
        image_(core),
        rate_limiter_(options.bytes_per_second_max) {
    BackupInfo& info = manifest_.info;
    info.id = role.id;
    info.reason = role.reason;
    info.description = options.description;
    info.created_at = core.Now();
    info.name = options.name.empty() ? "backup-" + FormatTimestamp(info.created_at) : options.name;
    info.expires_at = {info.created_at.microseconds + options.retention_days * kMicrosecondsPerDay};
    info.engine_version = Version();
    info.requested_type = options.type;
    info.contents_included = options.include_contents;
    info.logs_included = options.include_logs;
    info.compressed = options.compress;
    info.encrypted = options.encrypt;
    manifest_.store_format = kStoreFormatWritten;
    form_.compress = options.compress;
  }

  Result<BackupInfo> Run() {
    Status status = Make();
    if (status.ok()) return manifest_.info;
    const OperationProgress progress = context_.progress();
    return WithMissingBytes(std::move(status), progress.bytes_expected, progress.bytes_done);
  }

 private:
  Status Make() {
    COFFER_ASSIGN(std::unique_ptr<RepositorySession> session, RepositorySession::Begin(core_, repository_));
    session_ = std::move(session);
    // Read before the image is taken: a restore must apply every erasure that completes later.
    COFFER_ASSIGN(std::optional<std::string> bound, Catalogue(core_).ErasedThroughMax());
    COFFER_ASSIGN(CompletedErasures erasures, Ledger(core_).Completed(bound));
    manifest_.erased_through = std::move(erasures.through);
    manifest_.erased_also = std::move(erasures.after);
    COFFER_TRY_CONTEXT(FindKeys(), "keys");
    COFFER_TRY(Prepare());
    COFFER_TRY_CONTEXT(TakeImage(), "image of the store");
    COFFER_TRY(StoreFiles());
    COFFER_TRY(PublishObjects());
    return Publish();
  }

  Status FindKeys() {
    KeyFolder keys(core_.files(), core_.folder().KeysPath());
    COFFER_ASSIGN(std::string object_id_key, keys.ObjectIdKey());
    object_id_key_ = std::move(object_id_key);
    if (!options_.encrypt) return Status::Ok();
    COFFER_ASSIGN(std::vector<format::AgeRecipient> own, keys.EnsureRecipients(core_.Now()));
    COFFER_ASSIGN(std::vector<format::AgeRecipient> named, ParseRecipients(options_.recipients));
    form_.recipients = std::move(own);
    for (const format::AgeRecipient& recipient : named) {
      if (std::ranges::find(form_.recipients, recipient) == form_.recipients.end()) form_.recipients.push_back(recipient);
    }
    for (const format::AgeRecipient& recipient : form_.recipients) {
      manifest_.info.recipients.push_back(format::AgeRecipientText(recipient));
    }
    std::ranges::sort(manifest_.info.recipients);
    return Status::Ok();
  }

  // Decides which objects may be shared.
  Status Prepare() {
    BackupInfo& info = manifest_.info;
    Catalogue catalogue(core_);
    COFFER_ASSIGN(std::string lineage, catalogue.Lineage());
    info.lineage = std::move(lineage);
    const auto known_bad = [&catalogue](std::string_view id) {
      const Result<BackupStanding> standing = catalogue.Standing(id);
      return !standing.ok() || standing->bad;
    };
    const PoolTerms terms{info.lineage, info.encrypted, info.recipients, info.contents_included};
    pool_ = ChoosePool(repository_, session_->live(), session_->trash(), options_.type, terms, known_bad);
    info.type = pool_.type;
    info.base_id = pool_.base_id;
    info.sequence = session_->next_sequence();
    manifest_.pool = pool_.base_id.empty() ? info.id : pool_.base_id;
    manifest_.repository = session_->uuid();
    return Status::Ok();
  }

  Status TakeImage() {
    COFFER_TRY(image_.Take());
    if (!options_.include_contents) {
      COFFER_TRY(image_.LeaveOutContents(manifest_.info.id));
    }
    return options_.include_logs ? image_.AddLogs() : Status::Ok();
  }

  bool IsShared(const storage::CheckpointFile& file, std::string& id) const {
    if (file.digest.empty()) return false;
    id = ObjectIdOf(object_id_key_, file.digest, file.size_bytes, manifest_.pool);
    return pool_.shared.contains(id);
  }

  Status StoreFiles() {
    const std::vector<storage::CheckpointFile>& files = image_.files();
    std::uint64_t bytes = 0;
    std::string id;
    for (const storage::CheckpointFile& file : files) bytes += IsShared(file, id) ? 0 : file.size_bytes;
    context_.ExpectBytes(bytes + bytes_besides_);
    COFFER_ASSIGN(std::uint64_t free, repository_.objects().FreeBytes());
    COFFER_TRY(CheckFreeBytes(repository_.path(), bytes, free));

    // The largest first, so that the threads finish together.
    std::vector<std::size_t> order(files.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, std::ranges::greater(), [&files](std::size_t i) { return files[i].size_bytes; });
    stored_.resize(files.size());
    return RunInParallel(files.size(), [&](std::size_t step) {
      const std::size_t i = order[step];
      return StoreOne(files[i], stored_[i]).WithContext("file " + files[i].name);
    });
  }

  Status StoreOne(const storage::CheckpointFile& source, StoredFile& stored) {
    stored.file = {source.name, 0, source.size_bytes, format::HexText(source.digest)};
    if (IsShared(source, stored.object.id)) {
      stored.object = pool_.shared.at(stored.object.id);
      return Status::Ok();
    }
    COFFER_ASSIGN(WrittenObject written, WriteObject(core_.files(), image_.PathOf(source), source.size_bytes, form_,
                                                     repository_.objects(), [this](std::uint64_t bytes) {
                                                       context_.AddBytes(bytes);
                                                       return rate_limiter_.Pass(bytes, context_);
                                                     }));
    if (!source.digest.empty() && written.plain_sha256 != source.digest) {
      return Status::Corruption("changed since it was written: its SHA-256 is " + format::HexText(written.plain_sha256) +
                                ", expected " + format::HexText(source.digest));
    }
    stored.file.sha256 = format::HexText(written.plain_sha256);
    return FinishObject(std::move(written), source.size_bytes, stored);
  }

  Status FinishObject(WrittenObject written, std::uint64_t plain_bytes, StoredFile& stored) {
    StoredObject& object = stored.object;
    object.id = ObjectIdOf(object_id_key_, written.plain_sha256, plain_bytes, manifest_.pool);
    // The pool has an object with the same bytes: of a small file such as CURRENT, or of a file in another backup.
    if (const auto present = pool_.present.find(object.id); present != pool_.present.end()) {
      object = present->second;
      return Status::Ok();
    }
    {
      const MutexLock lock(claimed_mutex_);
      stored.twin = !claimed_.insert(object.id).second;
    }
    if (stored.twin) return Status::Ok();
    object.stored_bytes = written.stored_bytes;
    object.stored_sha256 = format::HexText(written.stored_sha256);
    stored.writer = std::move(written.writer);
    return stored.writer->Finish();
  }

  Status PublishObjects() {
    std::vector<storage::ObjectStore::Publication> objects;
    for (const StoredFile& stored : stored_) {
      if (stored.writer != nullptr) objects.push_back({stored.writer.get(), Repository::ObjectName(stored.object.id)});
    }
    Status status = repository_.objects().Publish(objects);
    if (status.code() != StatusCode::kAlreadyExists || session_->damage().ok()) return status;
    // No readable manifest names the existing object. It was not swept because a manifest is damaged, and may belong to that
    // one.
    return Status(session_->damage()).WithContext(std::string(status.message()) + ", and may belong to a damaged manifest");
  }

  Status Publish() {
    BackupInfo& info = manifest_.info;
    std::unordered_map<std::string, std::size_t> places;
    for (const StoredFile& stored : stored_) {
      if (stored.twin || !places.emplace(stored.object.id, manifest_.objects.size()).second) continue;
      manifest_.objects.push_back(stored.object);
      if (stored.writer != nullptr) info.stored_bytes += stored.object.stored_bytes;
    }
    for (StoredFile& stored : stored_) {
      stored.file.object = places.at(stored.object.id);
      if (stored.file.name != kLogsFileName) info.file_bytes += stored.file.size_bytes;
      sealed_.files.push_back(std::move(stored.file));
    }
    sealed_.by_owner = image_.counters();
    const engine::KindTallies sum = sealed_.Sum();
    for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
      info.record_count += sum[kind].count;
    }
    COFFER_ASSIGN(std::string text, EncodeSealedManifest(sealed_));
    COFFER_ASSIGN(std::string sealed, EncodeObject(form_, text));
    format::Sha256 hash;
    hash.Update(sealed);
    manifest_.sealed_bytes = sealed.size();
    manifest_.sealed_sha256 = format::HexText(hash.Finish());
    info.completed_at = core_.Now();
    COFFER_TRY(context_.CheckStop());
    return session_->PublishManifest(manifest_, sealed);
  }

  engine::EngineCore& core_;
  const BackupOptions& options_;
  OperationContext& context_;
  const std::uint64_t bytes_besides_;
  const Repository repository_;
  BackupImage image_;
  RateLimiter rate_limiter_;
  ObjectForm form_;
  std::string object_id_key_;
  std::unique_ptr<RepositorySession> session_;
  ObjectPool pool_;
  BackupManifest manifest_;
  SealedManifest sealed_;
  std::vector<StoredFile> stored_;  // in the order of the image's files
  Mutex claimed_mutex_;
  std::set<std::string, std::less<>> claimed_ COFFER_GUARDED_BY(claimed_mutex_);  // ids of the objects that this backup writes
};

}  // namespace

Status CheckBackupOptions(const BackupOptions& options) {
  if (options.retention_days < 1 || options.retention_days > kRetentionDaysMax) {
    return Status::InvalidArgument("retention_days: 1 to " + std::to_string(kRetentionDaysMax));
  }
  if (Characters(options.name) > kBackupNameCharactersMax) {
    return Status::InvalidArgument("name: more than " + std::to_string(kBackupNameCharactersMax) + " characters");
  }
  if (Characters(options.description) > kBackupDescriptionCharactersMax) {
    return Status::InvalidArgument("description: more than " + std::to_string(kBackupDescriptionCharactersMax) + " characters");
  }
  if (!options.encrypt && !options.recipients.empty()) {
    return Status::InvalidArgument("recipients: given for a backup that is not encrypted");
  }
  if (Result<std::vector<format::AgeRecipient>> named = ParseRecipients(options.recipients); !named.ok()) {
    return std::move(named).status();
  }
  BackupManifest words;
  words.info.name = options.name;
  words.info.description = options.description;
  Result<std::string> text = EncodeManifest(words);
  return text.ok() ? Status::Ok() : std::move(text).status();
}

std::string BackupReportText(const BackupInfo& info) {
  return ToText({{"backup_id", info.id},
                 {"name", info.name},
                 {"description", info.description},
                 {"reason", BackupReasonName(info.reason)},
                 {"backup_type", BackupTypeName(info.type)},
                 {"requested_type", BackupTypeName(info.requested_type)},
                 {"base_id", info.base_id},
                 {"lineage", info.lineage},
                 {"sequence", info.sequence},
                 {"file_bytes", info.file_bytes},
                 {"stored_bytes", info.stored_bytes},
                 {"record_count", info.record_count},
                 {"contents_included", info.contents_included},
                 {"logs_included", info.logs_included},
                 {"compressed", info.compressed},
                 {"encrypted", info.encrypted},
                 {"recipients", info.recipients},
                 {"created_at", FormatTimestamp(info.created_at)},
                 {"completed_at", FormatTimestamp(info.completed_at)},
                 {"expires_at", FormatTimestamp(info.expires_at)},
                 {"engine_version", info.engine_version}});
}

Result<BackupInfo> MakeBackup(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role,
                              OperationContext& context) {
  Result<BackupInfo> info = BackupMaker(core, options, role, context).Run();
  CountRepository(core);
  if (!info.ok()) return std::move(info).status().WithContext("backup");
  return info;
}

}  // namespace coffer::operations
