// ConversationWriter: stores a conversation with more messages than a batch holds, in one commit.
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

// Append keeps the messages in a temporary file, because the conversation may be known only after its last message. Commit
// writes their rows to sorted files, which the store ingests together with the rows of the conversation.
//
// Invariants:
// * Before the commit everything is in a temporary folder. The destructor removes it; after a crash the next open does.
// * The commit is one atomic, durable change of any size: no reader and no crash sees a part of it.
// Owned by the caller. Use from one thread at a time. The Engine must outlive it. Memory: a few buffers and one message.
class ConversationWriter {
 public:
  // kPermissionDenied: the store is opened read-only.
  // kUnavailable: an earlier write failed.
  static Result<std::unique_ptr<ConversationWriter>> Begin(Engine& engine);
  ~ConversationWriter();
  ConversationWriter(const ConversationWriter&) = delete;
  ConversationWriter& operator=(const ConversationWriter&) = delete;

  // Sequence numbers are those of Batch::PutConversationWithMessages; Commit reports one that occurs twice. Ignores
  // conversation_id.
  // kInvalidArgument: the message is invalid, and so is the conversation.
  // kIoError, kResourceExhausted: the temporary file cannot be written.
  Status Append(Message message);
  std::uint64_t messages() const noexcept { return messages_; }

  // Call once, after at least one Append.
  // kInvalidArgument: the conversation is invalid.
  Status Finish(const Conversation& conversation, PutMode mode);

  // Call once, after Finish. The item says whether this conversation was put, kept or refused. A failed Status means that the
  // store failed and nothing changed. A new conversation is locked only during the last step. An existing conversation is
  // locked while the rows are written, which takes seconds per gigabyte; writers of ids that share its lock wait.
  Result<AppliedItem> Commit();

 private:
  class RowWriter;

  ConversationWriter(Engine& engine, storage::Store& store, StorePin pin);

  Result<bool> Exists();
  // Nullopt: the conversation exists by now.
  Result<std::optional<AppliedItem>> PutNew();
  Result<AppliedItem> PutOver();
  Result<std::unique_ptr<storage::BulkLoad>> NewLoad() { return store_.NewBulkLoad(storage::Family::kMessages, folder_); }
  // Writes the messages, and the removal of `old_rows`, to `load`.
  // kInvalidArgument: a sequence number occurs twice.
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
