// Stored values: a small fixed header, by which records are filtered, counted and owner-checked without parsing, and then
// the record's canonical JSON. All numbers are little-endian. Layouts: FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "format/records/record_codec.h"
#include "format/stored/tally.h"

namespace coffer::format {

inline constexpr std::uint8_t kRecordFormat1 = 1;
inline constexpr std::uint8_t kRecordFormatWritten = kRecordFormat1;

struct ContentReference {
  std::string_view id;  // kContentIdBytes
  std::uint64_t size_bytes = 0;
  std::string_view sha256;  // 32 bytes
};

// The header of a document or prompt, and its JSON. Views into the value it was decoded from.
struct StoredRecord {
  std::uint8_t status = 0;  // the kind's enumeration; 0 for prompts
  Timestamp created_at;
  Timestamp updated_at;
  std::string_view owner;
  std::optional<ContentReference> content;  // of a document that has one
  std::string_view json;
};

// Appends header and JSON. The JSON must be what format/records/record_codec.h made.
void AppendStoredRecord(Kind kind, const StoredRecord& record, std::string& out);
// kCorruption: not such a value. kUnavailable: written by a newer format.
Result<StoredRecord> DecodeStoredRecord(Kind kind, std::string_view value);

// A message as it is stored, in a row of its own or in a run (format/stored/message_run.h). Its time is not repeated in binary, which
// would not compress: the row tells where it stands in the text.
struct StoredMessage {
  std::uint32_t created_at_offset = 0;
  std::string_view json;

  // Whether it can be one by its looks: an object that begins with its id, with room for the time.
  bool IsWhole() const;

  // The id as its JSON text, name and quotes included (`{"id":"…"`): equal texts are equal ids.
  std::string_view id_text() const;
  Result<Timestamp> created_at() const;
};

// `json` is the text that AppendMessage made, `unknown_bytes` the length of the unknown members in it.
StoredMessage DescribeMessage(std::string_view json, std::size_t unknown_bytes);

// A conversation's row in `conversations`: all that is asked of it without reading its text, which stands with its messages. Owner
// checks, filters, appends and deletes read these small rows alone.
struct ConversationHead {
  std::uint8_t status = 0;
  Timestamp created_at;
  Timestamp updated_at;
  std::string owner;
  Tally record;  // what the conversation's own text counts for

  // Derived members, from its messages; without any they are 0.
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  Timestamp last_message_at;  // created_at of the message at last_sequence
  // How many messages the first row of them holds, if all behind it hold one; else 0.
  std::uint32_t leading_run = 0;
  Tally messages;

  // No gap between first and last, and the shape of the rows is known: every row's key can be computed.
  bool keys_known() const { return leading_run > 0 && last_sequence - first_sequence + 1 == messages.count; }
  std::uint64_t next_sequence() const { return messages.count == 0 ? 0 : last_sequence + 1; }
  bool operator==(const ConversationHead&) const = default;
};

void AppendConversationHead(const ConversationHead& head, std::string& out);
Result<ConversationHead> DecodeConversationHead(std::string_view value);

// A conversation's text row, in `messages` before its messages: where the derived members belong, and the JSON without them.
struct StoredText {
  ConversationText text;
  std::string_view json;
};

inline constexpr std::size_t kStoredTextHeaderBytes = 9;
void AppendStoredTextHeader(const ConversationText& text, std::string& out);
Result<StoredText> DecodeStoredText(std::string_view value);

// The full text of a conversation without its closing brace, derived members in their places: what follows is
// `,"messages":[…]}` or `}`.
void AppendOpenConversation(const StoredText& stored, std::uint64_t message_count, Timestamp last_message_at, std::string& out);
// The same for a text that already holds the JSON without derived members: puts them in their places.
void InsertDerivedMembers(const ConversationText& offsets, std::uint64_t message_count, Timestamp last_message_at,
                          std::string& text);
// The full text of a message. `place` is what MessagePlaceText made of its conversation's id.
void AppendFullMessage(const StoredMessage& message, std::string_view place, std::uint64_t sequence_number, std::string& out);

// What a stored value counts for: one, its JSON's bytes, the digest of kind, key and value. For a message the key is its own and
// the value its JSON, whatever row it stands in.
Tally TallyOf(Kind kind, std::string_view key, std::string_view value, std::size_t json_bytes);
// What a document's content counts for.
Tally TallyOfContent(std::string_view document_id, const ContentReference& content);

}  // namespace coffer::format
