// Records as text: JSON objects to records, and records to the canonical text that is stored and exported.
// The one place that knows the members of each kind, their order, types and limits.
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

// Where in a conversation's stored text the derived members belong, as offsets from the text's first byte. What goes in
// there begins with a comma: `,"message_count":3`.
struct ConversationText {
  std::size_t message_count_offset = 0;
  std::size_t last_message_at_offset = 0;
};

// Each appends one canonical object to `out`. Absent members are left out, the engine's own included (id, created_at …).
// kInvalidArgument names the member that breaks a rule; `out` is then as it was.
Status AppendConversation(const Conversation& conversation, std::string& out, ConversationText& text);
// A message's stored text leaves out conversation_id and sequence_number, which its key tells; they belong at `after_id_offset`.
Status AppendMessage(const Message& message, std::string& out, std::size_t& after_id_offset);
Status AppendDocument(const Document& document, std::string& out);
Status AppendPrompt(const Prompt& prompt, std::string& out);

// The derived members as they are put in: `,"message_count":3`, `,"last_message_at":"…"`, and of a message
// `,"conversation_id":"…","sequence_number":`, which the number follows.
void AppendMessageCount(std::uint64_t count, std::string& out);
void AppendLastMessageAt(Timestamp timestamp, std::string& out);
std::string MessagePlaceText(std::string_view conversation_id);

// 1..kIdBytesMax printable ASCII characters without blank and '/'. The message names `what`.
Status CheckId(std::string_view what, std::string_view id);

// One line of an interchange file.
struct InterchangeRecord {
  std::variant<Conversation, Message, Document, Prompt> record;
  // Of a conversation: present when the line has "messages".
  std::optional<std::vector<Message>> messages;
  // Of a document. The base64 text is decoded already, up to kRecordBytesMax of it.
  std::optional<std::string> content;
  std::optional<std::string> content_path;
};

// Reads lines into records. Reuses its buffers: keep one a thread.
class RecordReader {
 public:
  RecordReader();
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // Reads a JSON object of the given kind as the parsers of coffer/record_json.h promise.
  Result<Conversation> ReadConversation(std::string_view json);
  Result<Message> ReadMessage(std::string_view json);
  Result<Document> ReadDocument(std::string_view json);
  Result<Prompt> ReadPrompt(std::string_view json);

  // Reads an interchange line. Its "type" tells the kind; without one `kind` does; without either it is kInvalidArgument.
  // `owner`, if not empty, becomes the owner of a record that names none.
  Result<InterchangeRecord> ReadLine(std::string_view json, std::optional<Kind> kind, std::string_view owner);

  // Reads one item of a conversation's "messages", in the words that ReadLine has for it; bytes count from the item's first.
  Result<Message> ReadMessageOfLine(std::string_view json, std::size_t index);

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace coffer::format
