// Erase: makes records leave for good, as a person may demand. Unlike a delete it leaves nothing behind on disk, and a later
// restore of an older backup does not bring it back.
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

// A backup from before the erasure, which may hold what was erased.
struct ErasureHolder {
  std::string backup_id;
  // Before this time no prune removes its bytes: it expires, and then lies in the trash for kTrashGraceDays. A rule of
  // retention may keep it longer. 1970 where its manifest cannot be read.
  Timestamp expires_at;
};

struct EraseReport {
  std::string erase_id;  // of the entry in the ledger; the operation's id
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
  std::uint64_t exports_removed = 0;  // finished exports, which might hold it
  std::vector<ErasureHolder> backups;
  Timestamp started_at;
  Timestamp completed_at;
};

// Erases all that a user owns when the operation begins to run, and the user's counters; what is written later stays. The
// intent is durable in the ledger, and published in the repository, before this returns; then records, contents, index rows,
// counters and all exports in the data folder go, the journal's reasons of import errors (they may quote a record) too, and the
// store is compacted until no file of it holds any of it, former versions and what was deleted before included. Exports
// elsewhere are the caller's. Waits for snapshots, readers and scans that are older than it: a thread that holds one must not
// wait for it. A crash at any moment is made good: from the next opening on nothing of it can be read, and the operation goes
// on. One that failed (kIoError …) is taken up again as well. Every later restore of a backup from before applies the ledger
// before it serves. The ledger keeps the id of the user, not a text; the store's list of its files may show ids for a while.
// Tokens of the user stay (token.h).
// kInvalidArgument: no id. kPermissionDenied: read-only. kUnavailable: a write has failed before. kIoError, kResourceExhausted:
// the ledger could not be written or published; nothing was erased. (Where even taking the intent back failed, it is carried
// out at the next opening.) Safe to run beside any other call; what waits for what is told in operation.h.
COFFER_API Result<OperationOf<EraseReport>> StartEraseUser(Engine& engine, std::string_view user_id, StartOptions start = {});
// The same for single records of one kind: conversation, document, prompt. Ids that are not there are entered all the same,
// since a backup may hold them. kInvalidArgument: none or more than kEraseIdsMax, an id that can be none, another kind.
inline constexpr std::size_t kEraseIdsMax = 10'000;
COFFER_API Result<OperationOf<EraseReport>> StartErase(Engine& engine, Kind kind, std::span<const std::string> ids,
                                                       StartOptions start = {});

}  // namespace coffer
