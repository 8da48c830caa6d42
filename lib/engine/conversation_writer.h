// ConversationWriter: a conversation with more messages than a batch holds, taken up one by one and stored all at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "coffer/batch.h"
#include "coffer/conversation.h"
#include "coffer/engine.h"
#include "coffer/result.h"
#include "engine/batch_state.h"
#include "engine/core.h"
#include "engine/temporary_messages.h"

namespace coffer::engine {

// Messages wait in a spool, since what they belong to may be known only behind the last of them. Commit writes their rows to
// sorted files and has the store take these in together with the conversation's own rows.
//
// Invariants:
// * Before the commit nothing of it is in the store: all is in a folder of its own that is removed with this object, and
//   swept at the next opening after a crash.
// * The commit is one atomic, durable change, whatever its size: no reader and no crash sees a part of it.
// Owned by the caller; one thread at a time; the Engine must outlive it. Memory: a few buffers and one message.
class ConversationWriter {
 public:
  // As for every write: kPermissionDenied, kUnavailable.
  static Result<std::unique_ptr<ConversationWriter>> Begin(Engine& engine);
  ~ConversationWriter();
  ConversationWriter(const ConversationWriter&) = delete;
  ConversationWriter& operator=(const ConversationWriter&) = delete;

  // Sequence numbers as Batch::PutConversation takes them; a number twice is told by Commit. conversation_id is not looked at.
  // kInvalidArgument: the message is refused, and so is the conversation. Else the spool cannot be written.
  Status Append(Message message);
  std::uint64_t messages() const noexcept { return messages_; }

  // The conversation itself, behind its messages, of which there must be one. kInvalidArgument: it is refused.
  Status Finish(const Conversation& conversation, PutMode mode);

  // Once, behind Finish. The item tells what is about this conversation alone: that it was put, kept or refused. A failed
  // Status: the store failed, and nothing changed. A new conversation is locked for the last step alone. One that is there
  // already is locked, and writers of the ids that share its lock wait, while the rows are written: seconds a gigabyte.
  Result<AppliedItem> Commit();

 private:
  class RowWriter;

  ConversationWriter(Engine& engine, storage::Store& store, StorePin pin);

  Result<bool> Exists();
  // Nothing: there is such a conversation by now.
  Result<std::optional<AppliedItem>> PutNew();
  Result<AppliedItem> PutOver();
  Result<std::unique_ptr<storage::BulkLoad>> NewLoad() { return store_.NewBulkLoad(storage::Family::kMessages, folder_); }
  // Writes the messages, and the removal of `old_rows`, to `load`. kInvalidArgument: the conversation is refused.
  Status FillLoad(storage::BulkLoad& load, storage::Scan* old_rows);

  Engine& engine_;
  EngineCore& core_;
  storage::Store& store_;  // cannot be switched while pinned
  StorePin pin_;
  std::string folder_;
  TemporaryMessages temporary_;
  Batch encoder_;
  Batch batch_;  // the conversation, once finished
  std::string id_;
  LoadedMessages staged_;
  std::uint64_t messages_ = 0;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace coffer::engine
