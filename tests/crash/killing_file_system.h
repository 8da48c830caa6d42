// KillingFileSystem: forwards to another file system, and ends the process by SIGKILL at the n-th call that changes a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/file_system.h"

namespace coffer::crash {

// Never returns.
[[noreturn]] void KillThisProcess();

// The call at which the process dies.
struct Death {
  std::uint64_t call = 0;  // counted from 1; 0: none
  bool behind = false;     // dies after the call, in the middle of an append; else before it
  std::string only = {};   // counts only calls that contain it, written as "rename /path/of/the/new/name"
};

// Counts writes, flushes, syncs, creations, removals, renames (by the new name), links, truncations and locks: all calls that
// can change the disk. Safe to use from many threads, whose calls then mix.
class KillingFileSystem final : public FileSystem {
 public:
  using LastWords = std::function<void(std::string_view call, const std::string& path)>;

  // `last_words` receives the call. `base` must outlive this object.
  KillingFileSystem(FileSystem& base, Death death, LastWords last_words)
      : base_(base), death_(std::move(death)), last_words_(std::move(last_words)) {}

  std::uint64_t calls() const { return calls_.load(); }

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
  friend class KillingWritableFile;

  // Counts a call and returns whether it is the last one.
  bool Count(std::string_view call, const std::string& path);
  [[noreturn]] void Die(std::string_view call, const std::string& path) const;

  template <typename Action>
  auto Make(std::string_view call, const std::string& path, const Action& action) {
    const bool last = Count(call, path);
    if (last && !death_.behind) Die(call, path);
    auto result = action();
    if (last) Die(call, path);
    return result;
  }

  FileSystem& base_;
  const Death death_;
  const LastWords last_words_;
  std::atomic<std::uint64_t> calls_{0};
};

}  // namespace coffer::crash
