// FileSystem: the file operations that Coffer needs, as an interface. A host can supply its own storage, a test one that fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

// A file that is written from start to end. Owned by the caller; one thread at a time; its FileSystem must outlive it.
// After a failure the content of the file is undefined.
// kResourceExhausted: the device is full.
// kIoError: any other failure.
class COFFER_API WritableFile {
 public:
  // Closes without a sync if Close was not called.
  virtual ~WritableFile() = default;
  // Adds bytes at the end. They may be buffered in the process.
  virtual Status Append(std::string_view bytes) = 0;
  // Passes buffered bytes to the operating system. They then survive a crash of the process, not of the machine.
  virtual Status Flush() = 0;
  // Returns once all bytes are durable.
  virtual Status Sync() = 0;
  // Flushes and closes. Only the destructor may follow.
  virtual Status Close() = 0;
};

// A file that is read at any offset. Owned by the caller; thread-safe; its FileSystem must outlive it.
class COFFER_API RandomAccessFile {
 public:
  virtual ~RandomAccessFile() = default;
  // Reads up to `length` bytes at `offset` into `buffer` and returns their number; fewer only at the end of the file.
  virtual Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const = 0;
};

// Holds the lock on a file until it is destroyed.
class COFFER_API FileLock {
 public:
  virtual ~FileLock() = default;
};

struct FileInfo {
  std::uint64_t size_bytes = 0;
  bool is_directory = false;
};

// Implementations must be thread-safe, and must outlive every engine and file that uses them.
// Paths are in the file system's own notation.
// Errors of every call, unless a call says otherwise:
// kNotFound: the file or folder does not exist.
// kResourceExhausted: the device is full.
// kIoError: any other failure. An exception of the implementation becomes kIoError with the exception's text.
class COFFER_API FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Creates the file, or truncates it.
  virtual Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) = 0;
  // Creates the file, or appends to it.
  virtual Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string& path) = 0;
  // Creates a file that only its owner may read and write (mode 0600).
  // kAlreadyExists: the path exists.
  virtual Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string& path) = 0;
  virtual Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string& path) = 0;

  virtual Result<FileInfo> Stat(const std::string& path) = 0;
  // Names in the folder, in any order, without "." and "..".
  virtual Result<std::vector<std::string>> List(const std::string& directory) = 0;
  // The parent must exist. Succeeds if the folder exists.
  virtual Status CreateDirectory(const std::string& path) = 0;
  virtual Status RemoveFile(const std::string& path) = 0;
  // The folder must be empty.
  virtual Status RemoveDirectory(const std::string& path) = 0;
  // Atomic; replaces a file at `to`. Durable after SyncDirectory.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  // Makes `path` a second name (hard link) of the file.
  // kUnavailable: the file system has no hard links.
  virtual Status Link(const std::string& existing, const std::string& path) = 0;
  virtual Status Truncate(const std::string& path, std::uint64_t size_bytes) = 0;
  // Makes creations, renames and removals in the folder durable.
  virtual Status SyncDirectory(const std::string& path) = 0;

  // Locks the file at `path` without waiting. Exclusive: creates the file if needed and writes the process id into it as text.
  // Shared: the file must exist.
  // kBusy: another holder; the message names its process id if known.
  virtual Result<std::unique_ptr<FileLock>> Lock(const std::string& path, bool exclusive) = 0;

  // Bytes that an unprivileged process can still write at `path`.
  virtual Result<std::uint64_t> FreeBytes(const std::string& path) = 0;
};

// The operating system's files. Lives as long as the process.
COFFER_API FileSystem& PosixFileSystem();

}  // namespace coffer
