// StoreFolder: what lies where in a data folder, which generation is the live one, and who may open it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "coffer/file_system.h"
#include "coffer/result.h"

namespace coffer::engine {

// <root>/LOCK  CURRENT  gen-000001/  control/  backups/  exports/  keys/
//
// Invariants:
// * CURRENT names a generation that is complete and durable. It changes by one rename.
// * "<name>.partial" is being built and belongs to nobody after a crash; so does a generation that CURRENT does not name.
// Holds the lock on LOCK for its life. Not for use from several threads at once.
class StoreFolder {
 public:
  // kNotFound, kInvalidArgument (other things in there), kBusy, kUnavailable (a newer format).
  // `is_new`: there was no store yet; the caller builds the first generation and calls Switch.
  static Result<std::unique_ptr<StoreFolder>> Open(FileSystem& files, const std::string& root, bool create, bool read_only);

  // Only a name: of a store that lies in no data folder.
  static std::unique_ptr<StoreFolder> Detached(FileSystem& files, const std::string& root) {
    std::unique_ptr<StoreFolder> folder(new StoreFolder(files, root));
    folder->detached_ = true;
    return folder;
  }

  bool is_new() const noexcept { return generation_ == 0; }
  bool detached() const noexcept { return detached_; }
  const std::string& root() const noexcept { return root_; }
  std::string LivePath() const { return GenerationPath(generation_); }
  std::uint64_t generation() const noexcept { return generation_; }
  std::uint64_t next_generation() const noexcept { return generation_ + 1; }
  std::string GenerationPath(std::uint64_t generation) const;
  // Where a generation is built before it is published.
  std::string TemporaryPath(std::uint64_t generation) const { return GenerationPath(generation) + ".partial"; }
  // A folder for what one unfinished work keeps beside the live generation. Like every partial one it is swept at open.
  std::string StagingPath(const std::string& name) const { return GenerationPath(generation_) + "." + name + ".partial"; }
  std::string ExportsPath() const { return root_ + "/exports"; }
  std::string ControlPath() const { return root_ + "/control"; }
  std::string BackupsPath() const { return root_ + "/backups"; }
  std::string KeysPath() const { return root_ + "/keys"; }

  // kInvalidArgument: a repository at `path` would be a part of what the store in `root` itself removes, or the data folder itself.
  static Status CheckRepository(const std::string& root, const std::string& path);

  // Publishes the generation built at TemporaryPath(generation) and makes it the live one. After a failure or a crash either the
  // old one is live or the new one.
  Status Switch(std::uint64_t generation);

  // Removes generations that are not live, partial ones, and a CURRENT that was cut off.
  Status Sweep();
  // Removes exports that were cut off. Only while none can be running.
  Status SweepExports();

 private:
  StoreFolder(FileSystem& files, std::string root) : files_(files), root_(std::move(root)) {}
  Status CheckRoot(bool create);
  Status ReadCurrent(bool read_only);

  FileSystem& files_;
  std::string root_;
  std::unique_ptr<FileLock> lock_;
  std::uint64_t generation_ = 0;
  bool detached_ = false;
};

}  // namespace coffer::engine
