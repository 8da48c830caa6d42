#include "coffer/record_json.h"

#include "format/record_text.h"
#include "vocabulary/exceptions.h"

namespace coffer {

// A reader a call: its buffers are small for small records, and nothing is kept behind the caller's back.
Result<Conversation> ParseConversation(std::string_view json) try {
  return format::RecordReader().ReadConversation(json);
} catch (...) {
  return StatusOfException();
}

Result<Message> ParseMessage(std::string_view json) try { return format::RecordReader().ReadMessage(json); } catch (...) {
  return StatusOfException();
}

Result<Document> ParseDocument(std::string_view json) try { return format::RecordReader().ReadDocument(json); } catch (...) {
  return StatusOfException();
}

Result<Prompt> ParsePrompt(std::string_view json) try { return format::RecordReader().ReadPrompt(json); } catch (...) {
  return StatusOfException();
}

}  // namespace coffer
