// RepositorySession: the right to change a repository.
//
// Invariants:
// * One session at a time: an exclusive lock keeps other processes out where the file system has locks that work. Where they do
//   not, each session takes a fencing number, higher than all before it, and looks before it publishes a manifest whether
//   another one has taken a higher one since.
// * A move to the trash or back copies the manifest and then removes it where it was. A backup in both places is live, and the
//   next session removes the copy in the trash.
// * An object that no manifest names, live or in the trash, is nobody's, and may be removed by any session.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "engine/core.h"
#include "operations/repository/manifest.h"
#include "operations/repository/repository.h"

namespace coffer::operations {

class RepositorySession {
 public:
  // Takes the repository, makes it where there is none, and sweeps what unfinished work left. kBusy: another process has it.
  // kUnavailable, kCorruption: repository.json. kInvalidArgument: a folder with other things in it. The repository must outlive it.
  static Result<std::unique_ptr<RepositorySession>> Begin(engine::EngineCore& core, const Repository& repository);

  // All manifests that can be read, live and in the trash, as they were at the beginning; the newest first.
  const std::vector<BackupManifest>& live() const { return live_; }
  const std::vector<BackupManifest>& trash() const { return trash_; }
  // Why some could not be read; nothing is removed then, for what they name is not known.
  const Status& damage() const { return damage_; }
  const std::string& uuid() const { return uuid_; }
  // Of the objects that were swept at the beginning.
  std::uint64_t swept_bytes() const { return swept_bytes_; }
  std::uint64_t next_sequence() const { return last_sequence_ + 1; }

  // kConflict: the repository is another one than at the beginning, or somebody else has taken it since.
  Status CheckHeld() const;

  // Publishes a backup whose objects are durable. `sealed` is the sealed part as stored.
  Status PublishManifest(const BackupManifest& manifest, std::string_view sealed);

  // kNotFound. Durable; a crash in between leaves it live.
  Status MoveToTrash(std::string_view id, Timestamp deleted_at);
  Status TakeFromTrash(std::string_view id);
  // Removes a manifest in the trash for good; what it alone named goes with the next SweepObjects.
  Status Purge(const Repository::TrashEntry& entry);

  // Removes objects that no manifest names now. Answers the bytes freed. Fails with damage() where there is any.
  Result<std::uint64_t> SweepObjects();

 private:
  RepositorySession(const Repository& repository, std::unique_ptr<FileLock> lock)
      : repository_(repository), lock_(std::move(lock)) {}
  Status EnsureIdentity(engine::EngineCore& core);
  Status CheckMayBegin(FileSystem& files) const;
  Status TakeLease(engine::EngineCore& core);
  Status WriteLease();
  Status ReadManifests();
  Status RemoveCopiesOfLive();
  Status KeepSequence();

  const Repository& repository_;
  const std::unique_ptr<FileLock> lock_;
  std::string uuid_;
  std::uint64_t fencing_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t leased_sequence_ = 0;  // what the lease tells of it
  std::string holder_;
  Timestamp taken_at_;
  std::uint64_t swept_bytes_ = 0;
  std::vector<BackupManifest> live_;
  std::vector<BackupManifest> trash_;
  Status damage_;
};

// Bytes of objects that none of these manifests names.
Result<std::uint64_t> UnnamedBytes(const Repository& repository, const std::vector<BackupManifest>& manifests);

// Counts the repository's bytes and backups anew, for the statistics.
void CountRepository(engine::EngineCore& core);

}  // namespace coffer::operations
