// Conversion of JSON objects to records, and of records to the canonical text that is stored and exported.
// Only this code knows the members of each kind and their order, types and limits.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "coffer/conversation.h"
#include "coffer/document.h"
#include "coffer/kind.h"
#include "coffer/prompt.h"
#include "coffer/result.h"

namespace coffer::format {

// The offsets in a conversation's stored text at which the derived members belong. The inserted text starts with a comma:
// `,"message_count":3`.
struct ConversationText {
  std::size_t message_count_offset = 0;
  std::size_t last_message_at_offset = 0;
};

// Each appends one canonical object to `out`. Absent members are omitted, also those that the engine sets (id, created_at …).
// kInvalidArgument: a member violates a rule (the message has its name); `out` is then unchanged.
Status AppendConversation(const Conversation& conversation, std::string& out, ConversationText& text);
// A message's stored text omits conversation_id and sequence_number, which are in its key; they belong at `after_id_offset`.
Status AppendMessage(const Message& message, std::string& out, std::size_t& after_id_offset);
Status AppendDocument(const Document& document, std::string& out);
Status AppendPrompt(const Prompt& prompt, std::string& out);

// The text to insert for derived members: `,"message_count":3`, `,"last_message_at":"…"`, and for a message
// `,"conversation_id":"…","sequence_number":`, to be followed by the number.
void AppendMessageCount(std::uint64_t count, std::string& out);
void AppendLastMessageAt(Timestamp timestamp, std::string& out);
std::string MessagePlaceText(std::string_view conversation_id);

// An id has 1 to kIdBytesMax printable ASCII characters other than space and '/'.
// kInvalidArgument: not a valid id; the message starts with `what`.
Status CheckId(std::string_view what, std::string_view id);

// One line of an interchange file.
struct InterchangeRecord {
  std::variant<Conversation, Message, Document, Prompt> record;
  // Of a conversation; present if the line has "messages".
  std::optional<std::vector<Message>> messages;
  // Of a document; decoded from base64, at most kRecordBytesMax bytes.
  std::optional<std::string> content;
  std::optional<std::string> content_path;
};

// Reads records from JSON text. Reuses its buffers; use one reader per thread.
class RecordReader {
 public:
  RecordReader();
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // Each reads a JSON object of one kind. Same contract as the parsers in coffer/record_json.h.
  Result<Conversation> ReadConversation(std::string_view json);
  Result<Message> ReadMessage(std::string_view json);
  Result<Document> ReadDocument(std::string_view json);
  Result<Prompt> ReadPrompt(std::string_view json);

  // Reads an interchange line. Its "type" selects the kind; without "type", `kind` does. If not empty, `owner` becomes the
  // owner of a record without one.
  // kInvalidArgument: the line is malformed, a member violates a rule, or there is neither "type" nor `kind`.
  Result<InterchangeRecord> ReadLine(std::string_view json, std::optional<Kind> kind, std::string_view owner);

  // Reads one item of a conversation's "messages". Errors read as from ReadLine, except that byte offsets start at the item.
  Result<Message> ReadMessageOfLine(std::string_view json, std::size_t index);

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace coffer::format
