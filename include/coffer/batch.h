// Batch: several changes that become visible, and durable, together or not at all.
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
  kCreated,
  kReplaced,
  kDeleted,
  kKept,      // left out: the record was there (a message: with the same id)
  kConflict,  // left out: another message, with another id, has that place
};

struct ItemResult {
  Outcome outcome = Outcome::kCreated;
  std::string id;                     // of a record whose id the engine made; else empty
  std::uint64_t sequence_number = 0;  // of a message
};

// Collects changes and encodes them at once, so that a bad record is refused where it is put and the batch stays usable.
// The engine applies them in order: an append may follow the put of its conversation in the same batch.
// Owned by the caller; one thread at a time (batches for one engine may be filled in parallel); the Engine must outlive it. One
// that was moved from takes only assignment and destruction.
// Memory: the encoded records, at most kBatchBytesMax; a put beyond it is kResourceExhausted and changes nothing.
//
// Every put answers kInvalidArgument for a record that records.md's rules, as FORMAT.md restates them, refuse: the message
// names the member. But for contents (content.h), nothing is on disk before Engine::Commit.
class COFFER_API Batch {
 public:
  explicit Batch(Engine& engine);
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  ~Batch();

  // Writes the conversation and keeps its messages, if it has any.
  Status PutConversation(const Conversation& conversation, PutMode mode = PutMode::kUpsert);
  // Messages go with PutConversationWithMessages; {} would read as "no messages" and keep them.
  Status PutConversation(const Conversation& conversation, std::initializer_list<Message> messages) = delete;
  // Writes the conversation and replaces all its messages by these. A message without a sequence number gets the number after
  // the message before it. Sequence numbers may come in any order; a number that comes twice is kInvalidArgument.
  Status PutConversationWithMessages(const Conversation& conversation, std::span<const Message> messages,
                                     PutMode mode = PutMode::kUpsert);
  Status PutConversationWithMessages(const Conversation& conversation, std::initializer_list<Message> messages,
                                     PutMode mode = PutMode::kUpsert) {
    return PutConversationWithMessages(conversation, std::span<const Message>(messages.begin(), messages.size()), mode);
  }

  // Adds a message behind the last one (without sequence_number) or at its place. The commit fails with kNotFound when there is
  // no such conversation, and with kConflict when the place is taken by a message with another id; the same id: kKept.
  // The conversation's own record is not written.
  Status AppendMessage(std::string_view conversation_id, const Message& message);
  // Writes a message at its place (sequence_number is required). kKeepExisting and kNewest: see Outcome.
  Status PutMessage(std::string_view conversation_id, const Message& message, PutMode mode = PutMode::kUpsert);
  // kNotFound at commit when it is not there.
  Status DeleteMessage(std::string_view conversation_id, std::uint64_t sequence_number);

  // Puts metadata and leaves the content, if any, as it is.
  Status PutDocument(const Document& document, PutMode mode = PutMode::kUpsert);
  // Puts metadata with a content, which is taken over, and dropped where this fails. file_size and file_hash, where given, must
  // fit it. kInvalidArgument: a writer of another engine, or one whose content was taken already. A writer that has failed: its
  // failure.
  Status PutDocument(const Document& document, ContentWriter content, PutMode mode = PutMode::kUpsert);
  // Gives an existing document a new content, taken over as above; updated_at becomes now. kNotFound at commit when the
  // document is not there.
  Status SetContent(std::string_view document_id, ContentWriter content);

  Status PutPrompt(const Prompt& prompt, PutMode mode = PutMode::kUpsert);

  // Deletes a record with all that hangs on it (messages, content, index rows). `owner`, if not empty, must own it: a record of
  // somebody else is kNotFound at commit, in the same words as a missing one. kMessage and kContent are kInvalidArgument.
  Status Delete(Kind kind, std::string_view id, std::string_view owner = {});

  // Entries: the calls above that succeeded. At most kBatchEntriesMax.
  std::size_t size() const noexcept;
  // What they take of kBatchBytesMax.
  std::size_t bytes() const noexcept;
  // Drops the operations, and contents with them. The batch can be filled anew.
  void Clear();

  class State;

 private:
  friend class engine::Internals;
  std::unique_ptr<State> state_;
};

}  // namespace coffer
