// FailingFileSystem: forwards to another file system and fails on demand: at the n-th call, in the middle of a write, when a
// quota is used up, or by a power loss.
//
// The model of a power loss is strict on purpose:
// * Of a file's bytes, those of its last Sync survive. Unsynced writes through this object are cut off. Truncating (also by
//   NewWritableFile) takes effect at once.
// * The name of a file, folder or link survives if SyncDirectory was called on its folder after it was created. Syncing the
// file
//   itself is not enough. An unsynced rename is undone, and a file that it replaced is back.
// * A removal stays. (Files that come back are covered by the tests of temporary files.)
// * Files from before, and changes made without this object, are taken to be on the device.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "coffer/file_system.h"

namespace coffer {

enum class FileOperation {
  kAny,
  kAnyChange,   // everything that can change stored data, syncs included
  kAnyLasting,  // those that change the result of a power loss: syncs, removals, truncations
  kOpenForWriting,
  kAppend,
  kFlush,
  kSync,
  kClose,
  kOpenForReading,
  kRead,
  kStat,
  kList,
  kCreateDirectory,
  kRemove,
  kRename,
  kLink,
  kTruncate,
  kSyncDirectory,
  kLock,
};

// Which call fails, and how.
struct FileFailure {
  FileOperation operation = FileOperation::kAny;
  std::string path_part = {};  // only calls on paths that contain it
  std::uint64_t nth = 1;       // the n-th such call from now on
  bool repeat = false;         // and every such call after it
  Status status = Status::IoError("injected failure");
  std::size_t torn_bytes = 0;  // for an Append: this many bytes are written before it fails
  bool cuts_power = false;     // and everything fails from then on, until RestorePower
};

// Safe to use from many threads.
class FailingFileSystem final : public FileSystem {
 public:
  // `base` must outlive this object.
  explicit FailingFileSystem(FileSystem& base) : base_(base) {}

  // One failure at a time; a new one replaces it.
  void FailOn(FileFailure failure);
  void Heal();
  // Appends beyond this many bytes from now on fail with kResourceExhausted, after writing what still fits. FreeBytes returns
  // the rest.
  void LimitBytes(std::uint64_t bytes);
  // From now on no sync reaches the device: power losses are only simulated, and a test of many need not wait for it.
  void SkipRealSyncs() { real_syncs_ = false; }
  // The number of calls so far that could have failed, and of those that could have changed something.
  std::uint64_t calls() const;
  std::uint64_t changes() const;

  // From now on every call fails, until RestorePower.
  void CutPower();
  // Makes the real folder what would have survived, except that up to `unsynced_bytes_kept` unsynced bytes at the end of each
  // file stay: a torn tail. Everything opened must be closed before.
  Status DropUnsynced(std::uint64_t unsynced_bytes_kept = 0);
  void RestorePower();

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
  friend class FailingWritableFile;
  friend class FailingRandomAccessFile;

  // A file's bytes, under any of its names.
  struct Content {
    std::uint64_t written_bytes = 0;
    std::uint64_t synced_bytes = 0;
  };
  // A change of a name that a power loss would undo.
  struct PendingName {
    enum class Change { kFile, kDirectory, kRename } change;
    std::string path;
    std::string renamed_from;
    std::optional<std::string> replaced;  // the bytes of the file that a rename replaced
  };

  Status Gate(FileOperation operation, const std::string& path, std::size_t* torn_bytes = nullptr);
  using Opening = Result<std::unique_ptr<WritableFile>> (FileSystem::*)(const std::string& path);
  Result<std::unique_ptr<WritableFile>> OpenForWriting(const std::string& path, Opening open, bool truncates);
  // How many of `bytes` still fit.
  std::size_t TakeSpace(std::size_t bytes);
  void Move(const std::string& from, const std::string& to);
  Status Undo(const PendingName& pending);
  bool RemovePendingCreation(const std::string& path);

  FileSystem& base_;
  mutable std::mutex mutex_;
  std::optional<FileFailure> failure_;
  std::uint64_t matches_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t space_bytes_ = std::numeric_limits<std::uint64_t>::max();
  bool power_cut_ = false;
  std::atomic<bool> real_syncs_{true};
  std::map<std::string, std::shared_ptr<Content>> contents_;
  std::vector<PendingName> pending_;  // in order
};

}  // namespace coffer
