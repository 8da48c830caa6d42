// History: what writers committed and readers saw, and the check that every read shows the state after some prefix of the
// commits, never older than what its reader saw before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace coffer::consistency {

// A register is one visible fact about a record: a title, an owner, whether it exists. One writer changes it.
struct Setting {
  std::size_t name = 0;  // index in History::registers
  std::string value;
};

struct Register {
  std::string name;
  std::size_t writer = 0;
  std::string initial;
};

// Times are nanoseconds of one monotonic clock.
struct CommitEvent {
  std::int64_t began = 0;
  std::int64_t returned = 0;
  std::vector<Setting> set = {};
  // Every writer has this commit, and it changes all of their registers at once. No other commit runs meanwhile.
  bool is_common = false;
};

struct ReadEvent {
  std::int64_t began = 0;
  std::int64_t ended = 0;
  std::string call = {};
  std::vector<Setting> saw = {};
};

struct History {
  std::vector<Register> registers;
  std::vector<std::vector<CommitEvent>> writers;  // the commits of each, in order
  std::vector<std::vector<ReadEvent>> readers;    // the reads of each, in order
};

// The contradictions in a history, in words; at most kAnomaliesMax of them. Each of these is one:
// * A read shows registers of one writer that no prefix of its commits gives.
// * A read misses a commit that returned before the read began, or shows one that began after it ended.
// * A read misses a commit that an earlier read of the same reader showed.
// * Two reads show commits of two writers in opposite orders.
inline constexpr std::size_t kAnomaliesMax = 10;
std::vector<std::string> AnomaliesOf(const History& history);

}  // namespace coffer::consistency
