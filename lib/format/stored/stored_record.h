// Stored values: a small header, so that records can be filtered, counted and checked for their owner without parsing, and the
// record's canonical JSON. All numbers are little-endian. Layouts: FORMAT.md.
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

// The header and JSON of a document or prompt. The views point into the decoded value.
struct StoredRecord {
  std::uint8_t status = 0;  // a value of the kind's status enumeration; 0 for prompts
  Timestamp created_at;
  Timestamp updated_at;
  std::string_view owner;
  std::optional<ContentReference> content;  // of a document with content
  std::string_view json;
};

// Appends header and JSON. The JSON must come from format/records/record_codec.h.
void AppendStoredRecord(Kind kind, const StoredRecord& record, std::string& out);
// kCorruption: not a valid value.
// kUnavailable: written in a newer format.
Result<StoredRecord> DecodeStoredRecord(Kind kind, std::string_view value);

// A stored message of a run (format/stored/message_run.h). The row has the offset of its time in the JSON instead of a binary
// copy, which would not compress.
struct StoredMessage {
  std::uint32_t created_at_offset = 0;
  std::string_view json;

  // Whether the text is plausible: an object that starts with its id and has room for the time.
  bool IsWhole() const;

  // The JSON text up to the end of the id (`{"id":"…"`). Equal texts mean equal ids.
  std::string_view id_text() const;
  Result<Timestamp> created_at() const;
};

// `json` is the output of AppendMessage; `unknown_bytes` is the length of the unknown members in it.
StoredMessage DescribeMessage(std::string_view json, std::size_t unknown_bytes);

// A conversation's row in `conversations`. Its text is stored with its messages; owner checks, filters, appends and deletes
// read only these small rows.
struct ConversationHead {
  std::uint8_t status = 0;
  Timestamp created_at;
  Timestamp updated_at;
  std::string owner;
  Tally record;  // of the conversation's own text

  // Derived from the messages; 0 without messages.
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  Timestamp last_message_at;  // created_at of the message at last_sequence
  // The number of messages in the first row if all later rows have one message; else 0.
  std::uint32_t leading_run = 0;
  Tally messages;

  // True if every row's key can be computed: there are no gaps in the sequence, and the sizes of the rows are known.
  bool keys_known() const { return leading_run > 0 && last_sequence - first_sequence + 1 == messages.count; }
  std::uint64_t next_sequence() const { return messages.count == 0 ? 0 : last_sequence + 1; }
  bool operator==(const ConversationHead&) const = default;
};

void AppendConversationHead(const ConversationHead& head, std::string& out);
Result<ConversationHead> DecodeConversationHead(std::string_view value);

// A conversation's text row, in `messages` before its messages: the JSON without derived members, and where they belong.
struct StoredText {
  ConversationText text;
  std::string_view json;
};

inline constexpr std::size_t kStoredTextHeaderBytes = 9;
void AppendStoredTextHeader(const ConversationText& text, std::string& out);
Result<StoredText> DecodeStoredText(std::string_view value);

// Appends the full text of a conversation, with derived members, without its closing brace. The caller appends
// `,"messages":[…]}` or `}`.
void AppendOpenConversation(const StoredText& stored, std::uint64_t message_count, Timestamp last_message_at, std::string& out);
// Inserts the derived members into `text`, which is the JSON without them.
void InsertDerivedMembers(const ConversationText& offsets, std::uint64_t message_count, Timestamp last_message_at,
                          std::string& text);
// Appends the full text of a message. `place` is the MessagePlaceText of its conversation.
void AppendFullMessage(const StoredMessage& message, std::string_view place, std::uint64_t sequence_number, std::string& out);

// The tally of one stored value: count 1, the bytes of its JSON, the digest of kind, key and value. For a message, pass its own
// key and its JSON, also if it shares a row.
Tally TallyOf(Kind kind, std::string_view key, std::string_view value, std::size_t json_bytes);
// The tally of a document's content.
Tally TallyOfContent(std::string_view document_id, const ContentReference& content);

}  // namespace coffer::format
