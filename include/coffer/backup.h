// Backups: complete images of the store in a repository; opening one in place, checking it, keeping it for a while; and the way
// back. Semantics and the repository's format: lib/format/FORMAT.md.
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

// Every backup restores alone; the type says which stored bytes it may share. The values are stable: manifests keep the names.
enum class BackupType : std::uint8_t {
  kFull = 1,          // shares nothing, and reads every file of the store against the digest of its birth
  kIncremental = 2,   // shares with the newest full backup and what was made on top of that
  kDifferential = 3,  // shares with the newest full backup alone
};

// "full", "incremental", "differential"; and back.
COFFER_API std::string_view BackupTypeName(BackupType type);
COFFER_API std::optional<BackupType> ParseBackupType(std::string_view name);

inline constexpr int kRetentionDaysMax = 365;
inline constexpr std::size_t kBackupNameCharactersMax = 255;
inline constexpr std::size_t kBackupDescriptionCharactersMax = 4096;
inline constexpr std::size_t kBackupRecipientsMax = 64;

// Why a backup was made. The values are stable: manifests keep the names.
enum class BackupReason : std::uint8_t {
  kRequested = 1,  // by a call
  kSafety = 2,     // by a restore, of the state before it
};

// "requested", "safety"; and back.
COFFER_API std::string_view BackupReasonName(BackupReason reason);
COFFER_API std::optional<BackupReason> ParseBackupReason(std::string_view name);

struct BackupOptions {
  // An incremental or differential one becomes full, and says so in BackupInfo::type, where there is no full backup of this
  // store's lineage with the same `encrypt`, recipients and `include_contents` to share with, or where one that shares with
  // that lacks an object or was found damaged.
  BackupType type = BackupType::kFull;
  std::string name = {};  // empty: "backup-<time>"
  std::string description = {};
  // false: bytes are stored in raw frames; what a sampled frame of a file does not shrink is stored so in any case.
  bool compress = true;
  // To the store's recipients (key.h), which are made when there are none yet, and `recipients`.
  bool encrypt = true;
  std::vector<std::string> recipients = {};  // "age1…"
  // false: without the bytes of documents. Such a backup restores; reading one of these contents is then kNotFound.
  bool include_contents = true;
  // The journal of operations comes along, as a file that is not restored ("logs.ndjson").
  bool include_logs = false;
  int retention_days = 30;  // 1..kRetentionDaysMax
  // Bytes a second that are read from the store, so that a backup leaves the disk to others; 0: no limit.
  std::uint64_t bytes_per_second_max = 0;
};

// What the last check of a backup came to.
struct BackupVerification {
  int level = 0;
  Timestamp at;
  bool ok = false;
};

struct BackupInfo {
  std::string id;  // of one that was asked for: the operation's id
  std::string name;
  std::string description;
  BackupReason reason = BackupReason::kRequested;
  BackupType type = BackupType::kFull;
  BackupType requested_type = BackupType::kFull;
  std::string base_id;             // the full backup whose objects it may share; empty for a full one
  std::string lineage;             // of the store: a restore begins a new one
  std::uint64_t sequence = 0;      // grows by one with each backup of a repository, whatever clocks do
  std::uint64_t file_bytes = 0;    // of the store's files, before compression
  std::uint64_t stored_bytes = 0;  // that this backup added to the repository
  std::uint64_t record_count = 0;  // conversations + messages + documents + prompts
  bool contents_included = true;
  bool logs_included = false;
  bool compressed = true;
  bool encrypted = true;
  std::vector<std::string> recipients;
  Timestamp created_at;
  Timestamp completed_at;
  Timestamp expires_at;
  std::string engine_version;
  std::optional<BackupVerification> verified;  // by this store; kept in its control/
  std::optional<Timestamp> deleted_at;         // in the trash since
  // Not empty: why its manifest cannot be read. Then only this, id, created_at (as the id tells it) and deleted_at are known.
  std::string damage;
};

// Takes an image of the store's state at one moment while writers go on. Files that the repository does not hold yet are
// compressed, encrypted and hashed as they are read, and compared with the digest they got when they were born; they are
// durable before the manifest, which comes last: a backup without one does not exist. After a failure, a cancel or a crash
// there is no new backup; its leftovers go with the next change of the repository. Progress: bytes read.
// From the start: kInvalidArgument: an option; the message names it. kPermissionDenied: read-only.
// From the end: kCorruption: a file of the store is not what was written, or the repository is damaged; the message names it.
// kResourceExhausted: the device is full; the message tells the bytes that are missing. kBusy: another process at the
// repository. kConflict: another one took it over meanwhile. kIoError. kCancelled.
// Safe to run beside any other call; what waits for what is told in operation.h.
COFFER_API Result<OperationOf<BackupInfo>> StartBackup(Engine& engine, const BackupOptions& options = {},
                                                       StartOptions start = {});
// Start and Finish in one.
COFFER_API Result<BackupInfo> RunBackup(Engine& engine, const BackupOptions& options = {});

// From manifests alone, which needs no key. The newest first, by sequence; behind them those whose manifest is damaged, with
// BackupInfo::damage: they keep none of the others from being listed, restored or made. kIoError.
COFFER_API Result<std::vector<BackupInfo>> ListBackups(Engine& engine);
// Those in the trash, in the same way.
COFFER_API Result<std::vector<BackupInfo>> ListDeletedBackups(Engine& engine);

// Moves a backup to the trash, from where it comes back until a prune finds it older than kTrashGraceDays. Bytes that it
// shares stay as long as any backup names them. Answers it with deleted_at. kNotFound. kBusy: another process at the
// repository, or an operation that uses it. kPermissionDenied: read-only. Durable when it returns.
inline constexpr int kTrashGraceDays = 7;
COFFER_API Result<BackupInfo> DeleteBackup(Engine& engine, std::string_view backup_id);
// Takes it out of the trash. kNotFound: it is not in there.
COFFER_API Result<BackupInfo> UndeleteBackup(Engine& engine, std::string_view backup_id);

// ---- Checking --------------------------------------------------------------------------------------------------------------

inline constexpr int kVerifyLevelMax = 5;
inline constexpr std::size_t kVerifyFindingsMax = 1000;  // further ones are counted

struct VerifyOptions {
  // Each level does what those below it do.
  // 0 the manifest; 1 every object there, with the right length; 2 every object read, decrypted, decompressed, its digests
  // equal; 3 opened in place and every value read; 4 records recounted, counts and content digests by kind and owner equal to
  // the manifest's; 5 restored into a scratch folder, opened, its invariants checked, the time measured.
  int level = 2;
  // age identities for an encrypted backup; empty: the store's own (key.h). Without one that fits, levels 0, 1 and the stored
  // bytes of 2 are checked; above that is kPermissionDenied naming the recipients.
  std::string identity_file = {};
};

struct VerifyFinding {
  std::string object;  // its path below the repository
  std::string problem;
  std::vector<std::string> backups;  // all that name it
  std::vector<std::string> owners;   // whose records are touched; "*" stands for all, where more cannot be told
  std::string next;                  // the next safe step, in words
};

// What a check has read, the least first.
enum class VerifyDepth : std::uint8_t { kManifest, kPresence, kStoredBytes, kPlainBytes, kValues, kRecords, kRestored };

// "manifest", "presence", "stored bytes", "plain bytes", "values", "records", "restored".
COFFER_API std::string_view VerifyDepthName(VerifyDepth depth);

struct VerifyReport {
  std::string backup_id;
  int level = 0;
  bool ok = false;
  VerifyDepth depth = VerifyDepth::kManifest;  // how far the check came
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;   // stored bytes that were read
  std::uint64_t values = 0;  // of the store, at level 3 and above
  std::vector<VerifyFinding> findings;
  std::uint64_t findings_total = 0;
  std::uint64_t restore_ms = 0;  // at level 5
  Timestamp started_at;
  Timestamp completed_at;
};

// Findings are a completed operation's result, not a failed Status; having read nothing is a finding. The result is kept and
// shown with the backup. Progress: bytes read. From the start: kNotFound, kInvalidArgument (level). From the end:
// kPermissionDenied: no identity; kIoError; kCancelled. Works on a read-only engine, which keeps no result; level 5 does not.
COFFER_API Result<OperationOf<VerifyReport>> StartVerifyBackup(Engine& engine, std::string_view backup_id,
                                                               const VerifyOptions& options = {}, StartOptions start = {});
COFFER_API Result<VerifyReport> RunVerifyBackup(Engine& engine, std::string_view backup_id, const VerifyOptions& options = {});

// ---- Opening in place ------------------------------------------------------------------------------------------------------

// Memory for decoded pieces of a backup that is open in place.
inline constexpr std::size_t kOpenBackupCacheBytes = std::size_t{16} << 20;

struct OpenBackupOptions {
  std::string identity_file = {};  // as in VerifyOptions; without an engine to ask there is no other
  // Null: the engine's, or, without one, the system's. Must outlive the opened backup.
  Clock* clock = nullptr;
  FileSystem* file_system = nullptr;
};

// Opens a backup read-only through the same interface as a store, compressed and encrypted as it is: pieces are decoded as they
// are read. It may outlive `engine`. The backup may be deleted meanwhile, not pruned. Its folder() is the repository's
// manifest; of operations it has those that a read-only engine has. kNotFound, kCorruption, kPermissionDenied (no identity
// fits), kUnavailable (of a newer format).
COFFER_API Result<std::unique_ptr<Engine>> OpenBackup(Engine& engine, std::string_view backup_id,
                                                      const OpenBackupOptions& options = {});
// The same without a store: `backup_id` may be "latest".
COFFER_API Result<std::unique_ptr<Engine>> OpenBackupIn(const std::string& repository, std::string_view backup_id,
                                                        const OpenBackupOptions& options = {});

// A backup as one file: a tar that unpacked is a repository of this backup alone, with what was erased since, from which it is
// opened and restored as from any. Encrypted stays encrypted; no key is needed. Owned by the caller; must go before the engine.
struct BackupArchive {
  std::string backup_id;
  std::uint64_t size_bytes = 0;
  // Reads any range, from many threads; nothing of it lies on disk as such. A prune does not wait for it: an object that is
  // gone meanwhile is kNotFound. The manifest comes last, so that what was cut off is no backup.
  std::unique_ptr<RandomAccessFile> file;
};

// An id, or "latest". kNotFound: no such backup. kCorruption: its manifest is damaged, or an object is missing or has another
// length than that says; the message names it. kIoError. Memory: some hundred bytes an object.
COFFER_API Result<BackupArchive> OpenBackupArchive(Engine& engine, std::string_view backup_id);

// ---- Restoring -------------------------------------------------------------------------------------------------------------

enum class RestoreScope : std::uint8_t { kFull, kUser, kConversations, kDocuments, kPrompts };

// "full", "user", "conversations", "documents", "prompts"; and back.
COFFER_API std::string_view RestoreScopeName(RestoreScope scope);
COFFER_API std::optional<RestoreScope> ParseRestoreScope(std::string_view name);

inline constexpr std::size_t kRestoreIdsMax = 1'000'000;

struct RestoreOptions {
  // full: the whole store becomes the backup. The others put chosen records back into the present store and leave the rest
  // alone.
  RestoreScope scope = RestoreScope::kFull;
  std::string owner = {};             // scope user: whose records; the other partial scopes: only this owner's, if not empty
  std::vector<std::string> ids = {};  // conversations, documents, prompts: these; empty: all
  // What becomes of a record that is there already: kReplace, kSkip or kNewest (by updated_at). Partial scopes only.
  PutMode mode = PutMode::kUpsert;
  // The chosen scope becomes equal to the backup: what is there and not in the backup is deleted. Partial scopes, kReplace.
  bool exact = false;
  // Says what would be done, and does nothing.
  bool dry_run = false;
  // Take an incremental backup of the present state first, with reason "safety". An empty store has none taken.
  bool safety_backup = true;
  // Full: look at the built store before the switch: counters and content digests by owner equal to the manifest's. Digests of
  // files are checked always.
  bool verify = true;
  // Goes without the repository's ledger of erasures, where that cannot be read. The engine's own is applied all the same.
  bool without_ledger = false;
  std::string identity_file = {};  // as in VerifyOptions
};

struct RestoreReport {
  std::string restore_id;  // the operation's id
  std::string backup_id;
  std::string safety_backup_id;  // empty without one
  RestoreScope scope = RestoreScope::kFull;
  bool dry_run = false;                // the figures below are what would be, before erasures
  std::uint64_t erasures_applied = 0;  // of the ledger, since the backup was made; what they name is not counted below
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
  std::uint64_t contents_missing = 0;  // documents whose bytes the backup does not hold
  std::uint64_t skipped = 0;           // partial scopes: left alone by the conflict policy
  std::uint64_t deleted = 0;           // partial scopes: by `exact`
  std::uint64_t failed = 0;            // partial scopes: records or ids that could not be restored
  std::vector<ImportError> errors;     // one for each of these, the first kImportErrorsKeptMax; `file` is the backup's id
  Timestamp started_at;
  Timestamp completed_at;
};

// Scope full puts the store back to the state of a backup. The new store is built beside the present one with every digest
// checked; the file CURRENT then switches to it. Before the switch a failure, a cancel or a crash leaves the old state, behind
// it the new one; nothing else is possible. (A safety backup that was finished by then stays.) What was erased for good since
// the backup was made (erase.h) is erased from the new store before the switch. Calls that run meanwhile wait while the switch
// itself takes place (Engine::switching).
// A partial scope reads the chosen records from the backup in place and writes them in atomic batches, a conversation with its
// messages in one; a failure or a crash leaves whole batches, and asking again does the rest. What was erased for good is not
// put back.
// Progress: bytes read, those of the safety backup included; records for a partial scope.
// `backup_id` may be "latest": the newest that is no safety backup, at the moment of the start.
// From the start: kNotFound: no such backup. kCorruption: its manifest is damaged. kPermissionDenied: the engine is read-only.
// kInvalidArgument: options that do not fit together. kBusy: another restore is under way.
// From the end: kCorruption: the backup, or an entry of the ledger, is damaged; the message names the file, and the old store
// goes on serving. kPermissionDenied: no identity fits; the message names the recipients. kBusy: snapshots, batches' contents
// or readers are alive (scope full). kResourceExhausted: the device is full; the message tells the bytes that are missing.
// kIoError. kCancelled.
COFFER_API Result<OperationOf<RestoreReport>> StartRestore(Engine& engine, std::string_view backup_id,
                                                           const RestoreOptions& options = {}, StartOptions start = {});
// Start and Finish in one.
COFFER_API Result<RestoreReport> RunRestore(Engine& engine, std::string_view backup_id, const RestoreOptions& options = {});

// Takes a restore back: restores the safety backup that it made, without making another. kNotFound: no such restore, or it made
// none, or that is gone.
COFFER_API Result<OperationOf<RestoreReport>> StartRollBack(Engine& engine, std::string_view restore_id,
                                                            StartOptions start = {});

// ---- Retention -------------------------------------------------------------------------------------------------------------

// How many backups are kept besides those that have not expired: the newest ones, and the newest of each of the last days,
// weeks (from Monday) and months that have one, in UTC. 0: none by that rule.
struct RetentionPolicy {
  std::uint32_t keep_last = 0;
  std::uint32_t keep_daily = 0;
  std::uint32_t keep_weekly = 0;
  std::uint32_t keep_monthly = 0;
};

struct PruneOptions {
  RetentionPolicy policy = {};
  // Says what would be kept and dropped, and drops nothing.
  bool plan = false;
  // Decides as of this time instead of the clock's. Needed where the clock has jumped: before the newest operation, or more
  // than kClockJumpDays behind it, a prune drops nothing and says so.
  std::optional<Timestamp> as_of = std::nullopt;
};
inline constexpr int kClockJumpDays = 30;

struct RetentionDecision {
  std::string id;
  std::vector<std::string> reasons;
};

struct PruneReport {
  std::vector<RetentionDecision> keep;
  std::vector<RetentionDecision> drop;  // moved to the trash
  std::vector<std::string> purged;      // left the trash for good
  std::uint64_t freed_bytes = 0;        // of objects that nothing names any more; with `plan`: would be
  bool clock_jumped = false;
};

// Moves expired backups that no rule keeps to the trash, purges what is in the trash for longer than kTrashGraceDays, and
// removes objects that no manifest names, live or in the trash. Never drops the newest backup of a lineage that was verified at
// level 2 or above and not found damaged since (where there is none, its newest), nor the newest safety backup. A crash leaves
// some of it done; asking again does the rest.
// kPermissionDenied: read-only and not `plan`. kBusy, kIoError, kCorruption (a damaged manifest: nothing is removed),
// kCancelled.
COFFER_API Result<OperationOf<PruneReport>> StartPrune(Engine& engine, const PruneOptions& options = {},
                                                       StartOptions start = {});
COFFER_API Result<PruneReport> RunPrune(Engine& engine, const PruneOptions& options = {});

}  // namespace coffer
