// Deletes the records that a ledger entry names, from the live store or from a generation that is being built.
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

// Deletes the records that exist when it is called, in batches, and a user's counters. Each commit adds to `counts`. With a
// `progress_key` the counts are stored under that key of `progress` and read from there first, so that a call after a crash
// continues. The bytes stay in files until they are scrubbed.
// kCancelled: `stop` became true.
Status EraseRecords(engine::EngineCore& core, const LedgerEntry& entry, const std::string& progress_key,
                    const std::atomic<bool>& stop, ErasedCounts& counts);

// The families that hold bytes of records of that kind; nullopt: of any kind.
std::span<const storage::Family> FamiliesTouched(std::optional<Kind> kind);

}  // namespace coffer::operations
