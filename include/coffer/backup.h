// Backup and restore: complete images of the store in a repository, and the way back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

struct BackupOptions {
  std::string name;  // empty: "backup-<time>"
  std::string description;
  int retention_days = 30;  // 1..365
};

struct BackupInfo {
  std::string id;  // of one that was asked for: the operation's id
  std::string name;
  std::string description;
  std::string reason;  // "requested" or "safety"
  std::uint64_t file_bytes = 0;
  std::uint64_t record_count = 0;  // conversations + messages + documents + prompts
  Timestamp created_at;
  Timestamp completed_at;
  Timestamp expires_at;
  std::string engine_version;
};

// Takes a full image of the store's state at one moment while writers go on. Every file is copied with its SHA-256, compared
// with the digest it got when it was born, and synced before the manifest is written; the manifest comes last, and a
// backup without one does not exist. After a failure, a cancel or a crash there is no new backup; its leftovers go at the next
// opening or with the next backup. Progress: bytes copied.
// From the start: kInvalidArgument: retention_days, or name or description is not UTF-8. kPermissionDenied: read-only.
// From the end: kCorruption: a file of the store is not what was written; the message names it. kResourceExhausted: the device
// is full. kBusy: another process at the repository. kIoError. kCancelled.
// Safe to run beside any other call; what waits for what is told in operation.h.
COFFER_API Result<OperationOf<BackupInfo>> StartBackup(Engine& engine, const BackupOptions& options = {},
                                                       StartOptions start = {});
// Start and Finish in one.
COFFER_API Result<BackupInfo> CreateBackup(Engine& engine, const BackupOptions& options = {});

// Newest first. A damaged manifest is kCorruption naming it.
COFFER_API Result<std::vector<BackupInfo>> ListBackups(Engine& engine);

struct RestoreOptions {
  bool safety_backup = true;  // take one of the present state first, with reason "safety"
  bool verify = true;         // compare the built store's counters and digests with the manifest before the switch
  // Goes without the repository's ledger of erasures, where that cannot be read. The engine's own is applied all the same.
  bool without_ledger = false;
};

struct RestoreReport {
  std::string restore_id;  // the operation's id
  std::string backup_id;
  std::string safety_backup_id;        // empty without one
  std::uint64_t erasures_applied = 0;  // of the ledger, since the backup was made; what they name is not counted below
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
  Timestamp started_at;
  Timestamp completed_at;
};

// Puts the store back to the state of a backup. The new store is built beside the present one with every digest checked; the
// file CURRENT then switches to it. Before the switch a failure, a cancel or a crash leaves the old state, behind it the new
// one; nothing else is possible. (A safety backup that was finished by then stays.) What was erased for good since the backup
// was made (erase.h) is erased from the new store before the switch. Calls that run meanwhile wait while the switch itself takes
// place. Progress: bytes copied, those of the safety backup included.
// `backup_id` may be "latest": the newest that is no safety backup, at the moment of the start.
// From the start: kNotFound: no such backup. kCorruption: its manifest is damaged. kPermissionDenied: the engine is read-only.
// kBusy: another restore is under way.
// From the end: kCorruption: the backup, or an entry of the ledger, is damaged; the message names the file, and the old store
// goes on serving. kBusy: snapshots, batches' contents or readers are alive. kResourceExhausted: the device is full. kIoError.
// kCancelled.
COFFER_API Result<OperationOf<RestoreReport>> StartRestore(Engine& engine, std::string_view backup_id,
                                                           const RestoreOptions& options = {}, StartOptions start = {});
// Start and Finish in one.
COFFER_API Result<RestoreReport> Restore(Engine& engine, std::string_view backup_id, const RestoreOptions& options = {});

}  // namespace coffer
