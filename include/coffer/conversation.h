// Conversation and Message: plain data. FORMAT.md defines their JSON form.
// An "id" below is as kIdBytesMax (limits.h) says. A put that breaks a rule below is kInvalidArgument and names the member.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

// The values are stored and never reused.
enum class ConversationStatus : std::uint8_t { kActive = 0, kArchived = 1, kDeleted = 2 };
enum class Role : std::uint8_t { kUser = 0, kAssistant = 1, kSystem = 2, kTool = 3 };

// A conversation without its messages. An absent optional member is not stored.
struct Conversation {
  std::string id;       // an id; empty on a put: the engine generates a ULID
  std::string user_id;  // the owner; an id; required
  std::string title;    // 1..kTitleCharactersMax characters; required
  std::optional<std::string> description;
  ConversationStatus status = ConversationStatus::kActive;  // data: kDeleted does not delete or hide the record
  std::optional<std::string> llm_provider;
  std::optional<std::string> llm_model;
  std::optional<JsonNumber> temperature;  // 0..2
  std::optional<JsonNumber> max_tokens;   // a whole number above 0
  std::optional<std::string> system_prompt;
  std::optional<std::vector<std::string>> tags;  // at most kTagsMax
  std::optional<Json> extra_metadata;            // an object
  std::optional<JsonNumber> total_tokens;        // a whole number, 0 or more
  std::optional<JsonNumber> total_cost;
  std::optional<Timestamp> created_at;  // absent on a put: now
  std::optional<Timestamp> updated_at;  // absent on a put: created_at
  JsonMembers unknown_members;          // members that Coffer does not know

  // Derived from the messages. Set by reads, ignored by puts.
  std::uint64_t message_count = 0;
  std::optional<Timestamp> last_message_at;  // created_at of the message with the highest sequence number

  bool operator==(const Conversation&) const = default;
};

// One message. (conversation_id, sequence_number) identifies it; its id is data.
struct Message {
  std::string id;                                // an id; empty on a put: the engine generates a ULID
  std::string conversation_id;                   // set by reads; on a put, empty or the conversation's id
  std::optional<std::uint64_t> sequence_number;  // below 2^64 - 1; absent on a put: after the messages before it
  Role role = Role::kUser;
  std::string content;             // at most kMessageContentBytesMax bytes
  std::optional<Json> tool_calls;  // an array or an object
  std::optional<std::string> tool_call_id;
  std::optional<JsonNumber> prompt_tokens;      // a whole number, 0 or more
  std::optional<JsonNumber> completion_tokens;  // a whole number, 0 or more
  std::optional<JsonNumber> total_tokens;       // a whole number, 0 or more
  std::optional<std::string> model_used;
  std::optional<std::string> provider_used;
  std::optional<std::string> finish_reason;
  std::optional<JsonNumber> response_time_ms;  // milliseconds, 0 or more
  std::optional<JsonNumber> cost;
  std::optional<JsonNumber> rating;     // 0..5
  std::optional<Json> extra_metadata;   // an object
  std::optional<Timestamp> created_at;  // absent on a put: now
  JsonMembers unknown_members;          // members that Coffer does not know

  bool operator==(const Message&) const = default;
};

}  // namespace coffer
