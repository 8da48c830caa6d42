// The operating system's files, with a count of the bytes read from table and blob files.
#ifndef COFFER_BENCH_COUNTING_FILE_SYSTEM_H_
#define COFFER_BENCH_COUNTING_FILE_SYSTEM_H_

#include <atomic>
#include <cstdint>

#include "coffer/file_system.h"

namespace coffer::bench {

// Must outlive everything opened through it.
class CountingFileSystem final : public FileSystem {
 public:
  std::uint64_t bytes_read() const { return bytes_read_; }

  Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string& path) override;

  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) override {
    return files_.NewWritableFile(path);
  }
  Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string& path) override {
    return files_.NewAppendableFile(path);
  }
  Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string& path) override { return files_.NewPrivateFile(path); }
  Result<FileInfo> Stat(const std::string& path) override { return files_.Stat(path); }
  Result<std::vector<std::string>> List(const std::string& directory) override { return files_.List(directory); }
  Status CreateDirectory(const std::string& path) override { return files_.CreateDirectory(path); }
  Status RemoveFile(const std::string& path) override { return files_.RemoveFile(path); }
  Status RemoveDirectory(const std::string& path) override { return files_.RemoveDirectory(path); }
  Status Rename(const std::string& from, const std::string& to) override { return files_.Rename(from, to); }
  Status Link(const std::string& existing, const std::string& path) override { return files_.Link(existing, path); }
  Status Truncate(const std::string& path, std::uint64_t size_bytes) override { return files_.Truncate(path, size_bytes); }
  Status SyncDirectory(const std::string& path) override { return files_.SyncDirectory(path); }
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path, bool exclusive) override {
    return files_.Lock(path, exclusive);
  }
  Result<std::uint64_t> FreeBytes(const std::string& path) override { return files_.FreeBytes(path); }

 private:
  FileSystem& files_ = PosixFileSystem();
  std::atomic<std::uint64_t> bytes_read_{0};
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_COUNTING_FILE_SYSTEM_H_
