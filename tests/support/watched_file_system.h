// A file system with a hook before a file is opened for writing: a way into the middle of an operation. It also counts the
// bytes that are read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "coffer/file_system.h"

namespace coffer {

class WatchedFileSystem : public FileSystem {
 public:
  // `base` must outlive this object.
  explicit WatchedFileSystem(FileSystem& base) : base_(base) {}

  // Called once, on the thread that opens the first file from now on whose path contains `path_part`.
  void OnNextOpen(std::string path_part, std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    path_part_ = std::move(path_part);
    hook_ = std::move(hook);
  }

  // By path, since the last call.
  std::map<std::string, std::uint64_t> TakeBytesRead() {
    const std::lock_guard lock(mutex_);
    return std::exchange(bytes_read_, {});
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
    Result<std::unique_ptr<RandomAccessFile>> file = base_.NewRandomAccessFile(path);
    if (!file.ok()) return file;
    return std::unique_ptr<RandomAccessFile>(std::make_unique<CountedFile>(*this, path, std::move(*file)));
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
  class CountedFile final : public RandomAccessFile {
   public:
    CountedFile(WatchedFileSystem& files, std::string path, std::unique_ptr<RandomAccessFile> file)
        : files_(files), path_(std::move(path)), file_(std::move(file)) {}
    Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
      Result<std::size_t> got = file_->Read(offset, length, buffer);
      const std::lock_guard lock(files_.mutex_);
      if (got.ok()) files_.bytes_read_[path_] += *got;
      return got;
    }

   private:
    WatchedFileSystem& files_;
    const std::string path_;
    const std::unique_ptr<RandomAccessFile> file_;
  };

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
  std::map<std::string, std::uint64_t> bytes_read_;
};

}  // namespace coffer
