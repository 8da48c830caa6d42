// FailingFileSystem: a file system over another one that fails on demand: at the n-th call, in the middle of a write, when a
// quota is used up, or by a loss of power.
//
// The model of a power loss, deliberately strict:
// * Of a file's bytes those survive that were there at its last Sync. What was written through this object and not synced is
//   cut off. Truncating (also by NewWritableFile) takes effect at once.
// * A name survives if SyncDirectory was called on its folder after it was made: files, folders, links. Syncing the file
//   itself is not enough. A rename that was not synced is undone, and a file that it replaced is back.
// * A removal stays. (A file that comes back is what a store meets after any crash; tests of leftovers cover it.)
// * What was there before, or was changed behind this object's back, is taken to be on the device.
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
  kAnyChange,   // everything that can change what is stored, syncs included
  kAnyLasting,  // those that change what a loss of power leaves: syncs, removals, truncations
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

// Which call is to fail, and how.
struct FileFailure {
  FileOperation operation = FileOperation::kAny;
  std::string path_part = {};  // Only calls on paths that contain it.
  std::uint64_t nth = 1;       // The n-th such call from now on.
  bool repeat = false;         // And every such call after it.
  Status status = Status::IoError("injected failure");
  std::size_t torn_bytes = 0;  // For an Append: this many bytes are written before it fails.
  bool cuts_power = false;     // And everything fails from then on, until RestorePower.
};

// Safe to use from many threads.
class FailingFileSystem final : public FileSystem {
 public:
  // `base` must outlive this object.
  explicit FailingFileSystem(FileSystem& base) : base_(base) {}

  // One failure at a time; a new one replaces it.
  void FailOn(FileFailure failure);
  void Heal();
  // Appends beyond this many bytes from now on fail with kResourceExhausted, after writing what still fits. FreeBytes tells it.
  void LimitBytes(std::uint64_t bytes);
  // From now on no sync reaches the device: a loss of power is only played here, and a test of many need not wait for one.
  void SkipRealSyncs() { real_syncs_ = false; }
  // Calls so far that could have failed, and those among them that could have changed something.
  std::uint64_t calls() const;
  std::uint64_t changes() const;

  // From now on every call fails, until RestorePower.
  void CutPower();
  // Makes the real folder what would have survived, except that of each file up to `unsynced_bytes_kept` bytes behind its
  // synced ones stay: a torn tail. Everything opened must be closed before.
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

  // A file's bytes, whatever its names are.
  struct Content {
    std::uint64_t written_bytes = 0;
    std::uint64_t synced_bytes = 0;
  };
  // A change of a name that a power loss would undo.
  struct PendingName {
    enum class Change { kFile, kDirectory, kRename } change;
    std::string path;
    std::string renamed_from;
    std::optional<std::string> replaced;  // The bytes of the file that a rename replaced.
  };

  Status Gate(FileOperation operation, const std::string& path, std::size_t* torn_bytes = nullptr);
  using Opening = Result<std::unique_ptr<WritableFile>> (FileSystem::*)(const std::string& path);
  Result<std::unique_ptr<WritableFile>> OpenForWriting(const std::string& path, Opening open, bool truncates);
  // How much of `bytes` still fits.
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
  std::vector<PendingName> pending_;  // In the order they happened.
};

}  // namespace coffer
