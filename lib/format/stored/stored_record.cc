#include "format/stored/stored_record.h"

#include <algorithm>
#include <array>

#include "format/json/json_text.h"
#include "format/records/sha256.h"
#include "format/stored/keys.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

constexpr std::uint8_t kHasContent = 1;
constexpr std::string_view kIdMember = "{\"id\":\"";
// Up to this size, joining the parts is faster than hashing them one by one.
constexpr std::size_t kCopiedForDigestBytesMax = std::size_t{64} << 10;
constexpr std::size_t kTimestampBytes = 27;  // 2026-11-22T10:00:00.000000Z

Status CheckFormat(std::uint8_t format, std::string_view what) {
  if (format == 0) return Status::Corruption(std::string(what) + ": record format 0");
  if (format > kRecordFormatWritten) {
    return Status::Unavailable(std::string(what) + ": record format " + std::to_string(format) +
                               " is newer than this library supports");
  }
  return Status::Ok();
}

Status Truncated(std::string_view what) { return Status::Corruption(std::string(what) + ": truncated stored value"); }

bool IsObjectText(std::string_view json) { return json.size() >= 2 && json.front() == '{' && json.back() == '}'; }

Timestamp TimeOf(std::uint64_t bits) { return {static_cast<std::int64_t>(bits)}; }

}  // namespace

void AppendStoredRecord(Kind kind, const StoredRecord& record, std::string& out) {
  out.push_back(static_cast<char>(kRecordFormatWritten));
  out.push_back(static_cast<char>(record.status));
  AppendLittleEndian(static_cast<std::uint64_t>(record.created_at.microseconds), out);
  AppendLittleEndian(static_cast<std::uint64_t>(record.updated_at.microseconds), out);
  out.push_back(static_cast<char>(record.owner.size()));
  out.append(record.owner);
  if (kind == Kind::kDocument) {
    out.push_back(record.content ? static_cast<char>(kHasContent) : '\0');
    if (record.content) {
      out.append(record.content->id);
      AppendLittleEndian(record.content->size_bytes, out);
      out.append(record.content->sha256);
    }
  }
  out.append(record.json);
}

Result<StoredRecord> DecodeStoredRecord(Kind kind, std::string_view value) {
  FieldReader fields(value);
  StoredRecord record;
  const auto format = fields.Number<std::uint8_t>();
  if (!fields.ok()) return Truncated(KindName(kind));
  COFFER_TRY(CheckFormat(format, KindName(kind)));
  record.status = fields.Number<std::uint8_t>();
  record.created_at = TimeOf(fields.Number<std::uint64_t>());
  record.updated_at = TimeOf(fields.Number<std::uint64_t>());
  record.owner = fields.Bytes(fields.Number<std::uint8_t>());
  if (kind == Kind::kDocument && fields.Number<std::uint8_t>() == kHasContent) {
    ContentReference content;
    content.id = fields.Bytes(kContentIdBytes);
    content.size_bytes = fields.Number<std::uint64_t>();
    content.sha256 = fields.Bytes(kSha256Bytes);
    record.content = content;
  }
  record.json = fields.rest();
  if (!fields.ok() || !IsObjectText(record.json)) return Truncated(KindName(kind));
  return record;
}

bool StoredMessage::IsWhole() const {
  return IsObjectText(json) && json.starts_with(kIdMember) && created_at_offset + kTimestampBytes < json.size();
}

std::string_view StoredMessage::id_text() const {
  std::size_t at = kIdMember.size();
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return json.substr(0, std::min(at + 1, json.size()));
}

Result<Timestamp> StoredMessage::created_at() const { return ParseTimestamp(json.substr(created_at_offset, kTimestampBytes)); }

StoredMessage DescribeMessage(std::string_view json, std::size_t unknown_bytes) {
  // The text ends in `"created_at":"2026-11-22T10:00:00.000000Z"` and `}`, or `,`, the unknown members and `}`.
  const std::size_t behind = 1 + 1 + (unknown_bytes == 0 ? 0 : unknown_bytes + 1);
  return {static_cast<std::uint32_t>(json.size() - behind - kTimestampBytes), json};
}

void AppendConversationHead(const ConversationHead& head, std::string& out) {
  out.push_back(static_cast<char>(kRecordFormatWritten));
  out.push_back(static_cast<char>(head.status));
  AppendLittleEndian(static_cast<std::uint64_t>(head.created_at.microseconds), out);
  AppendLittleEndian(static_cast<std::uint64_t>(head.updated_at.microseconds), out);
  out.push_back(static_cast<char>(head.owner.size()));
  out.append(head.owner);
  AppendTally(out, head.record);
  AppendLittleEndian(head.first_sequence, out);
  AppendLittleEndian(head.last_sequence, out);
  AppendLittleEndian(static_cast<std::uint64_t>(head.last_message_at.microseconds), out);
  AppendLittleEndian(head.leading_run, out);
  AppendTally(out, head.messages);
}

Result<ConversationHead> DecodeConversationHead(std::string_view value) {
  constexpr std::string_view kWhat = "conversation";
  FieldReader fields(value);
  ConversationHead head;
  const auto format = fields.Number<std::uint8_t>();
  if (!fields.ok()) return Truncated(kWhat);
  COFFER_TRY(CheckFormat(format, kWhat));
  head.status = fields.Number<std::uint8_t>();
  head.created_at = TimeOf(fields.Number<std::uint64_t>());
  head.updated_at = TimeOf(fields.Number<std::uint64_t>());
  head.owner = fields.Bytes(fields.Number<std::uint8_t>());
  const std::string_view record = fields.Bytes(kTallyBytes);
  head.first_sequence = fields.Number<std::uint64_t>();
  head.last_sequence = fields.Number<std::uint64_t>();
  head.last_message_at = TimeOf(fields.Number<std::uint64_t>());
  head.leading_run = fields.Number<std::uint32_t>();
  if (!fields.ok()) return Truncated(kWhat);
  COFFER_ASSIGN_CONTEXT(head.record, DecodeTally(record), kWhat);
  COFFER_ASSIGN_CONTEXT(head.messages, DecodeTally(fields.rest()), kWhat);
  return head;
}

void AppendStoredTextHeader(const ConversationText& text, std::string& out) {
  out.push_back(static_cast<char>(kRecordFormatWritten));
  AppendLittleEndian(static_cast<std::uint32_t>(text.message_count_offset), out);
  AppendLittleEndian(static_cast<std::uint32_t>(text.last_message_at_offset), out);
}

Result<StoredText> DecodeStoredText(std::string_view value) {
  FieldReader fields(value);
  const auto format = fields.Number<std::uint8_t>();
  if (!fields.ok()) return Truncated("conversation");
  COFFER_TRY(CheckFormat(format, "conversation"));
  StoredText stored;
  stored.text.message_count_offset = fields.Number<std::uint32_t>();
  stored.text.last_message_at_offset = fields.Number<std::uint32_t>();
  stored.json = fields.rest();
  if (!fields.ok() || !IsObjectText(stored.json) || stored.text.message_count_offset > stored.text.last_message_at_offset ||
      stored.text.last_message_at_offset >= stored.json.size()) {
    return Truncated("conversation");
  }
  return stored;
}

void AppendOpenConversation(const StoredText& stored, std::uint64_t message_count, Timestamp last_message_at,
                            std::string& out) {
  const std::size_t count_at = stored.text.message_count_offset;
  const std::size_t last_at = stored.text.last_message_at_offset;
  out.append(stored.json.substr(0, count_at));
  AppendMessageCount(message_count, out);
  out.append(stored.json.substr(count_at, last_at - count_at));
  if (message_count > 0) AppendLastMessageAt(last_message_at, out);
  out.append(stored.json.substr(last_at, stored.json.size() - last_at - 1));
}

void InsertDerivedMembers(const ConversationText& offsets, std::uint64_t message_count, Timestamp last_message_at,
                          std::string& text) {
  std::string member;
  // The later member first, so that the earlier offset stays valid.
  if (message_count > 0) {
    AppendLastMessageAt(last_message_at, member);
    text.insert(offsets.last_message_at_offset, member);
    member.clear();
  }
  AppendMessageCount(message_count, member);
  text.insert(offsets.message_count_offset, member);
}

void AppendFullMessage(const StoredMessage& message, std::string_view place, std::uint64_t sequence_number, std::string& out) {
  const std::string_view id = message.id_text();
  out.append(id).append(place);
  AppendWhole(sequence_number, out);
  out.append(message.json.substr(id.size()));
}

Tally TallyOf(Kind kind, std::string_view key, std::string_view value, std::size_t json_bytes) {
  if (value.size() > kCopiedForDigestBytesMax) {
    const char kind_byte = static_cast<char>(kind);
    const std::array<std::string_view, 3> parts = {std::string_view(&kind_byte, 1), key, value};
    return {1, json_bytes, ContentDigest(parts)};
  }
  std::string bytes;
  bytes.reserve(1 + key.size() + value.size());
  bytes.push_back(static_cast<char>(kind));
  bytes.append(key).append(value);
  return {1, json_bytes, ContentDigest(bytes)};
}

Tally TallyOfContent(std::string_view document_id, const ContentReference& content) {
  std::string bytes;
  bytes.push_back(static_cast<char>(Kind::kContent));
  bytes.append(document_id).append(content.sha256);
  AppendLittleEndian(content.size_bytes, bytes);
  return {1, content.size_bytes, ContentDigest(bytes)};
}

}  // namespace coffer::format
