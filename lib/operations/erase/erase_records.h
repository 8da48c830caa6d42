// Deletes the records that a ledger entry names, from the live store or from a generation that is being built.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "engine/core.h"
#include "operations/ledger/ledger.h"

namespace coffer::operations {

struct ErasedCounts {
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t documents = 0;
  std::uint64_t prompts = 0;
  std::uint64_t contents = 0;
};

// How far an erasure has come, in a row of the store that the deletions change. The row is kept until the erasure is complete,
// so that a receipt adds up over all runs.
struct EraseProgress {
  ErasedCounts counts;
  bool records_done = false;  // the records are deleted; whatever is there now was written later and stays
  std::uint64_t exports_removed = 0;
};

// Without a row: no progress.
// kCorruption: the row is damaged.
Result<EraseProgress> ReadEraseProgress(storage::Store& store, std::string_view erase_id);
Status WriteEraseProgress(engine::EngineCore& core, std::string_view erase_id, const EraseProgress& progress);
Status DropEraseProgress(engine::EngineCore& core, std::string_view erase_id);

// Deletes the records that exist when it is called, in batches that store the progress, and a user's counters. If the progress
// says that the records are done, it deletes none. A call after a crash before that deletes what exists by then. The bytes stay
// in files until they are scrubbed.
// kCancelled: `stop` became true.
Result<EraseProgress> EraseRecords(engine::EngineCore& core, const LedgerEntry& entry, const std::atomic<bool>& stop);

// The families that hold bytes of records of that kind; nullopt: of any kind.
std::span<const storage::Family> FamiliesTouched(std::optional<Kind> kind);

}  // namespace coffer::operations
