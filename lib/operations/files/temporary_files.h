// TemporaryFiles: files that hold parts of an export until they are combined.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "format/age/age.h"

namespace coffer::operations {

// With an identity the files are encrypted to it. The identity of an encrypted export is made for that export and never stored,
// so nobody can read the temporary files that a crash leaves on the disk. Safe for use from many threads.
class TemporaryFiles {
 public:
  explicit TemporaryFiles(FileSystem& files, std::optional<format::AgeIdentity> identity = {})
      : files_(files), identity_(std::move(identity)) {}

  // The file can be read once it is closed.
  Result<std::unique_ptr<WritableFile>> Create(const std::string& path);
  Result<std::unique_ptr<RandomAccessFile>> Open(const std::string& path);
  Status Remove(const std::string& path) { return files_.RemoveFile(path); }

 private:
  FileSystem& files_;
  const std::optional<format::AgeIdentity> identity_;
};

}  // namespace coffer::operations
