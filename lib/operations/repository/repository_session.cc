#include "operations/repository/repository_session.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "operations/repository/lease.h"
#include "operations/runner/journal_json.h"
#include "storage/durable_file.h"
#include "vocabulary/check.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kIdentityName = "repository.json";
constexpr int kRepositoryVersion = 1;

// The names of objects that no manifest of `lists` names.
Result<std::vector<std::string>> UnnamedObjects(const Repository& repository,
                                                std::initializer_list<const std::vector<BackupManifest>*> lists) {
  std::unordered_set<std::string> named;
  for (const auto* manifests : lists) {
    for (const BackupManifest& manifest : *manifests) {
      for (const StoredObject& object : manifest.objects) named.insert(Repository::ObjectName(object.id));
    }
  }
  Result<std::vector<std::string>> names = repository.objects().List(kObjectsName);
  if (names.ok())
    std::erase_if(*names, [&](const std::string& name) { return !Repository::IsObjectName(name) || named.contains(name); });
  return names;
}

}  // namespace

Result<std::uint64_t> UnnamedBytes(const Repository& repository, const std::vector<BackupManifest>& manifests) {
  COFFER_ASSIGN(std::vector<std::string> names, UnnamedObjects(repository, {&manifests}));
  std::uint64_t bytes = 0;
  for (const std::string& name : names) {
    COFFER_ASSIGN(std::uint64_t size, repository.objects().Size(name));
    bytes += size;
  }
  return bytes;
}

Result<std::unique_ptr<RepositorySession>> RepositorySession::Begin(engine::EngineCore& core, const Repository& repository) {
  COFFER_ASSIGN_CONTEXT(std::unique_ptr<FileLock> lock, repository.objects().Lock(), "repository " + repository.path());
  std::unique_ptr<RepositorySession> session(new RepositorySession(repository, std::move(lock)));
  Status status = session->EnsureIdentity(core);
  // The lease first: after that an earlier session cannot publish manifests which this one would not see.
  if (status.ok()) status = session->TakeLease(core);
  if (status.ok()) status = session->ReadManifests();
  if (status.ok()) status = session->CheckManifestsThere();
  if (status.ok()) status = session->KeepLease();
  if (status.ok()) status = repository.objects().RemoveTemporary();
  if (status.ok() && session->damage_.ok()) status = session->RemoveCopiesOfLive();
  if (status.ok() && session->damage_.ok()) {
    Result<std::uint64_t> swept = session->SweepObjects();
    if (swept.ok()) session->swept_bytes_ = *swept;
    status = swept.status();
  }
  if (!status.ok()) return status.WithContext("repository " + repository.path());
  return session;
}

Status RepositorySession::EnsureIdentity(engine::EngineCore& core) {
  Result<std::string> uuid = repository_.Uuid();
  if (!uuid.ok() && uuid.status().code() == StatusCode::kNotFound) {
    COFFER_TRY(CheckMayBegin(core.files()));
    nlohmann::ordered_json json = {{"coffer_repository", kRepositoryVersion}, {"uuid", core.NewId()}};
    json["features"] = nlohmann::ordered_json::array();
    COFFER_TRY(storage::PutObject(repository_.objects(), kIdentityName, ToText(json) + "\n"));
    uuid = repository_.Uuid();
  }
  if (!uuid.ok()) return std::move(uuid).status();
  uuid_ = std::move(*uuid);
  return Status::Ok();
}

// A folder with other files does not become a repository, and a repository without its repository.json is not made again.
Status RepositorySession::CheckMayBegin(FileSystem& files) const {
  COFFER_ASSIGN(std::vector<std::string> names, files.List(repository_.path()));
  for (const std::string& name : names) {
    // May exist before the first backup: the lock, the lease, the ledger and temporary files.
    if (name == "LOCK" || name == "lease" || name == "ledger" || name == "unfinished") continue;
    return Status::InvalidArgument("holds \"" + name + "\" but no repository.json: not a repository, or the file is lost");
  }
  return Status::Ok();
}

Status RepositorySession::ReadManifests() {
  live_.clear();
  trash_.clear();
  damage_ = Status::Ok();
  COFFER_ASSIGN(std::vector<std::string> ids, repository_.Ids());
  for (const std::string& id : ids) {
    Result<BackupManifest> manifest = repository_.Read(id);
    if (manifest.ok()) {
      live_.push_back(std::move(*manifest));
    } else if (manifest.status().code() == StatusCode::kIoError) {
      return std::move(manifest).status();
    } else {
      damage_ = manifest.status();
    }
  }
  std::ranges::sort(live_, std::ranges::greater(), [](const BackupManifest& m) { return m.info.sequence; });
  Result<std::vector<BackupManifest>> trash = repository_.ListTrash();
  if (trash.ok()) {
    trash_ = std::move(*trash);
  } else if (trash.status().code() == StatusCode::kIoError) {
    return std::move(trash).status();
  } else {
    damage_ = trash.status();
  }
  for (const auto* manifests : {&live_, &trash_}) {
    for (const BackupManifest& manifest : *manifests) last_sequence_ = std::max(last_sequence_, manifest.info.sequence);
  }
  COFFER_CHECK(IsEachInOnePlace());
  return Status::Ok();
}

Status RepositorySession::RemoveCopiesOfLive() {
  COFFER_ASSIGN(std::vector<Repository::TrashEntry> copies, repository_.TrashOfLive());
  for (const Repository::TrashEntry& copy : copies) {
    COFFER_TRY(repository_.objects().Delete(copy.name));
  }
  return Status::Ok();
}

Status RepositorySession::TakeLease(engine::EngineCore& core) {
  COFFER_CHECK(lock_ != nullptr);
  COFFER_ASSIGN(Lease lease, ReadLease(repository_.objects()));
  ++lease.fencing;
  lease.holder = core.NewId();
  lease.taken_at = core.Now();
  last_sequence_ = lease.last_sequence;
  unpublished_ = lease.unpublished;
  lease_ = std::move(lease);
  return WriteLease(repository_.objects(), lease_);
}

// Decides whether objects without any manifest may be removed; see Repository::CheckManifestsThere.
Status RepositorySession::CheckManifestsThere() {
  COFFER_ASSIGN(bool any, repository_.HasManifests());
  if (any) {
    unpublished_ = false;
    return Status::Ok();
  }
  COFFER_TRY(repository_.CheckManifestsThere());
  unpublished_ = true;
  return Status::Ok();
}

// Keeps what the manifests have shown: the sequence number of a removed backup must not be used again.
Status RepositorySession::KeepLease() {
  if (last_sequence_ == lease_.last_sequence && unpublished_ == lease_.unpublished) return Status::Ok();
  COFFER_TRY(CheckHeld());
  lease_.last_sequence = last_sequence_;
  lease_.unpublished = unpublished_;
  return WriteLease(repository_.objects(), lease_);
}

Status RepositorySession::CheckHeld() const {
  COFFER_ASSIGN(std::string uuid, repository_.Uuid());
  if (uuid != uuid_)
    return Status::Conflict("repository " + repository_.path() + ": was replaced by another one during the session");
  COFFER_ASSIGN(Lease lease, ReadLease(repository_.objects()));
  if (lease.fencing == lease_.fencing) return Status::Ok();
  return Status::Conflict("repository " + repository_.path() + ": another session has taken it");
}

Status RepositorySession::PublishManifest(const BackupManifest& manifest, std::string_view sealed) {
  COFFER_ASSIGN(std::string text, EncodeManifest(manifest));
  COFFER_TRY(CheckHeld());
  const std::string name = Repository::ManifestName(manifest.info.id);
  Status status = storage::PutObject(repository_.objects(), name, text.append(sealed));
  if (status.ok()) {
    COFFER_CHECK(manifest.info.sequence > last_sequence_);
    last_sequence_ = std::max(last_sequence_, manifest.info.sequence);
    live_.insert(live_.begin(), manifest);
    const bool first = std::exchange(unpublished_, false);
    // The backup exists, so this cannot fail it; the next session writes it too.
    if (first) KeepLease().Ignore();
  } else if (status.code() != StatusCode::kAlreadyExists) {
    // The manifest may have its name without being durable, but a failed backup must not be listed.
    repository_.objects().Delete(name).Ignore();
  }
  return status;
}

Status RepositorySession::MoveToTrash(std::string_view id, Timestamp deleted_at) {
  storage::ObjectStore& objects = repository_.objects();
  Result<std::string> bytes = storage::ReadObject(objects, Repository::ManifestName(id), 2 * kManifestBytesMax);
  if (!bytes.ok() &&
      (bytes.status().code() == StatusCode::kInvalidArgument || bytes.status().code() == StatusCode::kNotFound)) {
    return Status::NotFound("not found in " + repository_.path());
  }
  if (!bytes.ok()) return std::move(bytes).status();
  COFFER_TRY(CheckHeld());
  Status put = storage::PutObject(objects, Repository::TrashName(id, deleted_at), *bytes);
  if (!put.ok() && put.code() != StatusCode::kAlreadyExists) return put;
  COFFER_TRY(objects.Delete(Repository::ManifestName(id)));
  const auto moved = std::ranges::find(live_, id, [](const BackupManifest& manifest) { return manifest.info.id; });
  if (moved == live_.end()) return ReadManifests();  // its manifest was damaged
  moved->info.deleted_at = deleted_at;
  trash_.push_back(std::move(*moved));
  live_.erase(moved);
  COFFER_CHECK(IsEachInOnePlace());
  return Status::Ok();
}

bool RepositorySession::IsEachInOnePlace() const {
  std::unordered_set<std::string> ids;
  for (const BackupManifest& manifest : live_) ids.insert(manifest.info.id);
  return std::ranges::none_of(trash_, [&](const BackupManifest& manifest) { return ids.contains(manifest.info.id); });
}

Status RepositorySession::TakeFromTrash(std::string_view id) {
  storage::ObjectStore& objects = repository_.objects();
  COFFER_ASSIGN(std::vector<Repository::TrashEntry> entries, repository_.Trash());
  const auto entry = std::ranges::find(entries, id, &Repository::TrashEntry::id);
  if (entry == entries.end()) return Status::NotFound("backup " + std::string(id) + ": is not in the trash");
  COFFER_ASSIGN(std::string bytes, storage::ReadObject(objects, entry->name, 2 * kManifestBytesMax));
  COFFER_TRY(CheckHeld());
  // kAlreadyExists: an earlier call crashed between these two steps.
  Status put = storage::PutObject(objects, Repository::ManifestName(id), bytes);
  if (!put.ok() && put.code() != StatusCode::kAlreadyExists) return put;
  COFFER_TRY(objects.Delete(entry->name));
  return ReadManifests();
}

Status RepositorySession::Purge(const Repository::TrashEntry& entry) {
  COFFER_TRY(CheckHeld());
  COFFER_TRY(KeepIfLast(entry));
  COFFER_TRY(repository_.objects().Delete(entry.name));
  return ReadManifests();
}

// After the last manifest is removed, its objects are garbage, even if a crash comes before they are swept.
Status RepositorySession::KeepIfLast(const Repository::TrashEntry& entry) {
  COFFER_ASSIGN(std::vector<std::string> ids, repository_.Ids());
  COFFER_ASSIGN(std::vector<Repository::TrashEntry> trash, repository_.Trash());
  if (!ids.empty() || trash.size() != 1 || trash.front().name != entry.name) return Status::Ok();
  unpublished_ = true;
  return KeepLease();
}

Result<std::uint64_t> RepositorySession::SweepObjects() {
  if (!damage_.ok()) return damage_;
  COFFER_TRY(CheckHeld());
  COFFER_ASSIGN(std::vector<std::string> names, UnnamedObjects(repository_, {&live_, &trash_}));
  std::uint64_t freed = 0;
  for (const std::string& name : names) {
    COFFER_CHECK(Repository::IsObjectName(name));
    COFFER_ASSIGN(std::uint64_t size, repository_.objects().Size(name));
    COFFER_TRY(repository_.objects().Delete(name));
    freed += size;
  }
  return freed;
}

void CountRepository(engine::EngineCore& core) {
  if (Result<std::uint64_t> bytes = storage::TreeBytes(core.files(), core.repository()); bytes.ok()) {
    core.backups_bytes = *bytes;
  }
  if (Result<std::vector<std::string>> ids = Repository(core.files(), core.repository()).Ids(); ids.ok()) {
    core.backups_count = ids->size();
  }
}

}  // namespace coffer::operations
