// Batch::State: the encoded entries of a batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/batch.h"
#include "engine/content_state.h"
#include "engine/core.h"
#include "format/stored/stored_record.h"

namespace coffer {

namespace engine {

// A range of the batch's bytes: kind (1 byte), key and stored value (of a message: its JSON). The content digest is taken of
// the range.
struct EncodedRow {
  std::size_t offset = 0;
  std::uint32_t key_bytes = 0;
  std::uint32_t json_bytes = 0;
  std::size_t value_bytes = 0;
};

struct EncodedMessage {
  EncodedRow row;
  bool has_sequence = false;  // false: the key's last 8 bytes are filled in when the message is applied
  std::uint64_t sequence = 0;
  Timestamp created_at;
  std::uint32_t created_at_offset = 0;  // in the JSON
  std::uint16_t id_bytes = 0;           // of the JSON text up to the end of the id
  format::Digest128 digest;             // with has_sequence
};

enum class Action : std::uint8_t {
  kPutConversation,
  kPutMessage,
  kDeleteMessage,
  kPutDocument,
  kSetContent,
  kPutPrompt,
  kDelete,
};

// What the head of a conversation says about messages that a bulk load stores.
struct LoadedMessages {
  format::Tally messages;
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  Timestamp last_message_at;
  std::uint32_t leading_run = 0;
};

struct BatchEntry {
  Action action = Action::kPutConversation;
  PutMode mode = PutMode::kUpsert;
  Kind kind = Kind::kConversation;
  bool appends = false;  // of kPutMessage: another message with the sequence number is a failure
  bool replaces_messages = false;
  bool generated_id = false;
  std::string id;                 // the record's; for a message, the conversation's
  std::string owner;              // of kDelete
  std::uint64_t sequence = 0;     // of kDeleteMessage
  EncodedRow row;                 // prompt, or a conversation's text
  format::ConversationHead head;  // of a conversation, without its messages
  std::size_t first_message = 0;  // into State::messages
  std::size_t message_count = 0;
  // With replaces_messages: a bulk load has the rows of the messages and removes the old rows.
  bool messages_loaded = false;
  // Encoded when the entry is applied, because the text depends on the stored content.
  std::unique_ptr<Document> document;
  std::unique_ptr<ContentWriterState> content;
};

}  // namespace engine

class Batch::State {
 public:
  explicit State(engine::EngineCore& engine_core) : core(engine_core) {}

  std::string_view KeyOf(const engine::EncodedRow& row) const {
    return std::string_view(bytes).substr(row.offset + 1, row.key_bytes);
  }
  std::string_view ValueOf(const engine::EncodedRow& row) const {
    return std::string_view(bytes).substr(row.offset + 1 + row.key_bytes, row.value_bytes);
  }
  std::string_view DigestedBytes(const engine::EncodedRow& row) const {
    return std::string_view(bytes).substr(row.offset, 1 + row.key_bytes + row.value_bytes);
  }
  format::StoredMessage StoredOf(const engine::EncodedMessage& message) const {
    return {message.created_at_offset, ValueOf(message.row)};
  }
  format::Tally TallyOf(const engine::EncodedRow& row) const {
    return {1, row.json_bytes, format::ContentDigest(DigestedBytes(row))};
  }

  std::size_t TotalBytes() const { return bytes.size() + document_bytes; }

  engine::EngineCore& core;
  std::string bytes;
  // Of documents, which are not encoded yet, and of the last chunks of contents, which are in memory.
  std::size_t document_bytes = 0;
  std::vector<engine::BatchEntry> entries;
  std::vector<engine::EncodedMessage> messages;
};

}  // namespace coffer
