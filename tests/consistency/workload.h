// Workload: writers that change a few records over and over, readers that read them by every call, and their history.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "coffer/random_source.h"
#include "consistency/history.h"
#include "consistency/watched_store.h"

namespace coffer::consistency {

inline constexpr std::size_t kWriters = 3;
inline constexpr std::size_t kReaders = 3;
inline constexpr std::size_t kConversationsOfWriter = 3;
inline constexpr std::size_t kDocumentsOfWriter = 2;
inline constexpr std::size_t kPromptsOfWriter = 2;
inline constexpr std::uint64_t kMessagesMax = 12;  // sequence numbers of a conversation are below
inline constexpr std::array<const char*, 2> kOwners = {"anna", "bert"};

// The state of one record, as its writer knows it.
struct ModelRecord {
  Kind kind = Kind::kConversation;
  std::string id;
  std::size_t writer = 0;
  bool exists = false;
  std::string owner;
  std::string version;                            // title, filename or name
  std::string content;                            // of documents and prompts: a version
  std::map<std::uint64_t, std::string> messages;  // contents, by sequence number
  std::size_t first_register = 0;

  // The values of its registers, in the order of RegisterNames.
  std::vector<std::string> Values() const;
  std::uint64_t next_sequence() const { return messages.empty() ? 0 : messages.rbegin()->first + 1; }
};

std::vector<std::string> RegisterNames(Kind kind);

// All records. Owned by the test; writers change their own records only.
struct Model {
  std::vector<ModelRecord> records;

  Model();
  // Fills the registers of a new history with the present state.
  History Begin() const;
};

// Runs writers and readers for some time, and adds what they do to `history`, whose registers are those of Model::Begin.
class Workload {
 public:
  Workload(WatchedStore& store, Model& model, History& history, std::uint64_t seed)
      : store_(store), model_(model), history_(history), seed_(seed) {}

  // Starts the threads. Readers take snapshots and open contents only while may_pin is true.
  void Start();
  void StopWriters();
  void StopReaders();

  std::atomic<bool> may_pin{true};

 private:
  class Writer;
  class Reader;

  WatchedStore& store_;
  Model& model_;
  History& history_;
  const std::uint64_t seed_;
  std::atomic<bool> writing_{false};
  std::atomic<bool> reading_{false};
  std::vector<std::thread> writers_;
  std::vector<std::thread> readers_;
};

// Nanoseconds of a monotonic clock.
std::int64_t Now();

}  // namespace coffer::consistency
