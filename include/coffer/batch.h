// Batch: several changes that become visible and durable together, or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/content.h"
#include "coffer/conversation.h"
#include "coffer/document.h"
#include "coffer/kind.h"
#include "coffer/options.h"
#include "coffer/prompt.h"
#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

namespace engine {
class Internals;
}

enum class Outcome : std::uint8_t {
  kCreated,   // written; it did not exist before
  kReplaced,  // written over an existing record
  kDeleted,   // deleted
  kKept,      // not written: the record exists (a message: with the same id)
  kConflict,  // not written: a message with another id has this sequence number
};

// The result of one batch entry.
struct ItemResult {
  Outcome outcome = Outcome::kCreated;
  std::string id;                     // the generated id; empty if the caller gave one
  std::uint64_t sequence_number = 0;  // messages only
};

// Collects changes, called entries, for Engine::Commit. The engine applies them in order, so an append may follow the put of
// its conversation in the same batch.
// Each call encodes its record at once: a bad record is rejected here, and the batch stays usable.
// Owned by the caller. One thread at a time; several batches of one engine may be filled in parallel. The Engine must outlive
// it. A Batch that was moved from can only be assigned to or destroyed.
// Memory: the encoded records, at most kBatchBytesMax.
// Until Engine::Commit, nothing is on disk except the bytes of contents (content.h).
//
// Errors of every call that adds an entry; a failed call leaves the batch unchanged:
// kInvalidArgument: the record breaks a rule of FORMAT.md; the message names the member.
// kResourceExhausted: the batch would exceed kBatchEntriesMax or kBatchBytesMax, or memory is exhausted.
// Errors that depend on stored records, such as kNotFound, are reported by Engine::Commit.
class COFFER_API Batch {
 public:
  explicit Batch(Engine& engine);
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  ~Batch();

  // Writes the conversation. Messages that it already has are kept.
  Status PutConversation(const Conversation& conversation, PutMode mode = PutMode::kUpsert);
  // Deleted because {} would read as "no messages" and keep them. Use PutConversationWithMessages.
  Status PutConversation(const Conversation& conversation, std::initializer_list<Message> messages) = delete;
  // Writes the conversation and replaces all its messages with `messages`.
  // A message without a sequence number gets the number after that of the message before it. Numbers may be in any order.
  // kInvalidArgument: two messages have the same sequence number.
  Status PutConversationWithMessages(const Conversation& conversation, std::span<const Message> messages,
                                     PutMode mode = PutMode::kUpsert);
  Status PutConversationWithMessages(const Conversation& conversation, std::initializer_list<Message> messages,
                                     PutMode mode = PutMode::kUpsert) {
    return PutConversationWithMessages(conversation, std::span<const Message>(messages.begin(), messages.size()), mode);
  }

  // Adds a message: after the last one if it has no sequence number, else at that number. Does not write the conversation's
  // record. If a message with the same id has that number, nothing is written and the outcome is kKept.
  // At commit, kNotFound: the conversation does not exist.
  // At commit, kConflict: a message with another id has that sequence number.
  // At commit, kResourceExhausted: the conversation's last possible sequence number is taken.
  Status AppendMessage(std::string_view conversation_id, const Message& message);
  // Writes a message at its sequence number, which is required. With kKeepExisting and kNewest, see Outcome.
  // At commit, kNotFound: the conversation does not exist, or, with kUpdate, the message does not.
  // At commit, kAlreadyExists: with kInsert, the sequence number is taken.
  Status PutMessage(std::string_view conversation_id, const Message& message, PutMode mode = PutMode::kUpsert);
  // At commit, kNotFound: there is no such message.
  Status DeleteMessage(std::string_view conversation_id, std::uint64_t sequence_number);

  // Writes the metadata. A content that the document already has is kept.
  Status PutDocument(const Document& document, PutMode mode = PutMode::kUpsert);
  // Writes the metadata and makes `content` the document's content. Takes ownership of `content`; drops it on failure.
  // kInvalidArgument: `content` belongs to another engine, or was moved from.
  // kInvalidArgument: file_size or file_hash is set and does not match `content`.
  // If a call of `content` has failed: that failure.
  Status PutDocument(const Document& document, ContentWriter content, PutMode mode = PutMode::kUpsert);
  // Gives an existing document a new content and sets updated_at to now. Takes ownership and fails as PutDocument does.
  // At commit, kNotFound: there is no such document.
  // At commit, kInvalidArgument: the document has no content yet, and its file_size or file_hash does not match.
  Status SetContent(std::string_view document_id, ContentWriter content);

  Status PutPrompt(const Prompt& prompt, PutMode mode = PutMode::kUpsert);

  // Deletes a record with everything that belongs to it: messages, content, index rows.
  // `owner`: if not empty, the record must have this owner.
  // kInvalidArgument: `kind` is kMessage or kContent.
  // At commit, kNotFound: there is no such record, or it has another owner; the message does not say which.
  Status Delete(Kind kind, std::string_view id, std::string_view owner = {});

  // Number of entries: one for each successful call above. At most kBatchEntriesMax.
  std::size_t size() const noexcept;
  // Bytes of kBatchBytesMax that the entries use.
  std::size_t bytes() const noexcept;
  // Drops all entries and their contents. The batch can be filled again.
  void Clear();

  class State;

 private:
  friend class engine::Internals;
  std::unique_ptr<State> state_;
};

}  // namespace coffer
