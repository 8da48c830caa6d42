#include "storage/rocks_file_system.h"

#include <utility>

#include "storage/rocks_status.h"
#include "vocabulary/mutex.h"

namespace coffer::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus ReadInto(const RandomAccessFile& file, std::uint64_t offset, std::size_t length, Slice* result, char* scratch) {
  const Result<std::size_t> read = file.Read(offset, length, scratch);
  *result = Slice(scratch, read.ok() ? *read : 0);
  return ToRocks(read.status());
}

class SequentialReader final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialReader(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}

  IOStatus Read(std::size_t n, const IOOptions&, Slice* result, char* scratch, IODebugContext*) override {
    IOStatus status = ReadInto(*file_, position_, n, result, scratch);
    position_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t n) override {
    position_ += n;
    return IOStatus::OK();
  }

 private:
  const std::unique_ptr<RandomAccessFile> file_;
  std::uint64_t position_ = 0;
};

class RandomReader final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomReader(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}

  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return ReadInto(*file_, offset, n, result, scratch);
  }

 private:
  const std::unique_ptr<RandomAccessFile> file_;
};

// Serializes calls: RocksDB syncs the log from one thread while another appends, but a coffer::WritableFile allows one thread
// at a time.
class Writer final : public rocksdb::FSWritableFile {
 public:
  Writer(std::unique_ptr<WritableFile> file, std::uint64_t size_bytes) : file_(std::move(file)), size_bytes_(size_bytes) {}

  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const MutexLock lock(mutex_);
    size_bytes_ += data.size();
    return ToRocks(file_->Append(std::string_view(data.data(), data.size())));
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override {
    const MutexLock lock(mutex_);
    return ToRocks(file_->Flush());
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    const MutexLock lock(mutex_);
    return ToRocks(file_->Sync());
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override {
    const MutexLock lock(mutex_);
    return ToRocks(file_->Close());
  }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    const MutexLock lock(mutex_);
    return size_bytes_;
  }

 private:
  Mutex mutex_;
  const std::unique_ptr<WritableFile> file_ COFFER_PT_GUARDED_BY(mutex_);
  std::uint64_t size_bytes_ COFFER_GUARDED_BY(mutex_);
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return ToRocks(files_.SyncDirectory(path_)); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  FileSystem& files_;
  const std::string path_;
};

class HeldLock final : public rocksdb::FileLock {
 public:
  explicit HeldLock(std::unique_ptr<coffer::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  const std::unique_ptr<coffer::FileLock> lock_;
};

class DiscardingLogger final : public rocksdb::Logger {
 public:
  // The highest level, so that most lines are not formatted.
  DiscardingLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::HEADER_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
  void Logv(rocksdb::InfoLogLevel, const char*, va_list) override {}
};

class RocksFileSystem final : public rocksdb::FileSystem {
 public:
  explicit RocksFileSystem(coffer::FileSystem& files) : files_(files) {}

  const char* Name() const override { return "coffer.FileSystem"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    auto file = files_.NewRandomAccessFile(path);
    if (file.ok()) {
      *result = std::make_unique<SequentialReader>(*std::move(file));
    }
    return ToRocks(file.status());
  }

  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result, IODebugContext*) override {
    auto file = files_.NewRandomAccessFile(path);
    if (file.ok()) {
      *result = std::make_unique<RandomReader>(*std::move(file));
    }
    return ToRocks(file.status());
  }

  IOStatus NewWritableFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    auto file = files_.NewWritableFile(path);
    if (file.ok()) {
      *result = std::make_unique<Writer>(*std::move(file), 0);
    }
    return ToRocks(file.status());
  }

  IOStatus ReopenWritableFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext*) override {
    auto file = files_.NewAppendableFile(path);
    if (!file.ok()) {
      return ToRocks(file.status());
    }
    const Result<FileInfo> info = files_.Stat(path);
    if (info.ok()) {
      *result = std::make_unique<Writer>(*std::move(file), info->size_bytes);
    }
    return ToRocks(info.status());
  }

  IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) override {
    const Status renamed = files_.Rename(old_path, path);
    return renamed.ok() ? NewWritableFile(path, options, result, debug) : ToRocks(renamed);
  }

  IOStatus NewDirectory(const std::string& path, const IOOptions&, std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext*) override {
    const Result<FileInfo> info = files_.Stat(path);
    if (!info.ok()) {
      return ToRocks(info.status());
    }
    if (!info->is_directory) {
      return IOStatus::IOError(path + " is not a directory");
    }
    *result = std::make_unique<Directory>(files_, path);
    return IOStatus::OK();
  }

  // RocksDB expects NotFound from FileExists and GetChildren; elsewhere a missing path must be PathNotFound.
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
    return NotFoundAsSuch(files_.Stat(path).status());
  }

  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* names, IODebugContext*) override {
    auto listed = files_.List(path);
    names->clear();
    if (listed.ok()) {
      *names = *std::move(listed);
    }
    return NotFoundAsSuch(listed.status());
  }

  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToRocks(files_.RemoveFile(path));
  }

  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    const Result<FileInfo> info = files_.Stat(path);
    if (info.ok()) {
      return IOStatus::IOError(path + " already exists");
    }
    return info.status().code() == StatusCode::kNotFound ? ToRocks(files_.CreateDirectory(path)) : ToRocks(info.status());
  }

  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToRocks(files_.CreateDirectory(path));
  }

  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToRocks(files_.RemoveDirectory(path));
  }

  IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* size, IODebugContext*) override {
    const Result<FileInfo> info = files_.Stat(path);
    *size = info.ok() ? info->size_bytes : 0;
    return ToRocks(info.status());
  }

  // RocksDB needs it only for log files that are kept by age, which Coffer does not use.
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* time, IODebugContext*) override {
    *time = 0;
    return IOStatus::OK();
  }

  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&, IODebugContext*) override {
    return ToRocks(files_.Rename(from, to));
  }

  IOStatus LinkFile(const std::string& existing, const std::string& path, const IOOptions&, IODebugContext*) override {
    return ToRocks(files_.Link(existing, path));
  }

  IOStatus Truncate(const std::string& path, std::size_t size, const IOOptions&, IODebugContext*) override {
    return ToRocks(files_.Truncate(path, size));
  }

  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock, IODebugContext*) override {
    auto held = files_.Lock(path, /*exclusive=*/true);
    *lock = held.ok() ? new HeldLock(*std::move(held)) : nullptr;
    return ToRocks(held.status());
  }

  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete lock;
    return IOStatus::OK();
  }

  IOStatus GetTestDirectory(const IOOptions&, std::string*, IODebugContext*) override {
    return IOStatus::NotSupported("test directory");
  }

  IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* result, IODebugContext*) override {
    *result = NewDiscardingLogger();
    return IOStatus::OK();
  }

  // Paths are in the notation of `files_`; only it knows which are absolute.
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* absolute, IODebugContext*) override {
    *absolute = path;
    return IOStatus::OK();
  }

  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory, IODebugContext*) override {
    const Result<FileInfo> info = files_.Stat(path);
    *is_directory = info.ok() && info->is_directory;
    return ToRocks(info.status());
  }

 private:
  static IOStatus NotFoundAsSuch(const Status& status) {
    return status.code() == StatusCode::kNotFound ? IOStatus::NotFound(std::string(status.message())) : ToRocks(status);
  }

  coffer::FileSystem& files_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> NewRocksFileSystem(FileSystem& files) { return std::make_shared<RocksFileSystem>(files); }

std::shared_ptr<rocksdb::Logger> NewDiscardingLogger() { return std::make_shared<DiscardingLogger>(); }

}  // namespace coffer::storage
