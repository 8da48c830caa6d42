// StoreFolder: the paths in a data folder, its live generation, and its lock.
#pragma once

#include <atomic>
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
// * After a crash "<name>.partial", and a generation that CURRENT does not name, are temporary: nothing needs them.
// Holds the lock on LOCK as long as it exists. Paths and the live generation may be read from any thread; change the folder
// from one thread at a time.
class StoreFolder {
 public:
  // If is_new(), there was no store: the caller builds the first generation and calls Switch.
  // kNotFound: no store, and `create` is false.
  // kInvalidArgument: the folder holds other files.
  // kBusy: another process has it open.
  // kUnavailable: the store has a newer format.
  // kCorruption: CURRENT is damaged, or is missing while there are several generations.
  static Result<std::unique_ptr<StoreFolder>> Open(FileSystem& files, const std::string& root, bool create, bool read_only);

  // Only a name, for a store that is not in a data folder. Holds no lock.
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
  // A temporary folder next to the live generation. The next open removes it.
  std::string StagingPath(const std::string& name) const { return GenerationPath(generation_) + "." + name + ".partial"; }
  std::string ExportsPath() const { return root_ + "/exports"; }
  std::string ControlPath() const { return root_ + "/control"; }
  std::string BackupsPath() const { return root_ + "/backups"; }
  std::string KeysPath() const { return root_ + "/keys"; }

  // kInvalidArgument: a repository at `path` would be the data folder `root` itself, or inside a folder that the store manages.
  static Status CheckRepository(const std::string& root, const std::string& path);

  // Publishes the generation at TemporaryPath(generation) and makes it the live one. After a failure or a crash the old or the
  // new generation is live.
  Status Switch(std::uint64_t generation);
  // The same in two steps. Prepare gives the generation its name and writes the next CURRENT to a temporary file, so that
  // Commit, which makes the generation live, has little to do. After a failure of Prepare the old generation is live; after one
  // of Commit it may be either.
  Status PrepareSwitch(std::uint64_t generation);
  Status CommitSwitch(std::uint64_t generation);
  // Removes what PrepareSwitch made.
  Status CancelSwitch(std::uint64_t generation);

  // Removes generations that are not live, temporary generations, and a temporary CURRENT.
  Status Sweep();
  // Removes temporary exports. Call only while no export can run.
  Status SweepExports();

 private:
  StoreFolder(FileSystem& files, std::string root) : files_(files), root_(std::move(root)) {}
  Status CheckRoot(bool create);
  Status ReadCurrent(bool read_only);

  FileSystem& files_;
  std::string root_;
  std::unique_ptr<FileLock> lock_;
  std::atomic<std::uint64_t> generation_{0};
  bool detached_ = false;
};

}  // namespace coffer::engine
