// Repository: reads the folder that holds backups.
//
//   repository.json   format version, uuid, features
//   LOCK, lease       who may change it (repository_session.h)
//   objects/ab/<id>   files of stores (object_codec.h)
//   manifests/<id>    written last; without one a backup does not exist
//   trash/<id>.<us>   manifests of deleted backups, with the time of deletion
//   ledger/<id>       what was erased (ledger/ledger.h)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "operations/repository/manifest.h"
#include "operations/repository/object_codec.h"
#include "storage/object_store.h"

namespace coffer::operations {

inline constexpr std::string_view kLatest = "latest";
inline constexpr std::string_view kObjectsName = "objects";

// Reads need no lock: a file with its final name is complete. Safe for use from many threads.
class Repository {
 public:
  Repository(FileSystem& files, std::string path)
      : path_(std::move(path)), objects_(storage::NewFolderObjectStore(files, path_)) {}

  const std::string& path() const { return path_; }
  storage::ObjectStore& objects() const { return *objects_; }

  // kNotFound: no repository yet.
  // kCorruption: repository.json is damaged.
  // kUnavailable: a newer format.
  Result<std::string> Uuid() const;

  // The ids of all backups, including damaged ones, in no order. Empty without a repository.
  Result<std::vector<std::string>> Ids() const;
  // Readable backups, the newest first, by sequence; and the damaged ones, with the members that BackupInfo documents for them.
  // kCorruption: see CheckManifestsThere.
  struct Listing {
    std::vector<BackupManifest> manifests;
    std::vector<BackupInfo> damaged;
  };
  Result<Listing> ListAll() const;
  // The backups in the trash, with info.deleted_at.
  Result<Listing> ListAllTrash() const;
  // The same if all are readable.
  // kCorruption: one is not; the message names it.
  Result<std::vector<BackupManifest>> List() const;
  Result<std::vector<BackupManifest>> ListTrash() const;
  // kNotFound: no such backup.
  // kCorruption: its manifest is damaged; the message names it.
  Result<BackupManifest> Read(std::string_view id) const;
  // The same for an id or "latest", the newest backup except safety backups.
  // kCorruption: also if a damaged backup may be newer than the latest.
  Result<BackupManifest> Find(std::string_view id) const;
  // kPermissionDenied: no identity can decrypt it; the message names the recipients.
  Result<SealedManifest> ReadSealed(const BackupManifest& manifest, std::span<const format::AgeIdentity> identities) const;

  // Opens an object of a backup with identities that have decrypted its sealed part.
  // kCorruption: it is missing, has the wrong length or is damaged; the message names it.
  Result<std::unique_ptr<ObjectReader>> OpenObject(const BackupManifest& manifest, std::size_t object,
                                                   std::span<const format::AgeIdentity> identities) const;
  // kCorruption: it is missing, or its length differs from the manifest.
  Status CheckObjectThere(const StoredObject& object) const;
  Status CheckObjectsThere(const BackupManifest& manifest) const;

  // Whether there is a manifest, readable or not, live or in the trash.
  Result<bool> HasManifests() const;
  // kCorruption: there are objects but no manifest, and the lease does not say that none was ever published: the manifests are
  // lost or not visible, for example because a file system is not mounted.
  Status CheckManifestsThere() const;

  // "objects/ab/<64 hex digits that begin with ab>": a name that a session could have written.
  static bool IsObjectName(std::string_view name);
  static std::string ManifestName(std::string_view id) { return "manifests/" + std::string(id); }
  static std::string ObjectName(std::string_view id) {
    return std::string(kObjectsName) + "/" + std::string(id.substr(0, 2)) + "/" + std::string(id);
  }
  static std::string TrashName(std::string_view id, Timestamp deleted_at) {
    return "trash/" + std::string(id) + "." + std::to_string(deleted_at.microseconds);
  }

  // A manifest in the trash, known by its name alone, so it may be damaged.
  struct TrashEntry {
    std::string name;
    std::string id;
    Timestamp deleted_at;
  };
  Result<std::vector<TrashEntry>> Trash() const { return TrashEntries(/*live=*/false); }
  // Copies in the trash of live backups: a crash interrupted a move between its two steps. Such a backup counts as live only.
  Result<std::vector<TrashEntry>> TrashOfLive() const { return TrashEntries(/*live=*/true); }

 private:
  Result<std::vector<TrashEntry>> TrashEntries(bool live) const;
  Result<BackupManifest> ReadNamed(const std::string& name, std::string_view id) const;

  std::string path_;
  std::unique_ptr<storage::ObjectStore> objects_;
};

// kPermissionDenied: no available identity can decrypt the backup; the message names its recipients.
Status NoIdentityFor(const BackupManifest& manifest);

}  // namespace coffer::operations
