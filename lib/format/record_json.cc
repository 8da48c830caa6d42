#include "coffer/record_json.h"

#include "format/record_text.h"

namespace coffer {

// A reader a call: its buffers are small for small records, and nothing is kept behind the caller's back.
Result<Conversation> ParseConversation(std::string_view json) { return format::RecordReader().ReadConversation(json); }
Result<Message> ParseMessage(std::string_view json) { return format::RecordReader().ReadMessage(json); }
Result<Document> ParseDocument(std::string_view json) { return format::RecordReader().ReadDocument(json); }
Result<Prompt> ParsePrompt(std::string_view json) { return format::RecordReader().ReadPrompt(json); }

}  // namespace coffer
