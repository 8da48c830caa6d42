// BackupFileSystem: the files of a backup as a read-only folder. They are decoded when they are read, so a store opens in the
// backup without being restored.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coffer/file_system.h"
#include "operations/repository/manifest.h"
#include "operations/repository/repository.h"
#include "vocabulary/mutex.h"

namespace coffer::operations {

// An LRU cache of decoded object frames. Safe for use from many threads.
class FrameCache {
 public:
  explicit FrameCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  using Key = std::pair<std::size_t, std::size_t>;  // object, frame
  // Null: not cached.
  std::shared_ptr<const std::string> Find(const Key& key);
  void Put(const Key& key, std::shared_ptr<const std::string> frame);

 private:
  using Entry = std::pair<Key, std::shared_ptr<const std::string>>;
  const std::size_t bytes_max_;
  Mutex mutex_;
  std::list<Entry> entries_ COFFER_GUARDED_BY(mutex_);  // the most recently used first
  std::map<Key, std::list<Entry>::iterator> places_ COFFER_GUARDED_BY(mutex_);
  std::size_t bytes_ COFFER_GUARDED_BY(mutex_) = 0;
};

// Paths are "<root>/<file>"; the caller chooses the root. Safe for use from many threads.
// kPermissionDenied: every call that would write.
class BackupFileSystem final : public FileSystem {
 public:
  BackupFileSystem(Repository repository, BackupManifest manifest, SealedManifest sealed,
                   std::vector<format::AgeIdentity> identities, std::string root, std::size_t cache_bytes);

  const std::string& root() const { return root_; }

  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) override;
  Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string& path) override;
  Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string& path) override;
  Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string& path) override;
  Result<FileInfo> Stat(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Status CreateDirectory(const std::string& path) override;
  Status RemoveFile(const std::string& path) override;
  Status RemoveDirectory(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Link(const std::string& existing, const std::string& path) override;
  Status Truncate(const std::string& path, std::uint64_t size_bytes) override;
  Status SyncDirectory(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path, bool exclusive) override;
  Result<std::uint64_t> FreeBytes(const std::string& path) override;

 private:
  const BackupFile* Find(const std::string& path) const;

  const Repository repository_;
  const BackupManifest manifest_;
  const std::vector<format::AgeIdentity> identities_;
  const std::string root_;
  std::map<std::string, BackupFile, std::less<>> files_;
  FrameCache cache_;
};

}  // namespace coffer::operations
