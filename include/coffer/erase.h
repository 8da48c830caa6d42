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

// A backup that still holds what was erased, and until when it is kept.
struct ErasureHolder {
  std::string backup_id;
  Timestamp expires_at;
};

struct EraseReport {
  std::string erase_id;  // of the entry in the ledger
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

// Erases all that a user owns, and the user's counters. The intent is durable in the ledger before this returns; then records,
// contents, index rows, counters and exports go, and the store is compacted until no file holds any of it. A crash at any
// moment is made good at the next opening. Every later restore applies the ledger before it serves.
// The ledger keeps the id of the user, not a text.
// kInvalidArgument: no id. kPermissionDenied: read-only.
COFFER_API Result<OperationOf<EraseReport>> StartEraseUser(Engine& engine, std::string_view user_id, StartOptions start = {});
// The same for single records of one kind: conversation, document, prompt. Ids that are not there are entered all the same,
// since a backup may hold them. At most kEraseIdsMax.
inline constexpr std::size_t kEraseIdsMax = 10'000;
COFFER_API Result<OperationOf<EraseReport>> StartErase(Engine& engine, Kind kind, std::span<const std::string> ids,
                                                       StartOptions start = {});

}  // namespace coffer
