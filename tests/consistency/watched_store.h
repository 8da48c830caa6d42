// WatchedStore: the calls of one interface (C++, C) that the consistency checker makes. Records are JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coffer/kind.h"
#include "coffer/result.h"

namespace coffer::consistency {

enum class Entry { kPutConversation, kPutWithMessages, kAppendMessage, kDeleteMessage, kPutDocument, kPutPrompt, kDelete };

// One entry of a commit.
struct Change {
  Entry entry;
  Kind kind = Kind::kConversation;
  std::string id = {};
  std::string json = {};                   // the record
  std::vector<std::string> messages = {};  // kPutWithMessages
  std::uint64_t sequence = 0;              // kDeleteMessage
  std::string content = {};                // kPutDocument: the bytes
};

// The arguments of a read.
struct Call {
  Kind kind = Kind::kConversation;
  std::string id = {};
  std::uint64_t sequence = 0;  // of a message; of a listing of messages: where it begins
  bool with_messages = false;
  bool as_struct = false;  // prefer the call that returns a struct, if there are two
  std::string owner = {};
  std::size_t limit = 100;
  std::string after = {};
};

struct PageOfJson {
  std::vector<std::string> items;
  std::string next;
};

class WatchedSnapshot {
 public:
  virtual ~WatchedSnapshot() = default;
};

// Safe for use from many threads. `snapshot` may be null. The reads return kNotFound for a missing record.
class WatchedStore {
 public:
  virtual ~WatchedStore() = default;

  // Commits the changes as one.
  virtual Status Commit(std::span<const Change> changes) = 0;
  // Whether CommitBulk works.
  virtual bool has_bulk() const { return false; }
  // Puts a conversation with its messages by a bulk load.
  virtual Status CommitBulk(const Change& /*put*/) { return Status::Unavailable("no bulk loads"); }

  virtual std::unique_ptr<WatchedSnapshot> TakeSnapshot() = 0;
  virtual Result<std::string> Get(const Call& call, const WatchedSnapshot* snapshot) = 0;
  virtual Result<std::string> GetContent(const Call& call, const WatchedSnapshot* snapshot) = 0;
  virtual Result<PageOfJson> List(const Call& call, const WatchedSnapshot* snapshot) = 0;
  virtual Result<PageOfJson> ListMessages(const Call& call, const WatchedSnapshot* snapshot) = 0;
};

}  // namespace coffer::consistency
