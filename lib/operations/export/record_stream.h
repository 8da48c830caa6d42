// Walks over the records of one snapshot in the order of exports: conversations with their messages, documents, prompts, each
// by id. A RecordSink receives the records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "format/stored/stored_record.h"
#include "storage/store.h"

namespace coffer::operations {

// Views are valid during the call. A failed Status ends the walk.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // Followed by the messages of the conversation, then EndConversation.
  virtual Status BeginConversation(std::string_view id, const format::StoredText& text,
                                   const format::ConversationHead& head) = 0;
  virtual Status AddMessage(std::string_view conversation_id, std::uint64_t sequence_number,
                            const format::StoredMessage& message) = 0;
  virtual Status EndConversation() = 0;
  virtual Status AddDocument(std::string_view id, const format::StoredRecord& record) = 0;
  virtual Status AddPrompt(std::string_view id, const format::StoredRecord& record) = 0;
};

// Which records a walk reads. Empty and absent members match all.
struct RecordFilter {
  std::string owner;
  std::optional<Timestamp> created_from;    // at or after
  std::optional<Timestamp> created_before;  // before
  std::optional<std::string> id;            // of a conversation, document or prompt

  bool everything() const { return owner.empty() && !created_from && !created_before && !id; }
  bool Holds(std::string_view record_owner, Timestamp created_at) const;
};

// The most ids of one owner that a walk sorts in memory. With more, it reads the whole family instead.
inline constexpr std::size_t kWalkIdsMax = 500'000;
inline constexpr std::size_t kWalkIdBytesMax = std::size_t{32} << 20;

// Each walks one kind by id: with an owner through its index rows, else through the whole family. Memory: a few blocks and the
// read-ahead, with an owner also its list of ids; independent of the number of records.
// kCorruption: a value cannot be read, messages lack their conversation (found only by a walk without a filter), or the
// messages of a conversation differ from its head. The message names the record; no record is skipped.
// kNotFound: no record has filter.id.
Status WalkConversations(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
                         RecordSink& sink);
Status WalkDocuments(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
                     RecordSink& sink);
Status WalkPrompts(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter, RecordSink& sink);

}  // namespace coffer::operations
