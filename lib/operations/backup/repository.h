// Repository: the folder where backups lie, and what in it is a backup.
//
//   LOCK                    held by the process that changes the repository
//   <id>/manifest.json      written last
//   <id>/store/…            the files of the store
//   <id>.partial/           being made; after a crash nobody's, and removed by the next opening or backup
//   ledger/                 what was erased (erase/ledger.h)
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "operations/backup/manifest.h"

namespace coffer::operations {

// Where things are; cheap to make. Reads need no lock, since a backup appears by one rename.
class Repository {
 public:
  Repository(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string BackupPath(std::string_view id) const { return path_ + "/" + std::string(id); }
  std::string PartialPath(std::string_view id) const { return BackupPath(id) + ".partial"; }

  // Makes the folder if need be, and takes its lock. kBusy: another process holds it.
  Result<std::unique_ptr<FileLock>> Lock();
  // Removes what failed backups left. Under the lock.
  Status Sweep();

  // Ids of all backups, damaged ones among them, in no order. No repository: none.
  Result<std::vector<std::string>> Ids();
  // All manifests, newest first. No repository: none.
  Result<std::vector<BackupManifest>> List();
  // kNotFound: no such backup. kCorruption names the manifest.
  Result<BackupManifest> Read(std::string_view id);
  // The same for an id or "latest": the newest that is no safety backup.
  Result<BackupManifest> Find(std::string_view id);

 private:
  FileSystem& files_;
  std::string path_;
};

inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kStoreName = "store";
inline constexpr std::string_view kLatest = "latest";

}  // namespace coffer::operations
