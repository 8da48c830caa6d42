// Records of one snapshot in the order of exports: conversations with their messages, documents, prompts, each by id.
// Knows records, not formats: a RecordSink is one.
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

// What a format makes of the records. Views are valid for the call. A failed Status ends the walk.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // Its messages follow, then EndConversation.
  virtual Status BeginConversation(std::string_view id, const format::StoredText& text,
                                   const format::ConversationHead& head) = 0;
  virtual Status AddMessage(std::string_view conversation_id, std::uint64_t sequence_number,
                            const format::StoredMessage& message) = 0;
  virtual Status EndConversation() = 0;
  virtual Status AddDocument(std::string_view id, const format::StoredRecord& record) = 0;
  virtual Status AddPrompt(std::string_view id, const format::StoredRecord& record) = 0;
};

// Which records a walk meets; what is empty or absent does not narrow it.
struct RecordFilter {
  std::string owner;
  std::optional<Timestamp> created_from;    // at or after
  std::optional<Timestamp> created_before;  // before
  std::optional<std::string> id;            // this one alone; of conversations, documents, prompts

  bool everything() const { return owner.empty() && !created_from && !created_before && !id; }
  bool Holds(std::string_view record_owner, Timestamp created_at) const;
};

// The ids of one owner that a walk sorts in memory; where there are more it reads the whole family instead.
inline constexpr std::size_t kWalkIdsMax = 500'000;
inline constexpr std::size_t kWalkIdBytesMax = std::size_t{32} << 20;

// Each walks one kind, by id; with an owner through its index rows, else through the family. kCorruption, naming the record: a
// value that cannot be read, messages without their conversation (told by a walk through everything), or a conversation whose
// messages are not those that its head tells; nothing is passed over. kNotFound: there is no record of filter.id.
// Memory: a few blocks and the read-ahead, and with an owner the list of ids, whatever the number of records.
Status WalkConversations(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
                         RecordSink& sink);
Status WalkDocuments(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
                     RecordSink& sink);
Status WalkPrompts(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter, RecordSink& sink);

}  // namespace coffer::operations
