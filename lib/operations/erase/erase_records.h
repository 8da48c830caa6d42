// Deleting what an entry of the ledger names, from the live store or from a generation that is being built.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

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

// Deletes in batches what is there when it is called, and the counters of a user. `counts` grow with each commit and, if
// `progress_key` is not empty, are kept under that key of `progress`, from where they are read first: doing it again after a
// crash goes on. Bytes stay in files until they are scrubbed. kCancelled: `stop` became true.
Status EraseRecords(engine::EngineCore& core, const LedgerEntry& entry, const std::string& progress_key,
                    const std::atomic<bool>& stop, ErasedCounts& counts);

// The families in which records of that kind (absent: any kind) leave bytes.
std::span<const storage::Family> FamiliesTouched(std::optional<Kind> kind);

}  // namespace coffer::operations
