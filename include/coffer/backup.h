// Backups: complete images of the store in a repository. This header makes, lists, verifies, opens, restores and prunes them.
// FORMAT.md defines the repository. All calls are thread-safe, and the Engine must outlive what they return unless a call says
// otherwise. operation.h says which operations wait for each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

class Clock;
class Engine;

// Every backup restores by itself; the type says with which backups it may share stored bytes. Manifests store the names.
enum class BackupType : std::uint8_t {
  kFull = 1,          // with none; reads every file of the store and checks it against the digest from its creation
  kIncremental = 2,   // with the newest full backup and those made since
  kDifferential = 3,  // with the newest full backup only
};

// The names: "full", "incremental", "differential". Parse… returns nothing for another text.
COFFER_API std::string_view BackupTypeName(BackupType type);
COFFER_API std::optional<BackupType> ParseBackupType(std::string_view name);

inline constexpr int kRetentionDaysMax = 365;                         // BackupOptions::retention_days
inline constexpr std::size_t kBackupNameCharactersMax = 255;          // BackupOptions::name
inline constexpr std::size_t kBackupDescriptionCharactersMax = 4096;  // BackupOptions::description
inline constexpr std::size_t kBackupRecipientsMax = 64;               // BackupOptions::recipients

// Why a backup was made. Manifests store the names.
enum class BackupReason : std::uint8_t {
  kRequested = 1,  // a call asked for it
  kSafety = 2,     // a restore made it, of the state before the restore
};

// The names: "requested", "safety". Parse… returns nothing for another text.
COFFER_API std::string_view BackupReasonName(BackupReason reason);
COFFER_API std::optional<BackupReason> ParseBackupReason(std::string_view name);

struct BackupOptions {
  // An incremental or differential backup becomes a full one (BackupInfo::type says so) in two cases:
  // - There is no full backup of this lineage with the same `encrypt`, `recipients` and `include_contents`.
  // - A backup to share with lacks an object or was found damaged.
  BackupType type = BackupType::kFull;
  std::string name = {};         // at most kBackupNameCharactersMax characters; empty: "backup-<time>"
  std::string description = {};  // at most kBackupDescriptionCharactersMax characters
  // false: store bytes uncompressed. Files whose sample does not shrink are stored so in any case.
  bool compress = true;
  // Encrypt to the store's recipients (key.h) and to `recipients`. Creates the store's key if it has none.
  bool encrypt = true;
  std::vector<std::string> recipients = {};  // "age1…"; at most kBackupRecipientsMax; only with `encrypt`
  // false: omit the bytes of documents. The backup can be restored; reading such a content is then kNotFound.
  bool include_contents = true;
  // Add the journal of operations as a file "logs.ndjson". A restore ignores it.
  bool include_logs = false;
  int retention_days = 30;  // days until the backup expires, 1..kRetentionDaysMax
  // Bytes a second read from the store, to leave disk bandwidth to others; 0: no limit.
  std::uint64_t bytes_per_second_max = 0;
};

// The result of the last verify of a backup.
struct BackupVerification {
  int level = 0;  // VerifyOptions::level
  Timestamp at;   // when it ended
  bool ok = false;
};

struct BackupInfo {
  std::string id;  // the operation's id, unless the reason is kSafety
  std::string name;
  std::string description;
  BackupReason reason = BackupReason::kRequested;
  BackupType type = BackupType::kFull;
  BackupType requested_type = BackupType::kFull;
  std::string base_id;             // the full backup that it may share objects with; empty for a full backup
  std::string lineage;             // the store's history; a restore begins a new one
  std::uint64_t sequence = 0;      // grows by one with each backup of the repository, even if the clock goes back
  std::uint64_t file_bytes = 0;    // the store's files before compression
  std::uint64_t stored_bytes = 0;  // added to the repository by this backup
  std::uint64_t record_count = 0;  // conversations + messages + documents + prompts
  bool contents_included = true;
  bool logs_included = false;
  bool compressed = true;
  bool encrypted = true;
  std::vector<std::string> recipients;  // "age1…"
  Timestamp created_at;
  Timestamp completed_at;
  Timestamp expires_at;                        // from then on a prune may delete it
  std::string engine_version;                  // of the library that made it
  std::optional<BackupVerification> verified;  // by this store; kept in its control/ folder
  std::optional<Timestamp> deleted_at;         // when it was moved to the trash
  // Why its manifest cannot be read; empty if it can. If set, only id, created_at (from the id) and deleted_at are valid.
  std::string damage;
};

// ---- Making, listing, deleting ---------------------------------------------------------------------------------------------

// Makes a backup of one moment. Writers are not blocked. Files that the repository does not have are compressed, encrypted and
// hashed as they are read, and checked against the digest from their creation.
// On disk: objects are durable before the manifest, which is written last. Without a manifest there is no backup. A failure, a
// cancel or a crash leaves no new backup; the next change of the repository removes the temporary files.
// Progress: bytes read.
//
// From the start:
// kInvalidArgument: an option is invalid; the message names it.
// kPermissionDenied: the engine is read-only.
// From the operation:
// kCorruption: a file of the store is not what was written, or the repository is damaged; the message names the file.
// kResourceExhausted: the device is full; the message gives the missing bytes.
// kBusy: another process uses the repository.
// kConflict: another process took the repository over meanwhile.
// kIoError: the file system failed.
// kCancelled: the operation was cancelled.
COFFER_API Result<OperationOf<BackupInfo>> StartBackup(Engine& engine, const BackupOptions& options = {},
                                                       StartOptions start = {});
COFFER_API Result<BackupInfo> RunBackup(Engine& engine, const BackupOptions& options = {});

// Lists the backups, newest first by sequence, then those with a damaged manifest (BackupInfo::damage). Reads only manifests,
// which needs no key. A damaged manifest does not affect the other backups.
// kIoError: the repository cannot be read.
COFFER_API Result<std::vector<BackupInfo>> ListBackups(Engine& engine);
// Lists the backups in the trash in the same way.
COFFER_API Result<std::vector<BackupInfo>> ListDeletedBackups(Engine& engine);

// Days in the trash before a prune purges a backup.
inline constexpr int kTrashGraceDays = 7;
// Moves a backup to the trash; durable when this returns. Returns it with deleted_at set. UndeleteBackup brings it back until a
// prune purges it (kTrashGraceDays). Bytes that other backups share stay.
// kNotFound: no such backup.
// kBusy: another process uses the repository, or an operation uses the backup.
// kPermissionDenied: the engine is read-only.
COFFER_API Result<BackupInfo> DeleteBackup(Engine& engine, std::string_view backup_id);
// Moves a backup out of the trash; durable when this returns.
// kNotFound: it is not in the trash.
// kBusy: another process uses the repository.
// kPermissionDenied: the engine is read-only.
COFFER_API Result<BackupInfo> UndeleteBackup(Engine& engine, std::string_view backup_id);

// ---- Verifying -------------------------------------------------------------------------------------------------------------

inline constexpr int kVerifyLevelMax = 5;
// Findings with text in a VerifyReport; further ones are counted.
inline constexpr std::size_t kVerifyFindingsMax = 1000;

struct VerifyOptions {
  // What is checked. Each level includes those below it.
  //   0  the manifest
  //   1  every object exists and has the right length
  //   2  every object is read, decrypted and decompressed, and its digests match
  //   3  the backup is opened in place and every value is read
  //   4  records are recounted: counts and content digests by kind and owner match the manifest
  //   5  the backup is restored into a temporary folder, opened, its invariants are checked, and the time is measured
  int level = 2;
  // Path of age identities for an encrypted backup; empty: the store's own (key.h). Without an identity that fits, levels 0, 1
  // and the stored bytes of level 2 are checked; a higher level is kPermissionDenied, and the message names the recipients.
  std::string identity_file = {};
};

struct VerifyFinding {
  std::string object;                // its path in the repository
  std::string problem;               // what is wrong
  std::vector<std::string> backups;  // ids of all backups that use the object
  std::vector<std::string> owners;   // owners whose records are affected; "*": all, if that cannot be narrowed down
  std::string next;                  // the next safe step, as a sentence
};

// How far a verify came, in ascending order.
enum class VerifyDepth : std::uint8_t { kManifest, kPresence, kStoredBytes, kPlainBytes, kValues, kRecords, kRestored };

// The names: "manifest", "presence", "stored bytes", "plain bytes", "values", "records", "restored".
COFFER_API std::string_view VerifyDepthName(VerifyDepth depth);

struct VerifyReport {
  std::string backup_id;
  int level = 0;                               // the level that was asked for
  bool ok = false;                             // there are no findings
  VerifyDepth depth = VerifyDepth::kManifest;  // what was read
  std::uint64_t objects = 0;                   // objects checked
  std::uint64_t bytes = 0;                     // stored bytes read
  std::uint64_t values = 0;                    // values of the store read, from level 3
  std::vector<VerifyFinding> findings;         // the first kVerifyFindingsMax
  std::uint64_t findings_total = 0;            // all findings
  std::uint64_t restore_ms = 0;                // level 5: milliseconds of the restore
  Timestamp started_at;
  Timestamp completed_at;
};

// Verifies a backup; `backup_id` may be "latest". Damage is a finding in the report of a completed operation, not a failed
// Status; so is a backup of which nothing could be read. The result is stored and shown in BackupInfo::verified; a read-only
// engine does not store it.
// Progress: bytes read.
//
// From the start:
// kNotFound: no such backup.
// kInvalidArgument: level out of range.
// kPermissionDenied: level 5 on a read-only engine.
// kCorruption: "latest", and a damaged manifest may be the latest.
// From the operation:
// kPermissionDenied: the level needs an identity, and none fits.
// kIoError: the file system failed.
// kCancelled: the operation was cancelled.
COFFER_API Result<OperationOf<VerifyReport>> StartVerifyBackup(Engine& engine, std::string_view backup_id,
                                                               const VerifyOptions& options = {}, StartOptions start = {});
COFFER_API Result<VerifyReport> RunVerifyBackup(Engine& engine, std::string_view backup_id, const VerifyOptions& options = {});

// ---- Opening in place ------------------------------------------------------------------------------------------------------

// Bytes of memory for decoded pieces of a backup that is open in place.
inline constexpr std::size_t kOpenBackupCacheBytes = std::size_t{16} << 20;

struct OpenBackupOptions {
  std::string identity_file = {};  // as in VerifyOptions; OpenBackupIn has no store whose identity it could use
  // Null: those of the engine; OpenBackupIn: the system's. Must outlive the opened backup.
  Clock* clock = nullptr;
  FileSystem* file_system = nullptr;
};

// Opens a backup read-only as an Engine. It stays compressed and encrypted on disk; pieces are decoded as they are read.
// `backup_id` may be "latest". Owned by the caller; may outlive `engine`. While it is open, it may be deleted but not pruned.
// Its folder() is the path of the manifest. It supports the operations that a read-only engine supports.
// kNotFound: no such backup.
// kPermissionDenied: it is encrypted, and no identity fits.
// kCorruption: the backup is damaged.
// kUnavailable: a newer version of the library wrote it.
COFFER_API Result<std::unique_ptr<Engine>> OpenBackup(Engine& engine, std::string_view backup_id,
                                                      const OpenBackupOptions& options = {});
// The same for a repository without a store.
COFFER_API Result<std::unique_ptr<Engine>> OpenBackupIn(const std::string& repository, std::string_view backup_id,
                                                        const OpenBackupOptions& options = {});

// A backup as one file: a tar. Unpacked, it is a repository with this backup and the ledger of erasures, from which the backup
// can be opened and restored. An encrypted backup stays encrypted; no key is needed.
// Owned by the caller; the Engine must outlive it.
struct BackupArchive {
  std::string backup_id;
  std::uint64_t size_bytes = 0;
  // Reads any range of the tar; thread-safe. The tar is not on disk: it is assembled as it is read.
  // kNotFound: a prune has removed an object since; a prune does not wait for archives.
  // The manifest is the last entry, so a truncated tar holds no backup.
  std::unique_ptr<RandomAccessFile> file;
};

// `backup_id` may be "latest". Memory: some hundred bytes an object.
// kNotFound: no such backup.
// kCorruption: its manifest is damaged, or an object is missing or has the wrong length; the message names it.
// kIoError: the repository cannot be read.
COFFER_API Result<BackupArchive> OpenBackupArchive(Engine& engine, std::string_view backup_id);

// ---- Restoring -------------------------------------------------------------------------------------------------------------

// What a restore restores: the whole store (full), or chosen records (the others, called partial).
enum class RestoreScope : std::uint8_t { kFull, kUser, kConversations, kDocuments, kPrompts };

// The names: "full", "user", "conversations", "documents", "prompts". Parse… returns nothing for another text.
COFFER_API std::string_view RestoreScopeName(RestoreScope scope);
COFFER_API std::optional<RestoreScope> ParseRestoreScope(std::string_view name);

// RestoreOptions::ids
inline constexpr std::size_t kRestoreIdsMax = 1'000'000;

struct RestoreOptions {
  // kFull: the store becomes the backup. Partial: chosen records are written into the present store; all others are unchanged.
  RestoreScope scope = RestoreScope::kFull;
  std::string owner = {};             // kUser: the owner, required; other partial scopes: only this owner's records; empty: all
  std::vector<std::string> ids = {};  // kConversations, kDocuments, kPrompts: these records; empty: all. At most kRestoreIdsMax
  // Partial: what to do with a record that exists: kUpsert, kKeepExisting, or kNewest (by updated_at). kFull: kUpsert only.
  PutMode mode = PutMode::kUpsert;
  // Partial, with kUpsert: also delete records of the scope that the backup does not have.
  bool exact = false;
  // Report what would be done, and change nothing.
  bool dry_run = false;
  // First make an incremental backup of the present state, with reason kSafety. Not made of an empty store.
  bool safety_backup = true;
  // kFull: before the switch, compare the new store's counts and content digests by owner with the manifest. File digests are
  // always checked.
  bool verify = true;
  // Ignore the repository's ledger of erasures if it cannot be read. The store's own ledger is always applied.
  bool without_ledger = false;
  std::string identity_file = {};  // as in VerifyOptions
};

struct RestoreReport {
  std::string restore_id;  // the operation's id
  std::string backup_id;
  std::string safety_backup_id;  // empty if none was made
  RestoreScope scope = RestoreScope::kFull;
  bool dry_run = false;                // true: the figures below are what would be restored, before erasures
  std::uint64_t erasures_applied = 0;  // ledger entries newer than the backup; what they erase is not counted below
  std::uint64_t conversations = 0;     // records restored, by kind
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
  std::uint64_t contents_missing = 0;  // documents whose bytes the backup does not have
  std::uint64_t skipped = 0;           // partial: records that `mode` kept
  std::uint64_t deleted = 0;           // partial: records that `exact` deleted
  std::uint64_t failed = 0;            // partial: records or ids that could not be restored
  std::vector<ImportError> errors;     // the first kImportErrorsKeptMax of these; `file` is the backup's id
  Timestamp started_at;
  Timestamp completed_at;
};

// Restores a backup. `backup_id` may be "latest": the newest one, at the time of the start, that is not a safety backup.
//
// Scope full. The new store is built next to the live one, with every digest checked; everything erased since the backup
// (erase.h) is erased from it; then the file CURRENT switches to it.
// On disk: a failure, a cancel or a crash before the switch leaves the old state, after it the new one. A finished safety
// backup stays. Calls that run meanwhile wait only during the switch (Engine::switching).
// Progress: bytes read, those of the safety backup included.
//
// Partial scopes. The chosen records are read from the backup in place and written in atomic batches, a conversation together
// with its messages. What was erased is not restored.
// On disk: a failure or a crash keeps whole batches; repeat the call to restore the rest.
// Progress: records.
//
// From the start:
// kNotFound: no such backup.
// kCorruption: its manifest is damaged.
// kPermissionDenied: the engine is read-only.
// kInvalidArgument: options that exclude each other.
// kBusy: another restore runs.
// From the operation:
// kCorruption: the backup or a ledger entry is damaged; the message names the file. The old store still serves.
// kPermissionDenied: no identity fits; the message names the recipients.
// kBusy: full: snapshots, content readers or content writers exist.
// kResourceExhausted: the device is full; the message gives the missing bytes.
// kIoError: the file system failed.
// kCancelled: the operation was cancelled.
COFFER_API Result<OperationOf<RestoreReport>> StartRestore(Engine& engine, std::string_view backup_id,
                                                           const RestoreOptions& options = {}, StartOptions start = {});
COFFER_API Result<RestoreReport> RunRestore(Engine& engine, std::string_view backup_id, const RestoreOptions& options = {});

// Undoes a restore: a full restore of its safety backup, without making another one. Errors are those of StartRestore.
// From the start, kNotFound: no such restore, or it has no safety backup (any more).
COFFER_API Result<OperationOf<RestoreReport>> StartRollBack(Engine& engine, std::string_view restore_id,
                                                            StartOptions start = {});
COFFER_API Result<RestoreReport> RunRollBack(Engine& engine, std::string_view restore_id);

// ---- Retention -------------------------------------------------------------------------------------------------------------

// Backups that a prune keeps although they have expired: the newest ones, and the newest one of each of the last days, weeks
// (from Monday) and months that have a backup. Days are UTC days. 0: the rule keeps nothing.
struct RetentionPolicy {
  std::uint32_t keep_last = 0;     // backups
  std::uint32_t keep_daily = 0;    // days
  std::uint32_t keep_weekly = 0;   // weeks
  std::uint32_t keep_monthly = 0;  // months
};

struct PruneOptions {
  RetentionPolicy policy = {};
  // Report what would be kept and dropped, and drop nothing.
  bool plan = false;
  // Decide as of this time instead of the clock's. Needed if the clock has jumped: if its time is before the newest operation,
  // or more than kClockJumpDays after it, a prune drops nothing and sets PruneReport::clock_jumped.
  std::optional<Timestamp> as_of = std::nullopt;
};
// Days; see PruneOptions::as_of.
inline constexpr int kClockJumpDays = 30;

struct RetentionDecision {
  std::string id;                    // of the backup
  std::vector<std::string> reasons;  // the rules that decided, as text
};

struct PruneReport {
  std::vector<RetentionDecision> keep;
  std::vector<RetentionDecision> drop;  // moved to the trash; with `plan`: would be
  std::vector<std::string> purged;      // ids that left the trash for good; with `plan`: would
  std::uint64_t freed_bytes = 0;        // of objects that no manifest uses any more; with `plan`: would be freed
  bool clock_jumped = false;            // nothing was dropped, see PruneOptions::as_of
};

// Moves expired backups that no rule keeps to the trash, purges backups that are in the trash for longer than kTrashGraceDays,
// and removes objects that no manifest uses, in or outside the trash.
// Never drops the newest safety backup; other safety backups go when they have expired. Of all others, never drops, of each
// lineage, the newest one that was verified at level 2 or above and not found damaged since; if there is no such backup, the
// newest one.
// On disk: a failure, a cancel or a crash leaves some of it done; repeat the call to do the rest.
//
// From the start:
// kPermissionDenied: the engine is read-only, and `plan` is not set.
// From the operation:
// kBusy: another process uses the repository.
// kCorruption: a manifest is damaged. Backups due in the trash are purged; nothing else is dropped, and no object is removed.
// kIoError: the file system failed.
// kCancelled: the operation was cancelled.
COFFER_API Result<OperationOf<PruneReport>> StartPrune(Engine& engine, const PruneOptions& options = {},
                                                       StartOptions start = {});
COFFER_API Result<PruneReport> RunPrune(Engine& engine, const PruneOptions& options = {});

}  // namespace coffer
