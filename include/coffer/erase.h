// Erase: removes records for good, as privacy law may demand. Unlike a delete, an erase leaves no byte of a record in any file
// of the store, and a later restore of an older backup does not bring the record back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

// A backup older than the erasure, which may hold what was erased.
struct ErasureHolder {
  std::string backup_id;
  // No prune removes the backup's bytes before this time: its expiry plus kTrashGraceDays. A retention rule may keep it longer.
  // 1970-01-01 if its manifest cannot be read.
  Timestamp expires_at;
};

struct EraseReport {
  std::string erase_id;             // the operation's id, and that of the ledger entry
  std::uint64_t conversations = 0;  // records erased by all runs, by kind
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
  std::uint64_t exports_removed = 0;   // finished exports in the data folder, which might hold the records
  std::vector<ErasureHolder> backups;  // older backups
  Timestamp started_at;
  Timestamp completed_at;
};

// Ids that one StartErase takes.
inline constexpr std::size_t kEraseIdsMax = 10'000;

// Erases every record that `owner` owns when the operation begins to run, and the owner's counters; later records are kept.
//
// Before this returns, the intent is durable in the ledger of erasures and published in the backup repository.
// The operation then removes:
// - the records, their contents, index rows and counters;
// - every export in the data folder, and, in the journal, the reasons of import errors, which may quote a record;
// - all older versions and earlier deletes of these records: the store is compacted until no file holds them.
// It does not remove:
// - exports elsewhere: the caller must;
// - bytes in older backups: EraseReport::backups lists them. Every later restore applies the ledger before it serves;
// - tokens of the user (token.h);
// - ids: the ledger keeps the owner's id, and the store's list of its files may show ids for a while.
// It waits for snapshots, content readers and scans that are older. A thread that holds one must not wait for it.
// After a crash, the next opening makes the records unreadable at once and resumes the operation. An operation that failed, for
// example with kIoError, is resumed by the next opening as well. It cannot be cancelled. Once the last record is deleted, no
// later run deletes records again, and the report adds up over all runs. After a crash before that, the next opening deletes
// what the owner has by then.
// Thread-safe. operation.h says which operations wait for each other.
//
// From the start; nothing is erased:
// kInvalidArgument: malformed owner.
// kPermissionDenied: the engine is read-only.
// kUnavailable: an earlier write has failed (engine.h).
// kIoError, kResourceExhausted: the ledger could not be written or published. The intent is withdrawn; if that fails too, the
//   next opening carries the erasure out.
// From the operation:
// kIoError, kCorruption, kResourceExhausted: the store or the repository failed.
COFFER_API Result<OperationOf<EraseReport>> StartEraseUser(Engine& engine, std::string_view owner, StartOptions start = {});
COFFER_API Result<EraseReport> RunEraseUser(Engine& engine, std::string_view owner);

// The same for single records of one kind. Ids that do not exist are entered in the ledger too, since a backup may hold them.
// Errors as above, and from the start:
// kInvalidArgument: `kind` is not conversation, document or prompt.
// kInvalidArgument: no ids, more than kEraseIdsMax ids, or a malformed id.
COFFER_API Result<OperationOf<EraseReport>> StartErase(Engine& engine, Kind kind, std::span<const std::string> ids,
                                                       StartOptions start = {});
COFFER_API Result<EraseReport> RunErase(Engine& engine, Kind kind, std::span<const std::string> ids);

}  // namespace coffer
