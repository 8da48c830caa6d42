// RepositorySession: the right to change a repository. One thread at a time.
//
// Invariants:
// * One session at a time. An exclusive lock keeps other processes out. For file systems whose locks do not work, each session
//   also takes a fencing number greater than all before it, and checks before each change that no other session has taken a
//   greater one.
// * A backup is live or in the trash. A move copies the manifest and then removes the original; after a crash between the two
//   the backup is live, and the next session removes the copy in the trash.
// * An object that no manifest names, live or in the trash, may be removed by any session. Nothing else in objects/ is removed.
//   If there is no manifest at all, nothing is removed unless the lease says that none was ever published.
// * A sequence number is used once, even if the backup that had it was removed.
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
#include "operations/repository/lease.h"
#include "operations/repository/manifest.h"
#include "operations/repository/repository.h"

namespace coffer::operations {

class RepositorySession {
 public:
  // Locks the repository, creates it if it does not exist, and sweeps temporary files and unnamed objects. `repository` must
  // outlive the session.
  // kBusy: another process has it.
  // kUnavailable: a newer format of repository.json.
  // kCorruption: a damaged repository.json.
  // kInvalidArgument: the folder holds other files.
  // kCorruption: it holds objects but no manifest, so its manifests are lost or not visible. Nothing is removed.
  static Result<std::unique_ptr<RepositorySession>> Begin(engine::EngineCore& core, const Repository& repository);

  // All readable manifests, live and in the trash; the newest first. They follow the changes of this session.
  const std::vector<BackupManifest>& live() const { return live_; }
  const std::vector<BackupManifest>& trash() const { return trash_; }
  // Why a manifest could not be read. Then no objects are removed, because it may name any of them.
  const Status& damage() const { return damage_; }
  const std::string& uuid() const { return uuid_; }
  // Bytes of the objects that were swept at the beginning.
  std::uint64_t swept_bytes() const { return swept_bytes_; }
  std::uint64_t next_sequence() const { return last_sequence_ + 1; }

  // kConflict: the repository was replaced by another one, or another session has taken it.
  Status CheckHeld() const;

  // Publishes a backup whose objects are durable. `sealed` is the sealed part as stored.
  Status PublishManifest(const BackupManifest& manifest, std::string_view sealed);

  // Durable. After a crash in between the backup is live.
  // kNotFound: no such backup.
  Status MoveToTrash(std::string_view id, Timestamp deleted_at);
  Status TakeFromTrash(std::string_view id);
  // Removes a manifest in the trash for good. The next SweepObjects removes the objects that only it named.
  Status Purge(const Repository::TrashEntry& entry);

  // Removes objects that no manifest names. Returns the bytes freed. Fails with damage() if a manifest could not be read.
  Result<std::uint64_t> SweepObjects();

 private:
  RepositorySession(const Repository& repository, std::unique_ptr<FileLock> lock)
      : repository_(repository), lock_(std::move(lock)) {}
  Status EnsureIdentity(engine::EngineCore& core);
  Status CheckMayBegin(FileSystem& files) const;
  Status TakeLease(engine::EngineCore& core);
  Status ReadManifests();
  Status RemoveCopiesOfLive();
  Status CheckManifestsThere();
  Status KeepLease();
  Status KeepIfLast(const Repository::TrashEntry& entry);
  bool IsEachInOnePlace() const;

  const Repository& repository_;
  const std::unique_ptr<FileLock> lock_;
  std::string uuid_;
  Lease lease_;  // as stored
  std::uint64_t last_sequence_ = 0;
  bool unpublished_ = false;  // Lease::unpublished, as the manifests show it
  std::uint64_t swept_bytes_ = 0;
  std::vector<BackupManifest> live_;
  std::vector<BackupManifest> trash_;
  Status damage_;
};

// The bytes of objects that no manifest of `manifests` names.
Result<std::uint64_t> UnnamedBytes(const Repository& repository, const std::vector<BackupManifest>& manifests);

// Counts the repository's bytes and backups again, for the statistics.
void CountRepository(engine::EngineCore& core);

}  // namespace coffer::operations
