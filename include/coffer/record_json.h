// Records to and from JSON: one object a record, as FORMAT.md defines. All calls are thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "coffer/conversation.h"
#include "coffer/document.h"
#include "coffer/prompt.h"
#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

// Parse one JSON object. Members may be in any order; unknown ones are kept in unknown_members. null for an optional member
// means absent. message_count and last_message_at are ignored.
// kInvalidArgument: malformed JSON or invalid UTF-8; the message names the byte.
// kInvalidArgument: a missing member, a wrong type, or a value outside its range; the message names the member.
// kInvalidArgument: a member "type", "messages", "content_base64" or "content_path": only interchange files have them.
COFFER_API Result<Conversation> ParseConversation(std::string_view json);
COFFER_API Result<Message> ParseMessage(std::string_view json);
COFFER_API Result<Document> ParseDocument(std::string_view json);
COFFER_API Result<Prompt> ParsePrompt(std::string_view json);

// Return canonical JSON. Members that are absent, and would be derived or generated on a put, are omitted.
// kInvalidArgument: an empty required member, a value outside its range, or a text that is not UTF-8; names the member.
COFFER_API Result<std::string> ToJson(const Conversation& conversation);
COFFER_API Result<std::string> ToJson(const Message& message);
COFFER_API Result<std::string> ToJson(const Document& document);
COFFER_API Result<std::string> ToJson(const Prompt& prompt);

}  // namespace coffer
