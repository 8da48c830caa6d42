// A file system that tells of every file that is opened for writing, before it is: a way into the middle of an operation.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "coffer/file_system.h"

namespace coffer {

class WatchedFileSystem final : public FileSystem {
 public:
  // `base` must outlive this object.
  explicit WatchedFileSystem(FileSystem& base) : base_(base) {}

  // Called once, on the thread that opens the first file from now on whose path contains `path_part`.
  void OnNextOpen(std::string path_part, std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    path_part_ = std::move(path_part);
    hook_ = std::move(hook);
  }

  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) override {
    CallHook(path);
    return base_.NewWritableFile(path);
  }
  Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string& path) override {
    return base_.NewAppendableFile(path);
  }
  Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string& path) override {
    CallHook(path);
    return base_.NewPrivateFile(path);
  }
  Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string& path) override {
    return base_.NewRandomAccessFile(path);
  }
  Result<FileInfo> Stat(const std::string& path) override { return base_.Stat(path); }
  Result<std::vector<std::string>> List(const std::string& directory) override { return base_.List(directory); }
  Status CreateDirectory(const std::string& path) override { return base_.CreateDirectory(path); }
  Status RemoveFile(const std::string& path) override { return base_.RemoveFile(path); }
  Status RemoveDirectory(const std::string& path) override { return base_.RemoveDirectory(path); }
  Status Rename(const std::string& from, const std::string& to) override { return base_.Rename(from, to); }
  Status Link(const std::string& existing, const std::string& path) override { return base_.Link(existing, path); }
  Status Truncate(const std::string& path, std::uint64_t size_bytes) override { return base_.Truncate(path, size_bytes); }
  Status SyncDirectory(const std::string& path) override { return base_.SyncDirectory(path); }
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path, bool exclusive) override {
    return base_.Lock(path, exclusive);
  }
  Result<std::uint64_t> FreeBytes(const std::string& path) override { return base_.FreeBytes(path); }

 private:
  void CallHook(const std::string& path) {
    std::function<void()> hook;
    {
      const std::lock_guard lock(mutex_);
      if (hook_ && path.find(path_part_) != std::string::npos) hook.swap(hook_);
    }
    if (hook) hook();
  }

  FileSystem& base_;
  std::mutex mutex_;
  std::string path_part_;
  std::function<void()> hook_;
};

}  // namespace coffer
