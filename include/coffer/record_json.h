// The records as JSON: one object a record, in canonical text out, any valid JSON in.
#pragma once

#include <string>
#include <string_view>

#include "coffer/conversation.h"
#include "coffer/document.h"
#include "coffer/prompt.h"
#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

// Each reads one JSON object. Members may come in any order; unknown ones are kept; null for a known optional member is
// absence; message_count and last_message_at are ignored. "type", "messages", "content_base64" and "content_path" are
// words of the interchange file, not of a record, and are refused here (import reads them).
// kInvalidArgument: malformed JSON, invalid UTF-8, a missing or wrongly typed member, a value outside its range; the
// message names the member or the byte. Safe to call from many threads.
COFFER_API Result<Conversation> ParseConversation(std::string_view json);
COFFER_API Result<Message> ParseMessage(std::string_view json);
COFFER_API Result<Document> ParseDocument(std::string_view json);
COFFER_API Result<Prompt> ParsePrompt(std::string_view json);

// Canonical text. Derived and engine-made members that are absent are left out.
// kInvalidArgument: a required member is empty, a value is outside its range, a text is not UTF-8.
COFFER_API Result<std::string> ToJson(const Conversation& conversation);
COFFER_API Result<std::string> ToJson(const Message& message);
COFFER_API Result<std::string> ToJson(const Document& document);
COFFER_API Result<std::string> ToJson(const Prompt& prompt);

}  // namespace coffer
