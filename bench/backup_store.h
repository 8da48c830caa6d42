// Builds the store that is backed up, and simulates a day of use.
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
  std::size_t days_held_back = 0;  // days whose new conversations are not yet written
};

// The user and the conversations that the benchmarks ask for.
struct StoreSample {
  std::string conversation_id;
  std::string median_user;  // by number of conversations
};

// Writes conversations and prompts in durable commits of 500, and documents one by one, in order of time.
void BuildStore(const StoreShape& shape, const std::filesystem::path& directory);
StoreSample SampleOf(const std::filesystem::path& directory);

// Which conversations a store of a shape starts with, and which each day adds: a hundredth of all.
std::size_t ConversationsBefore(const CorpusCopies& corpus, const StoreShape& shape);
std::size_t ConversationsADay(const CorpusCopies& corpus);

// Day `day` (from 0): adds a hundredth new conversations, and two messages each to as many of the newest tenth. Returns the
// bytes written as NDJSON in zstd level 3: new conversations and appended messages.
std::uint64_t UseForADay(const StoreShape& shape, std::size_t day, const std::filesystem::path& directory);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_BACKUP_STORE_H_
