// The operating system's files. Every failure names the path and the system's reason.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <utility>

#include "coffer/file_system.h"
#include "vocabulary/try.h"

namespace coffer {
namespace {

constexpr std::size_t kWriteBufferBytes = std::size_t{64} << 10;
constexpr std::size_t kProcessIdTextMax = 32;
// Write-back of a large file starts while it is written. Otherwise the device would idle first, and a sync would wait for all
// of it.
constexpr std::uint64_t kWriteBehindBytes = std::uint64_t{2} << 20;

Status SystemFailure(const char* action, const std::string& path, int error) {
  std::string message = std::string("cannot ") + action + " " + path + ": " + std::generic_category().message(error);
  switch (error) {
    case ENOENT:
      return Status::NotFound(std::move(message));
    case ENOSPC:
    case EDQUOT:
      return Status::ResourceExhausted(std::move(message));
    default:
      return Status::IoError(std::move(message));
  }
}

template <typename Call>
auto RetryInterrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) {
    result = call();
  }
  return result;
}

// Owns an open file.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ != -1) {
      ::close(number_);  // The file was only read, or a failure is being returned, or no sync was promised.
    }
  }
  int number() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

constexpr mode_t kPublicMode = 0644;
constexpr mode_t kPrivateMode = 0600;

// `mode`: permissions of a new file, less those that the umask removes.
Result<Descriptor> Open(const std::string& path, int flags, mode_t mode = kPublicMode) {
  const int number = RetryInterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
  if (number == -1 && errno == EEXIST) {
    return Status::AlreadyExists(path + " already exists");
  }
  if (number == -1) {
    return SystemFailure("open", path, errno);
  }
  return Descriptor(number);
}

Status WriteAll(int number, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = RetryInterrupted([&] { return ::write(number, bytes.data(), bytes.size()); });
    if (written == -1) {
      return SystemFailure("write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Once a call has failed, every later call returns the same failure. A sync must not succeed after a lost write, and after a
// failed fdatasync the kernel may have dropped dirty pages, so that the next one would succeed.
class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(std::string path, Descriptor descriptor) : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  ~PosixWritableFile() override {
    if (descriptor_.number() != -1) {
      Flush().Ignore();  // Callers that need the status call Close.
    }
  }

  Status Append(std::string_view bytes) override {
    if (buffer_.size() + bytes.size() > kWriteBufferBytes) {
      COFFER_TRY(Flush());
      if (bytes.size() >= kWriteBufferBytes) {
        return Keep(Write(bytes));
      }
    }
    COFFER_TRY(CheckUsable());
    buffer_.append(bytes);
    return {};
  }

  Status Flush() override {
    COFFER_TRY(CheckUsable());
    Status status = Keep(Write(buffer_));
    buffer_.clear();
    return status;
  }

  Status Sync() override {
    COFFER_TRY(Flush());
    const int result = RetryInterrupted([&] { return ::fdatasync(descriptor_.number()); });
    return result == -1 ? Keep(SystemFailure("sync", path_, errno)) : Status();
  }

  Status Close() override {
    Status status = Flush();
    const int number = descriptor_.Release();
    // Not repeated after EINTR: on Linux the descriptor is closed anyway, and another thread may already have its number.
    if (number != -1 && ::close(number) == -1 && errno != EINTR && status.ok()) {
      status = SystemFailure("close", path_, errno);
    }
    return status;
  }

 private:
  Status Write(std::string_view bytes) {
    Status status = WriteAll(descriptor_.number(), bytes, path_);
    unstarted_bytes_ += bytes.size();
    if (status.ok() && unstarted_bytes_ >= kWriteBehindBytes) {
      StartWriteBack();
    }
    return status;
  }
  // Only a hint: the next sync reports a failure of the device.
  void StartWriteBack() {
#ifdef SYNC_FILE_RANGE_WRITE
    ::sync_file_range(descriptor_.number(), 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
    unstarted_bytes_ = 0;
  }

  Status CheckUsable() const { return descriptor_.number() == -1 ? Status::Internal(path_ + " is closed") : failure_; }
  Status Keep(Status status) {
    if (!status.ok()) {
      failure_ = status;
    }
    return status;
  }

  const std::string path_;
  Descriptor descriptor_;
  std::string buffer_;
  std::uint64_t unstarted_bytes_ = 0;  // written since the last StartWriteBack
  Status failure_;
};

class PosixRandomAccessFile final : public RandomAccessFile {
 public:
  PosixRandomAccessFile(std::string path, Descriptor descriptor) : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    std::size_t done = 0;
    while (done < length) {
      const ssize_t got = RetryInterrupted(
          [&] { return ::pread(descriptor_.number(), buffer + done, length - done, static_cast<off_t>(offset + done)); });
      if (got == -1) {
        return SystemFailure("read", path_, errno);
      }
      if (got == 0) {
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  const std::string path_;
  const Descriptor descriptor_;
};

// A flock belongs to the open file, so it also excludes a second open in the same process.
class PosixFileLock final : public FileLock {
 public:
  PosixFileLock(Descriptor descriptor, bool exclusive) : descriptor_(std::move(descriptor)), exclusive_(exclusive) {}

  ~PosixFileLock() override {
    // Removes the process id, so that no later message names this process. After a crash it stays; HeldBy checks that it runs.
    if (exclusive_ && ::ftruncate(descriptor_.number(), 0) == -1) {
      errno = 0;
    }
  }

 private:
  const Descriptor descriptor_;
  const bool exclusive_;
};

Status HeldBy(const std::string& path, int number) {
  char text[kProcessIdTextMax] = {};
  const ssize_t got = RetryInterrupted([&] { return ::pread(number, text, sizeof(text) - 1, 0); });
  pid_t holder = 0;
  const bool known = got > 0 && std::from_chars(text, text + got, holder).ec == std::errc() && holder > 0 &&
                     (::kill(holder, 0) == 0 || errno == EPERM);
  return Status::Busy(path + " is locked by " + (known ? "process " + std::to_string(holder) : "another process"));
}

class PosixFiles final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) override {
    return OpenForWriting(path, O_TRUNC);
  }

  Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string& path) override {
    return OpenForWriting(path, O_APPEND);
  }

  Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string& path) override {
    return OpenForWriting(path, O_EXCL, kPrivateMode);
  }

  Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string& path) override {
    COFFER_ASSIGN(Descriptor descriptor, Open(path, O_RDONLY));
    return std::unique_ptr<RandomAccessFile>(new PosixRandomAccessFile(path, std::move(descriptor)));
  }

  Result<FileInfo> Stat(const std::string& path) override {
    struct stat info = {};
    if (::stat(path.c_str(), &info) == -1) {
      return SystemFailure("stat", path, errno);
    }
    return FileInfo{.size_bytes = static_cast<std::uint64_t>(info.st_size), .is_directory = S_ISDIR(info.st_mode)};
  }

  Result<std::vector<std::string>> List(const std::string& directory) override {
    DIR* stream = ::opendir(directory.c_str());
    if (stream == nullptr) {
      return SystemFailure("list", directory, errno);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") {
        names.emplace_back(name);
      }
      errno = 0;
    }
    const int error = errno;
    ::closedir(stream);
    if (error != 0) {
      return SystemFailure("list", directory, error);
    }
    return names;
  }

  Status CreateDirectory(const std::string& path) override {
    constexpr mode_t kMode = 0755;
    if (::mkdir(path.c_str(), kMode) == 0) {
      return {};
    }
    const int error = errno;
    struct stat info = {};
    if (error == EEXIST && ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
      return {};
    }
    return SystemFailure("create directory", path, error);
  }

  Status RemoveFile(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 ? Status() : SystemFailure("remove", path, errno);
  }

  Status RemoveDirectory(const std::string& path) override {
    return ::rmdir(path.c_str()) == 0 ? Status() : SystemFailure("remove directory", path, errno);
  }

  Status Rename(const std::string& from, const std::string& to) override {
    return std::rename(from.c_str(), to.c_str()) == 0 ? Status() : SystemFailure("rename", from + " to " + to, errno);
  }

  Status Link(const std::string& existing, const std::string& path) override {
    if (::link(existing.c_str(), path.c_str()) == 0) {
      return {};
    }
    const int error = errno;
    Status failure = SystemFailure("link", existing + " as " + path, error);
    // Linux returns EPERM if the file system has no hard links.
    const bool no_links = error == EXDEV || error == EMLINK || error == EPERM || error == EOPNOTSUPP;
    return no_links ? Status::Unavailable(std::string(failure.message())) : failure;
  }

  Status Truncate(const std::string& path, std::uint64_t size_bytes) override {
    const auto size = static_cast<off_t>(size_bytes);
    return RetryInterrupted([&] { return ::truncate(path.c_str(), size); }) == 0 ? Status()
                                                                                 : SystemFailure("truncate", path, errno);
  }

  Status SyncDirectory(const std::string& path) override {
    COFFER_ASSIGN(const Descriptor descriptor, Open(path, O_RDONLY | O_DIRECTORY));
    if (RetryInterrupted([&] { return ::fsync(descriptor.number()); }) == -1) {
      return SystemFailure("sync directory", path, errno);
    }
    return {};
  }

  Result<std::unique_ptr<FileLock>> Lock(const std::string& path, bool exclusive) override {
    // A shared lock writes nothing, so it works on a read-only file system.
    COFFER_ASSIGN(Descriptor descriptor, Open(path, exclusive ? O_RDWR | O_CREAT : O_RDONLY));
    const int number = descriptor.number();
    if (RetryInterrupted([&] { return ::flock(number, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB); }) == -1) {
      const int error = errno;
      return error == EWOULDBLOCK ? HeldBy(path, number) : SystemFailure("lock", path, error);
    }
    if (exclusive) {
      const std::string text = std::to_string(::getpid()) + "\n";
      if (RetryInterrupted([&] { return ::ftruncate(number, 0); }) == -1) {
        return SystemFailure("write", path, errno);
      }
      COFFER_TRY(WriteAll(number, text, path));
    }
    return std::unique_ptr<FileLock>(new PosixFileLock(std::move(descriptor), exclusive));
  }

  Result<std::uint64_t> FreeBytes(const std::string& path) override {
    struct statvfs info = {};
    if (RetryInterrupted([&] { return ::statvfs(path.c_str(), &info); }) == -1) {
      return SystemFailure("get the free space of", path, errno);
    }
    return std::uint64_t{info.f_bavail} * std::uint64_t{info.f_frsize};
  }

 private:
  static Result<std::unique_ptr<WritableFile>> OpenForWriting(const std::string& path, int flags, mode_t mode = kPublicMode) {
    COFFER_ASSIGN(Descriptor descriptor, Open(path, O_WRONLY | O_CREAT | flags, mode));
    return std::unique_ptr<WritableFile>(new PosixWritableFile(path, std::move(descriptor)));
  }
};

}  // namespace

FileSystem& PosixFileSystem() {
  // Never destroyed: engines in static objects may close files while the process exits.
  static FileSystem& files = *new PosixFiles;
  return files;
}

}  // namespace coffer
