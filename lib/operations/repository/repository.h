// Repository: where backups lie, and what in it is a backup.
//
//   repository.json   format version, uuid, features
//   LOCK, lease       who may change it (repository_session.h)
//   objects/ab/<id>   files of stores (object_codec.h)
//   manifests/<id>    written last
//   trash/<id>.<us>   manifests of deleted backups, with the time of the deletion
//   ledger/<id>       what was erased (erase/ledger.h)
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

// Reads need no lock: what has a final name is whole. Safe for use from many threads.
class Repository {
 public:
  Repository(FileSystem& files, std::string path)
      : path_(std::move(path)), objects_(storage::NewFolderObjectStore(files, path_)) {}

  const std::string& path() const { return path_; }
  storage::ObjectStore& objects() const { return *objects_; }

  // kNotFound: there is no repository yet. kCorruption; kUnavailable: of a newer format.
  Result<std::string> Uuid() const;

  // Ids of all backups, damaged ones among them, in no order. No repository: none.
  Result<std::vector<std::string>> Ids() const;
  // Readable ones, the newest first, by sequence; and of the others what BackupInfo tells of such.
  struct Listing {
    std::vector<BackupManifest> manifests;
    std::vector<BackupInfo> damaged;
  };
  Result<Listing> ListAll() const;
  // Those in the trash, with info.deleted_at.
  Result<Listing> ListAllTrash() const;
  // The same where all must be readable: else kCorruption naming one that is not.
  Result<std::vector<BackupManifest>> List() const;
  Result<std::vector<BackupManifest>> ListTrash() const;
  // kNotFound: no such backup. kCorruption names the manifest.
  Result<BackupManifest> Read(std::string_view id) const;
  // The same for an id or "latest": the newest that is no safety backup. kCorruption: a damaged one may be newer.
  Result<BackupManifest> Find(std::string_view id) const;
  // kPermissionDenied names the recipients where none of the identities fits.
  Result<SealedManifest> ReadSealed(const BackupManifest& manifest, std::span<const format::AgeIdentity> identities) const;

  // Of a backup's object, by identities that have read its sealed part. kCorruption: it is missing, has the wrong length, or is
  // damaged; the message names it.
  Result<std::unique_ptr<ObjectReader>> OpenObject(const BackupManifest& manifest, std::size_t object,
                                                   std::span<const format::AgeIdentity> identities) const;
  // kCorruption: it is missing, or has another length than the manifest says.
  Status CheckObjectThere(const StoredObject& object) const;
  Status CheckObjectsThere(const BackupManifest& manifest) const;

  static std::string ManifestName(std::string_view id) { return "manifests/" + std::string(id); }
  static std::string ObjectName(std::string_view id) {
    return std::string(kObjectsName) + "/" + std::string(id.substr(0, 2)) + "/" + std::string(id);
  }
  static std::string TrashName(std::string_view id, Timestamp deleted_at) {
    return "trash/" + std::string(id) + "." + std::to_string(deleted_at.microseconds);
  }

  // What lies in the trash, by name alone: a damaged one too.
  struct TrashEntry {
    std::string name;
    std::string id;
    Timestamp deleted_at;
  };
  Result<std::vector<TrashEntry>> Trash() const { return TrashEntries(/*live=*/false); }
  // Copies in the trash of backups that are live: a crash came between the two steps of moving one. They count as live alone.
  Result<std::vector<TrashEntry>> TrashOfLive() const { return TrashEntries(/*live=*/true); }

 private:
  Result<std::vector<TrashEntry>> TrashEntries(bool live) const;
  Result<BackupManifest> ReadNamed(const std::string& name, std::string_view id) const;

  std::string path_;
  std::unique_ptr<storage::ObjectStore> objects_;
};

// kPermissionDenied: what a backup is encrypted to, and that no identity at hand reads it.
Status NoIdentityFor(const BackupManifest& manifest);

}  // namespace coffer::operations
