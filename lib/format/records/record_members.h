// The members of each kind in canonical order: name, field, rule and use. Reading and writing use only these tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "coffer/conversation.h"
#include "coffer/document.h"
#include "coffer/prompt.h"
#include "format/records/record_rules.h"

namespace coffer::format {

enum class Use : std::uint8_t {
  kOptional,  // if absent, it is omitted or has the field's default
  kRequired,
  kOwner,    // required; in an interchange line it may come from the import's options
  kDerived,  // set by the engine: ignored when read, omitted from stored text
  kPlace,    // the place of a message: read, but omitted from stored text
};

// A member's name as text before its value: `,"title":`.
class MemberKey {
 public:
  template <std::size_t N>
  consteval MemberKey(const char (&name)[N]) : size_(N + 3) {
    text_[0] = ',';
    text_[1] = '"';
    for (std::size_t i = 0; i + 1 < N; ++i) text_[2 + i] = name[i];
    text_[N + 1] = '"';
    text_[N + 2] = ':';
  }
  constexpr std::string_view text() const { return {text_, size_}; }
  constexpr std::string_view name() const { return {text_ + 2, size_ - std::size_t{4}}; }

 private:
  char text_[28] = {};
  std::uint8_t size_;
};

template <typename Record, typename Field>
struct Member {
  MemberKey key;
  Field Record::*field;
  Rule rule = Rule::kNone;
  Use use = Use::kOptional;
};

template <typename Record, typename Field, std::size_t N>
consteval Member<Record, Field> Describe(const char (&name)[N], Field Record::*field, Rule rule = Rule::kNone,
                                         Use use = Use::kOptional) {
  return {MemberKey(name), field, rule, use};
}

inline constexpr auto kConversationMembers = std::tuple{
    Describe("id", &Conversation::id, Rule::kId),
    Describe("user_id", &Conversation::user_id, Rule::kId, Use::kOwner),
    Describe("title", &Conversation::title, Rule::kTitle, Use::kRequired),
    Describe("description", &Conversation::description),
    Describe("status", &Conversation::status),
    Describe("llm_provider", &Conversation::llm_provider),
    Describe("llm_model", &Conversation::llm_model),
    Describe("temperature", &Conversation::temperature, Rule::kUpToTwo),
    Describe("max_tokens", &Conversation::max_tokens, Rule::kPositiveWhole),
    Describe("system_prompt", &Conversation::system_prompt),
    Describe("tags", &Conversation::tags, Rule::kTags),
    Describe("extra_metadata", &Conversation::extra_metadata, Rule::kObject),
    Describe("message_count", &Conversation::message_count, Rule::kNone, Use::kDerived),
    Describe("total_tokens", &Conversation::total_tokens, Rule::kWhole),
    Describe("total_cost", &Conversation::total_cost),
    Describe("last_message_at", &Conversation::last_message_at, Rule::kNone, Use::kDerived),
    Describe("created_at", &Conversation::created_at),
    Describe("updated_at", &Conversation::updated_at),
};

inline constexpr auto kMessageMembers = std::tuple{
    Describe("id", &Message::id, Rule::kId),
    Describe("conversation_id", &Message::conversation_id, Rule::kId, Use::kPlace),
    Describe("sequence_number", &Message::sequence_number, Rule::kNone, Use::kPlace),
    Describe("role", &Message::role, Rule::kNone, Use::kRequired),
    Describe("content", &Message::content, Rule::kContent, Use::kRequired),
    Describe("tool_calls", &Message::tool_calls, Rule::kObjectOrArray),
    Describe("tool_call_id", &Message::tool_call_id),
    Describe("prompt_tokens", &Message::prompt_tokens, Rule::kWhole),
    Describe("completion_tokens", &Message::completion_tokens, Rule::kWhole),
    Describe("total_tokens", &Message::total_tokens, Rule::kWhole),
    Describe("model_used", &Message::model_used),
    Describe("provider_used", &Message::provider_used),
    Describe("finish_reason", &Message::finish_reason),
    Describe("response_time_ms", &Message::response_time_ms, Rule::kNotNegative),
    Describe("cost", &Message::cost),
    Describe("rating", &Message::rating, Rule::kUpToFive),
    Describe("extra_metadata", &Message::extra_metadata, Rule::kObject),
    Describe("created_at", &Message::created_at),
};

inline constexpr auto kDocumentMembers = std::tuple{
    Describe("id", &Document::id, Rule::kId),
    Describe("owner_id", &Document::owner_id, Rule::kId, Use::kOwner),
    Describe("filename", &Document::filename, Rule::kNotEmpty, Use::kRequired),
    Describe("original_filename", &Document::original_filename),
    Describe("title", &Document::title, Rule::kShortTitle),
    Describe("description", &Document::description),
    Describe("mime_type", &Document::mime_type),
    Describe("document_type", &Document::document_type),
    Describe("status", &Document::status),
    Describe("file_size", &Document::file_size),
    Describe("file_hash", &Document::file_hash, Rule::kSha256),
    Describe("extracted_text", &Document::extracted_text),
    Describe("tags", &Document::tags, Rule::kTags),
    Describe("extra_metadata", &Document::extra_metadata, Rule::kObject),
    Describe("version", &Document::version, Rule::kPositiveWhole),
    Describe("parent_document_id", &Document::parent_document_id, Rule::kId),
    Describe("is_public", &Document::is_public),
    Describe("created_at", &Document::created_at),
    Describe("updated_at", &Document::updated_at),
};

inline constexpr auto kPromptMembers = std::tuple{
    Describe("id", &Prompt::id, Rule::kId),
    Describe("owner_id", &Prompt::owner_id, Rule::kId, Use::kOwner),
    Describe("name", &Prompt::name, Rule::kName, Use::kRequired),
    Describe("description", &Prompt::description),
    Describe("prompt_type", &Prompt::prompt_type),
    Describe("category", &Prompt::category),
    Describe("content", &Prompt::content, Rule::kNotEmpty, Use::kRequired),
    Describe("variables", &Prompt::variables),
    Describe("template_format", &Prompt::template_format),
    Describe("input_schema", &Prompt::input_schema, Rule::kObject),
    Describe("output_schema", &Prompt::output_schema, Rule::kObject),
    Describe("examples", &Prompt::examples, Rule::kObjectOrArray),
    Describe("version", &Prompt::version, Rule::kPositiveWhole),
    Describe("is_latest", &Prompt::is_latest),
    Describe("is_public", &Prompt::is_public),
    Describe("rating", &Prompt::rating, Rule::kUpToFive),
    Describe("usage_count", &Prompt::usage_count),
    Describe("tags", &Prompt::tags, Rule::kTags),
    Describe("extra_metadata", &Prompt::extra_metadata, Rule::kObject),
    Describe("created_at", &Prompt::created_at),
    Describe("updated_at", &Prompt::updated_at),
};

template <typename Record>
struct MembersOf;
template <>
struct MembersOf<Conversation> {
  static constexpr const auto& kTable = kConversationMembers;
};
template <>
struct MembersOf<Message> {
  static constexpr const auto& kTable = kMessageMembers;
};
template <>
struct MembersOf<Document> {
  static constexpr const auto& kTable = kDocumentMembers;
};
template <>
struct MembersOf<Prompt> {
  static constexpr const auto& kTable = kPromptMembers;
};

// Names reserved for interchange files. A record has no members with these names, known or unknown.
inline constexpr std::string_view kTypeWord = "type";
inline constexpr std::string_view kMessagesWord = "messages";
inline constexpr std::string_view kContentBase64Word = "content_base64";
inline constexpr std::string_view kContentPathWord = "content_path";
inline constexpr std::array kInterchangeWords = {kTypeWord, kMessagesWord, kContentBase64Word, kContentPathWord};

}  // namespace coffer::format
