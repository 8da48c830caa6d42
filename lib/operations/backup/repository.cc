#include "operations/backup/repository.h"

#include <algorithm>

#include "format/record_text.h"
#include "storage/durable_file.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kPartialSuffix = ".partial";
constexpr std::string_view kLockName = "LOCK";

}  // namespace

Result<std::unique_ptr<FileLock>> Repository::Lock() {
  if (Status status = storage::CreateDirectories(files_, path_); !status.ok()) return status.WithContext("repository " + path_);
  Result<std::unique_ptr<FileLock>> lock = files_.Lock(path_ + "/" + std::string(kLockName), true);
  if (!lock.ok()) return std::move(lock).status().WithContext("repository " + path_);
  return lock;
}

Status Repository::Sweep() {
  Result<std::vector<std::string>> names = files_.List(path_);
  if (!names.ok()) return std::move(names).status();
  for (const std::string& name : *names) {
    if (!name.ends_with(kPartialSuffix)) continue;
    if (Status status = storage::RemoveRecursively(files_, path_ + "/" + name); !status.ok()) {
      return status.WithContext("sweeping " + path_);
    }
  }
  return Status::Ok();
}

Result<BackupManifest> Repository::Read(std::string_view id) {
  const Status missing = Status::NotFound("backup " + std::string(id) + ": there is none in " + path_);
  // An id that is none must not lead out of the repository.
  if (!format::CheckId("backup id", id).ok() || id.starts_with('.') || id.ends_with(kPartialSuffix)) return missing;
  const std::string path = BackupPath(id) + "/" + std::string(kManifestName);
  Result<std::string> text = storage::ReadWholeFile(files_, path, kManifestBytesMax);
  if (!text.ok()) {
    if (text.status().code() == StatusCode::kNotFound) return missing;
    return std::move(text).status().WithContext(path);
  }
  Result<BackupManifest> manifest = DecodeManifest(*text);
  if (!manifest.ok()) return std::move(manifest).status().WithContext(path);
  if (manifest->info.id != id) return Status::Corruption(path + ": is the manifest of backup " + manifest->info.id);
  return manifest;
}

Result<std::vector<std::string>> Repository::Ids() {
  std::vector<std::string> ids;
  Result<std::vector<std::string>> names = files_.List(path_);
  if (!names.ok() && names.status().code() == StatusCode::kNotFound) return ids;
  if (!names.ok()) return std::move(names).status();
  for (std::string& name : *names) {
    if (name == kLockName || name.ends_with(kPartialSuffix)) continue;
    Result<FileInfo> manifest_file = files_.Stat(path_ + "/" + name + "/" + std::string(kManifestName));
    if (!manifest_file.ok()) {
      // Not a backup: no folder, or one without a manifest.
      Result<FileInfo> entry = files_.Stat(path_ + "/" + name);
      if (manifest_file.status().code() == StatusCode::kNotFound || (entry.ok() && !entry->is_directory)) continue;
      return std::move(manifest_file).status();
    }
    ids.push_back(std::move(name));
  }
  return ids;
}

Result<std::vector<BackupManifest>> Repository::List() {
  std::vector<BackupManifest> manifests;
  Result<std::vector<std::string>> ids = Ids();
  if (!ids.ok()) return std::move(ids).status();
  for (const std::string& id : *ids) {
    Result<BackupManifest> manifest = Read(id);
    if (!manifest.ok()) {
      if (manifest.status().code() == StatusCode::kNotFound) continue;
      return std::move(manifest).status();
    }
    manifests.push_back(std::move(*manifest));
  }
  std::sort(manifests.begin(), manifests.end(), [](const BackupManifest& a, const BackupManifest& b) {
    return a.info.created_at != b.info.created_at ? a.info.created_at > b.info.created_at : a.info.id > b.info.id;
  });
  return manifests;
}

Result<BackupManifest> Repository::Find(std::string_view id) {
  if (id != kLatest) return Read(id);
  Result<std::vector<BackupManifest>> manifests = List();
  if (!manifests.ok()) return std::move(manifests).status();
  for (BackupManifest& manifest : *manifests) {
    if (manifest.info.reason != kReasonSafety) return std::move(manifest);
  }
  return Status::NotFound("there is no backup in " + path_);
}

}  // namespace coffer::operations
