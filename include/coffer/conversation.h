// Conversation and Message: plain data, as an application sees them. Members, defaults and limits: lib/format/FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

enum class ConversationStatus : std::uint8_t { kActive = 0, kArchived = 1, kDeleted = 2 };
enum class Role : std::uint8_t { kUser = 0, kAssistant = 1, kSystem = 2, kTool = 3 };

// A conversation without its messages.
struct Conversation {
  std::string id;       // empty on a put: the engine makes a ULID
  std::string user_id;  // the owner; required
  std::string title;    // 1..255 characters; required
  std::optional<std::string> description;
  ConversationStatus status = ConversationStatus::kActive;
  std::optional<std::string> llm_provider;
  std::optional<std::string> llm_model;
  std::optional<JsonNumber> temperature;  // 0..2
  std::optional<JsonNumber> max_tokens;   // a whole number above 0
  std::optional<std::string> system_prompt;
  std::optional<std::vector<std::string>> tags;
  std::optional<Json> extra_metadata;  // an object
  std::optional<JsonNumber> total_tokens;
  std::optional<JsonNumber> total_cost;
  std::optional<Timestamp> created_at;  // absent on a put: now
  std::optional<Timestamp> updated_at;  // absent on a put: created_at
  JsonMembers unknown_members;

  // Derived from the messages. Filled in by reads, ignored by puts.
  std::uint64_t message_count = 0;
  std::optional<Timestamp> last_message_at;

  bool operator==(const Conversation&) const = default;
};

// One message. Its identity is (conversation_id, sequence_number); its id is data.
struct Message {
  std::string id;                                // empty on a put: the engine makes a ULID
  std::string conversation_id;                   // filled in by reads; on a put it is empty or the conversation's id
  std::optional<std::uint64_t> sequence_number;  // absent on a put: its place after the messages before it
  Role role = Role::kUser;
  std::string content;
  std::optional<Json> tool_calls;  // an array or an object
  std::optional<std::string> tool_call_id;
  std::optional<JsonNumber> prompt_tokens;
  std::optional<JsonNumber> completion_tokens;
  std::optional<JsonNumber> total_tokens;
  std::optional<std::string> model_used;
  std::optional<std::string> provider_used;
  std::optional<std::string> finish_reason;
  std::optional<JsonNumber> response_time_ms;
  std::optional<JsonNumber> cost;
  std::optional<JsonNumber> rating;     // 0..5
  std::optional<Json> extra_metadata;   // an object
  std::optional<Timestamp> created_at;  // absent on a put: now
  JsonMembers unknown_members;

  bool operator==(const Message&) const = default;
};

}  // namespace coffer
