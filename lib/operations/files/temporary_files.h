// TemporaryFiles: files in which parts of an export wait until they are put together.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "format/age/age.h"

namespace coffer::operations {

// With an identity they are encrypted to it: one made for the occasion, which no file holds, keeps what a crash or a disk leaves
// of an encrypted export from being read. Safe for use from many threads.
class TemporaryFiles {
 public:
  explicit TemporaryFiles(FileSystem& files, std::optional<format::AgeIdentity> identity = {})
      : files_(files), identity_(std::move(identity)) {}

  // Its bytes can be read once it is closed.
  Result<std::unique_ptr<WritableFile>> Create(const std::string& path);
  Result<std::unique_ptr<RandomAccessFile>> Open(const std::string& path);
  Status Remove(const std::string& path) { return files_.RemoveFile(path); }

 private:
  FileSystem& files_;
  const std::optional<format::AgeIdentity> identity_;
};

}  // namespace coffer::operations
