// The store that backups are taken of: how it comes to be, and what a day's use does to it.
#ifndef COFFER_BENCH_BACKUP_STORE_H_
#define COFFER_BENCH_BACKUP_STORE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "corpus.h"

namespace coffer::bench {

inline constexpr std::size_t kDaysOfUse = 7;

struct StoreShape {
  std::filesystem::path data;
  std::size_t copies = 1;
  bool documents = true;
  std::size_t days_held_back = 0;  // so many days' new conversations are still to come
};

// Whom and what the benchmarks ask for in a store.
struct StoreSample {
  std::string conversation_id;
  std::string median_user;  // of all owners, by their conversations' number
};

// Conversations and prompts in durable commits of 500, documents one by one; in order of time, as they would have come.
void BuildStore(const StoreShape& shape, const std::filesystem::path& directory);
StoreSample SampleOf(const std::filesystem::path& directory);

// Which conversations a store of a shape begins with, and which each day brings: a hundredth of all.
std::size_t ConversationsBefore(const CorpusCopies& corpus, const StoreShape& shape);
std::size_t ConversationsADay(const CorpusCopies& corpus);

// Day `day` (from 0): a hundredth new conversations, and as many of the newest tenth go on by two messages each. Returns the
// bytes of what was written as NDJSON in zstd level 3: new conversations, and messages that were appended.
std::uint64_t UseForADay(const StoreShape& shape, std::size_t day, const std::filesystem::path& directory);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_BACKUP_STORE_H_
