#include "operations/repository/repository.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "format/json/json_tree.h"
#include "format/records/ulid.h"
#include "operations/repository/lease.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr int kRepositoryVersion = 1;
constexpr std::uint64_t kIdentityBytesMax = 65'536;
constexpr std::size_t kLineStepBytes = std::size_t{64} << 10;

// Ids of backups are ULIDs; anything else must not become a name.
bool IsBackupId(std::string_view id) {
  constexpr std::size_t kUlidBytes = 26;
  return id.size() == kUlidBytes && id.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == std::string_view::npos;
}

// Reads a manifest's first line only.
Result<std::string> ReadFirstLine(const RandomAccessFile& file) {
  std::string line;
  for (std::size_t read = kLineStepBytes; read == kLineStepBytes;) {
    if (line.size() > kManifestBytesMax) return Status::Corruption("its first line has no end");
    const std::size_t before = line.size();
    line.resize(before + kLineStepBytes);
    COFFER_ASSIGN(std::size_t got, file.Read(before, kLineStepBytes, line.data() + before));
    read = got;
    line.resize(before + read);
    if (const std::size_t end = line.find('\n', before); end != std::string::npos) {
      line.resize(end + 1);
      return line;
    }
  }
  return line;
}

Result<std::string> ParseIdentity(const std::string& text) {
  try {
    const nlohmann::json json = format::ParseJsonTree<nlohmann::json>(text);
    if (json.at("coffer_repository").get<int>() > kRepositoryVersion || !json.at("features").empty()) {
      return Status::Unavailable("the repository has a newer version");
    }
    return json.at("uuid").get<std::string>();
  } catch (const nlohmann::json::exception&) {
    return Status::Corruption("not the file of a repository");
  }
}

void SortNewestFirst(std::vector<BackupManifest>& manifests) {
  std::ranges::sort(manifests, [](const BackupManifest& a, const BackupManifest& b) {
    return a.info.sequence != b.info.sequence ? a.info.sequence > b.info.sequence : a.info.id > b.info.id;
  });
}

// Skips a manifest that was removed meanwhile.
Status AddTo(Repository::Listing& listing, Result<BackupManifest> manifest, const std::string& id,
             std::optional<Timestamp> deleted_at) {
  if (manifest.ok()) {
    manifest->info.deleted_at = deleted_at;
    listing.manifests.push_back(std::move(*manifest));
    return Status::Ok();
  }
  if (manifest.status().code() == StatusCode::kNotFound) return Status::Ok();
  if (manifest.status().code() == StatusCode::kIoError) return std::move(manifest).status();
  BackupInfo& damaged = listing.damaged.emplace_back();
  damaged.id = id;
  damaged.created_at = {format::UlidMilliseconds(id).value_or(0) * 1000};
  damaged.deleted_at = deleted_at;
  damaged.damage = manifest.status().message();
  return Status::Ok();
}

Result<std::vector<BackupManifest>> WithoutDamaged(Result<Repository::Listing> listing) {
  if (!listing.ok()) return std::move(listing).status();
  if (!listing->damaged.empty()) return Status::Corruption(listing->damaged.front().damage);
  return std::move(listing->manifests);
}

// "trash/<id>.<microseconds>"
std::optional<Repository::TrashEntry> ParseTrashName(const std::string& name) {
  const std::size_t begin = name.rfind('/') + 1;
  const std::size_t point = name.rfind('.');
  if (point == std::string::npos || point < begin) return std::nullopt;
  Repository::TrashEntry entry{name, name.substr(begin, point - begin), {}};
  const char* const end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + point + 1, end, entry.deleted_at.microseconds);
  if (parsed.ec != std::errc() || parsed.ptr != end || !IsBackupId(entry.id)) return std::nullopt;
  return entry;
}

}  // namespace

Status NoIdentityFor(const BackupManifest& manifest) {
  std::string recipients;
  for (const std::string& recipient : manifest.info.recipients) recipients += (recipients.empty() ? "" : ", ") + recipient;
  return Status::PermissionDenied("backup " + manifest.info.id + " is encrypted to " + recipients +
                                  ", but no available identity can decrypt it");
}

Result<std::string> Repository::Uuid() const {
  COFFER_ASSIGN(std::string text, storage::ReadObject(*objects_, "repository.json", kIdentityBytesMax));
  COFFER_ASSIGN_CONTEXT(std::string uuid, ParseIdentity(text), path_ + "/repository.json");
  return uuid;
}

Result<std::vector<std::string>> Repository::Ids() const {
  COFFER_ASSIGN(std::vector<std::string> names, objects_->List("manifests"));
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    std::string id = name.substr(name.rfind('/') + 1);
    if (IsBackupId(id)) ids.push_back(std::move(id));
  }
  return ids;
}

Result<bool> Repository::HasManifests() const {
  COFFER_ASSIGN(std::vector<std::string> ids, Ids());
  if (!ids.empty()) return true;
  COFFER_ASSIGN(std::vector<TrashEntry> trash, Trash());
  return !trash.empty();
}

bool Repository::IsObjectName(std::string_view name) {
  constexpr std::size_t kIdBytes = 64;
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view id = name.substr(slash + 1);
  return id.size() == kIdBytes && id.find_first_not_of("0123456789abcdef") == std::string_view::npos && name == ObjectName(id);
}

Status Repository::CheckManifestsThere() const {
  COFFER_ASSIGN(bool any, HasManifests());
  if (any) return Status::Ok();
  COFFER_ASSIGN(Lease lease, ReadLease(*objects_));
  if (lease.unpublished) return Status::Ok();
  COFFER_ASSIGN(std::vector<std::string> names, objects_->List(kObjectsName));
  const auto objects = std::ranges::count_if(names, &IsObjectName);
  if (objects == 0) return Status::Ok();
  return Status::Corruption(path_ + ": has " + std::to_string(objects) +
                            " objects but no manifest: its manifests/ is lost or not visible. Nothing is removed. Make " +
                            path_ + "/manifests visible again, or move objects/ away to begin a new repository");
}

Result<BackupManifest> Repository::ReadNamed(const std::string& name, std::string_view id) const {
  COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, objects_->Open(name));
  COFFER_ASSIGN_CONTEXT(std::string line, ReadFirstLine(*file), path_ + "/" + name);
  COFFER_ASSIGN_CONTEXT(BackupManifest manifest, DecodeManifest(line), path_ + "/" + name);
  if (manifest.info.id != id) {
    return Status::Corruption(path_ + "/" + name + ": is the manifest of backup " + manifest.info.id);
  }
  return manifest;
}

Result<BackupManifest> Repository::Read(std::string_view id) const {
  const Status missing = Status::NotFound("backup " + std::string(id) + ": not found in " + path_);
  if (!IsBackupId(id)) return missing;
  Result<BackupManifest> manifest = ReadNamed(ManifestName(id), id);
  if (!manifest.ok() && manifest.status().code() == StatusCode::kNotFound) return missing;
  return manifest;
}

Result<Repository::Listing> Repository::ListAll() const {
  COFFER_ASSIGN(std::vector<std::string> ids, Ids());
  Listing listing;
  for (const std::string& id : ids) {
    COFFER_TRY(AddTo(listing, Read(id), id, std::nullopt));
  }
  if (ids.empty()) {
    COFFER_TRY(CheckManifestsThere());
  }
  SortNewestFirst(listing.manifests);
  return listing;
}

Result<std::vector<BackupManifest>> Repository::List() const { return WithoutDamaged(ListAll()); }

Result<std::vector<Repository::TrashEntry>> Repository::TrashEntries(bool live) const {
  COFFER_ASSIGN(std::vector<std::string> names, objects_->List("trash"));
  COFFER_ASSIGN(std::vector<std::string> ids, Ids());
  const std::set<std::string> live_ids(ids.begin(), ids.end());
  std::vector<TrashEntry> entries;
  for (const std::string& name : names) {
    std::optional<TrashEntry> entry = ParseTrashName(name);
    if (entry && live_ids.contains(entry->id) == live) entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<Repository::Listing> Repository::ListAllTrash() const {
  COFFER_ASSIGN(std::vector<TrashEntry> entries, Trash());
  Listing listing;
  for (const TrashEntry& entry : entries) {
    COFFER_TRY(AddTo(listing, ReadNamed(entry.name, entry.id), entry.id, entry.deleted_at));
  }
  SortNewestFirst(listing.manifests);
  return listing;
}

Result<std::vector<BackupManifest>> Repository::ListTrash() const { return WithoutDamaged(ListAllTrash()); }

Result<BackupManifest> Repository::Find(std::string_view id) const {
  if (id != kLatest) return Read(id);
  COFFER_ASSIGN(Listing listing, ListAll());
  const auto newest = std::ranges::find_if(
      listing.manifests, [](const BackupManifest& manifest) { return manifest.info.reason != BackupReason::kSafety; });
  const bool found = newest != listing.manifests.end();
  for (const BackupInfo& damaged : listing.damaged) {
    // Ids are in the order of creation.
    if (found && damaged.id < newest->info.id) continue;
    return Status::Corruption(damaged.damage + "; it may be the latest: name another backup by its id, or delete this one");
  }
  if (found) return std::move(*newest);
  return Status::NotFound("no backup in " + path_);
}

Result<SealedManifest> Repository::ReadSealed(const BackupManifest& manifest,
                                              std::span<const format::AgeIdentity> identities) const {
  const std::string name = ManifestName(manifest.info.id);
  const auto damaged = [&](const std::string& what) { return Status::Corruption(path_ + "/" + name + ": " + what); };
  COFFER_ASSIGN(std::string whole, storage::ReadObject(*objects_, name, 2 * kManifestBytesMax));
  const std::size_t line_end = whole.find('\n');
  if (line_end == std::string::npos) return damaged("has no sealed part");
  std::string stored = whole.substr(line_end + 1);
  format::Sha256 hash;
  hash.Update(stored);
  if (stored.size() != manifest.sealed_bytes || format::HexText(hash.Finish()) != manifest.sealed_sha256) {
    return damaged("its sealed part is damaged");
  }
  Result<std::string> plain = DecodeObject(std::move(stored), manifest.info.encrypted, identities, kManifestBytesMax);
  if (!plain.ok() && plain.status().code() == StatusCode::kPermissionDenied) return NoIdentityFor(manifest);
  if (!plain.ok()) return std::move(plain).status().WithContext(path_ + "/" + name);
  COFFER_ASSIGN_CONTEXT(SealedManifest sealed, DecodeSealedManifest(*plain, manifest), path_ + "/" + name);
  return sealed;
}

Result<std::unique_ptr<ObjectReader>> Repository::OpenObject(const BackupManifest& manifest, std::size_t object,
                                                             std::span<const format::AgeIdentity> identities) const {
  const StoredObject& stored = manifest.objects[object];
  const std::string name = ObjectName(stored.id);
  Result<std::unique_ptr<RandomAccessFile>> file = objects_->Open(name);
  if (!file.ok() && file.status().code() == StatusCode::kNotFound) {
    return Status::Corruption(path_ + "/" + name + ": is missing");
  }
  if (!file.ok()) return std::move(file).status();
  Result<std::unique_ptr<ObjectReader>> reader =
      ObjectReader::Open(std::move(*file), stored.stored_bytes, manifest.info.encrypted, identities);
  if (!reader.ok() && reader.status().code() == StatusCode::kPermissionDenied) {
    // The identities have decrypted the sealed part, which has the same recipients.
    return Status::Corruption(path_ + "/" + name + ": cannot be decrypted although the manifest can be: its header is damaged");
  }
  if (!reader.ok()) return std::move(reader).status().WithContext(path_ + "/" + name);
  return reader;
}

Status Repository::CheckObjectThere(const StoredObject& object) const {
  const std::string name = ObjectName(object.id);
  Result<std::uint64_t> size = objects_->Size(name);
  if (!size.ok() && size.status().code() == StatusCode::kNotFound) {
    return Status::Corruption(path_ + "/" + name + ": is missing");
  }
  if (!size.ok()) return std::move(size).status();
  if (*size == object.stored_bytes) return Status::Ok();
  return Status::Corruption(path_ + "/" + name + ": has " + std::to_string(*size) + " bytes, but the manifest says " +
                            std::to_string(object.stored_bytes));
}

Status Repository::CheckObjectsThere(const BackupManifest& manifest) const {
  for (const StoredObject& object : manifest.objects) {
    COFFER_TRY(CheckObjectThere(object));
  }
  return Status::Ok();
}

}  // namespace coffer::operations
