// The records of one snapshot in the order of exports: conversations with their messages, documents, prompts, each by id.
// Knows records, not formats: a RecordSink is one.
#pragma once

#include <cstdint>
#include <string_view>

#include "coffer/result.h"
#include "format/stored_record.h"
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

// Each walks one kind. kCorruption, naming the record: a value that cannot be read, messages without their conversation, or
// a conversation whose messages are not those that its head tells; nothing is passed over.
// Memory: a few blocks and the read-ahead, whatever the number of records.
Status WalkConversations(storage::Store& store, const storage::StoreSnapshot* snapshot, RecordSink& sink);
Status WalkDocuments(storage::Store& store, const storage::StoreSnapshot* snapshot, RecordSink& sink);
Status WalkPrompts(storage::Store& store, const storage::StoreSnapshot* snapshot, RecordSink& sink);

}  // namespace coffer::operations
