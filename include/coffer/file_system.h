// FileSystem: every file operation Coffer makes, as an interface, so that tests can make each of them fail, and hosts can
// put their own storage under the engine.
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

// A file being written from its start to its end. Owned by the caller; used from one thread at a time.
class COFFER_API WritableFile {
 public:
  // Closes without a sync if Close was not called.
  virtual ~WritableFile() = default;
  // kIoError, or kResourceExhausted when the device is full. After a failure the file's content is undefined.
  virtual Status Append(std::string_view bytes) = 0;
  // Hands buffered bytes to the operating system: they survive the process, not the machine.
  virtual Status Flush() = 0;
  // Returns once the bytes are on the device.
  virtual Status Sync() = 0;
  // Hands bytes over as Flush does. Nothing but destruction may follow.
  virtual Status Close() = 0;
};

// A file read at any place. Safe to read from many threads.
class COFFER_API RandomAccessFile {
 public:
  virtual ~RandomAccessFile() = default;
  // Reads up to `length` bytes at `offset` into `buffer` and answers how many; fewer only at the end of the file.
  virtual Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const = 0;
};

// Holds a lock on a file until destroyed.
class COFFER_API FileLock {
 public:
  virtual ~FileLock() = default;
};

struct FileInfo {
  std::uint64_t size_bytes = 0;
  bool is_directory = false;
};

// Paths are in the file system's own notation. Implementations must be safe to use from many threads and outlive
// everything opened through them. Missing things are kNotFound, everything else kIoError unless said. What an implementation
// throws fails the call as kIoError, with the exception's words.
class COFFER_API FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Creates or truncates.
  virtual Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string& path) = 0;
  // Creates, or goes on behind the present end.
  virtual Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string& path) = 0;
  // Creates a file that only its owner may read and write (mode 0600). kAlreadyExists: something is there.
  virtual Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string& path) = 0;
  virtual Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string& path) = 0;

  virtual Result<FileInfo> Stat(const std::string& path) = 0;
  // Names without "." and "..", in no order.
  virtual Result<std::vector<std::string>> List(const std::string& directory) = 0;
  // The parent must be there; an existing directory is fine.
  virtual Status CreateDirectory(const std::string& path) = 0;
  virtual Status RemoveFile(const std::string& path) = 0;
  // Must be empty.
  virtual Status RemoveDirectory(const std::string& path) = 0;
  // Atomic; replaces a file at `to`. Not durable before SyncDirectory.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  // A second name for the same file. kUnavailable where there are no hard links.
  virtual Status Link(const std::string& existing, const std::string& path) = 0;
  virtual Status Truncate(const std::string& path, std::uint64_t size_bytes) = 0;
  // Makes creations, renames and removals in the directory durable.
  virtual Status SyncDirectory(const std::string& path) = 0;

  // Takes the lock of the file at `path` without waiting: exclusive (the file is created if need be and then holds the
  // process id as text) or shared (the file must be there).
  // kBusy when another holds it; the message names the holder's process id where known.
  virtual Result<std::unique_ptr<FileLock>> Lock(const std::string& path, bool exclusive) = 0;

  // Bytes an unprivileged writer may still write at `path`.
  virtual Result<std::uint64_t> FreeBytes(const std::string& path) = 0;
};

// The operating system's files. Lives as long as the process.
COFFER_API FileSystem& PosixFileSystem();

}  // namespace coffer
