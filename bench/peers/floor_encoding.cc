#include "peers/floor_encoding.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <map>

namespace coffer::bench {
namespace {

constexpr char kFormatVersion = 1;
constexpr char kConversationKind = 'c';
constexpr char kMessageKind = 'm';
constexpr std::size_t kRecordHeaderBytes = 1 + 1 + 8 + 8 + 4 + 1;  // before the owner
constexpr std::size_t kMessageHeaderBytes = 1;
constexpr std::int64_t kDayUs = std::int64_t{86'400} * 1'000'000;

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes = 8) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t ReadBigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char byte : bytes.substr(0, 8)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void AppendJsonString(std::string& out, std::string_view text) {
  static constexpr std::string_view kShortEscapes = "\"\"\\\\\bb\ff\nn\rr\tt";
  out.push_back('"');
  for (char byte : text) {
    const bool plain = static_cast<unsigned char>(byte) >= 0x20 && byte != '"' && byte != '\\';
    if (plain) {
      out.push_back(byte);
      continue;
    }
    std::size_t escape = 0;
    while (escape < kShortEscapes.size() && kShortEscapes[escape] != byte) escape += 2;
    out.push_back('\\');
    if (escape < kShortEscapes.size()) {
      out.push_back(kShortEscapes[escape + 1]);
    } else {
      static constexpr char kHex[] = "0123456789abcdef";
      out += "u00";
      out.push_back(kHex[byte >> 4 & 15]);
      out.push_back(kHex[byte & 15]);
    }
  }
  out.push_back('"');
}

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  out.push_back(out.back() == '{' ? '"' : ',');
  if (out.back() == ',') out.push_back('"');
  out.append(name).append("\":");
  AppendJsonString(out, text);
}

std::string EncodeRecordJson(const Conversation& conversation) {
  std::string json = "{";
  AppendMember(json, "id", conversation.id);
  AppendMember(json, "user_id", conversation.user_id);
  AppendMember(json, "title", conversation.title);
  AppendMember(json, "status", conversation.status);
  json.append(",\"tags\":").append(conversation.tags);
  json.append(",\"extra_metadata\":").append(conversation.extra_metadata);
  AppendMember(json, "created_at", conversation.created_at);
  AppendMember(json, "updated_at", conversation.updated_at);
  json += '}';
  return json;
}

std::string EncodeRecordHeader(const Conversation& conversation, std::size_t json_bytes) {
  std::string row{kFormatVersion, conversation.status.empty() ? '\0' : conversation.status.front()};
  AppendBigEndian(row, static_cast<std::uint64_t>(MicrosecondsFromTimestamp(conversation.created_at)));
  AppendBigEndian(row, static_cast<std::uint64_t>(MicrosecondsFromTimestamp(conversation.updated_at)));
  AppendBigEndian(row, json_bytes, 4);
  row.push_back(static_cast<char>(conversation.user_id.size()));
  return row.append(conversation.user_id);
}

std::string EncodeMessage(const Message& message) {
  std::string row{kFormatVersion};
  row += '{';
  AppendMember(row, "id", message.id);
  AppendMember(row, "role", message.role);
  AppendMember(row, "content", message.content);
  AppendMember(row, "created_at", message.created_at);
  row += '}';
  return row;
}

std::string EncodeSummary(const Conversation& conversation, std::uint64_t message_bytes) {
  const XXH128_hash_t digest = XXH3_128bits(conversation.id.data(), conversation.id.size());
  std::string row{kFormatVersion, '\1'};
  AppendBigEndian(row, 0);
  AppendBigEndian(row, conversation.messages.size());
  AppendBigEndian(row, message_bytes);
  AppendBigEndian(row, conversation.messages.empty() ? 0 : conversation.messages.size() - 1);
  AppendBigEndian(row, digest.high64);
  AppendBigEndian(row, digest.low64);
  if (!conversation.messages.empty()) row += conversation.messages.back().created_at;
  row.resize(kSummaryBytes);
  return row;
}

// Returns the bytes of the message rows.
std::uint64_t AppendMessageRows(const Conversation& conversation, RowLayout layout, std::vector<EncodedRow>& rows) {
  std::uint64_t bytes = 0;
  std::string packed;
  for (const Message& message : conversation.messages) {
    std::string row = EncodeMessage(message);
    bytes += row.size();
    if (layout == RowLayout::kPackedMessages) {
      AppendBigEndian(packed, row.size(), 4);
      packed += row;
    } else {
      rows.push_back({MessageKey(conversation.id, message.sequence_number), std::move(row)});
    }
  }
  if (layout == RowLayout::kPackedMessages) rows.push_back({PackedMessagesKey(conversation.id), std::move(packed)});
  return bytes;
}

// Returns the bytes of the message rows.
std::uint64_t AppendConversationRows(const Conversation& conversation, RowLayout layout, EncodedBatch& batch) {
  auto& records = batch[static_cast<std::size_t>(FloorFamily::kConversations)];
  auto& messages = batch[static_cast<std::size_t>(FloorFamily::kMessages)];
  std::string json = EncodeRecordJson(conversation);
  std::string header = EncodeRecordHeader(conversation, json.size());
  const std::size_t first_row = messages.size();
  messages.push_back({FirstRowKey(conversation.id), {}});
  const std::uint64_t message_bytes = AppendMessageRows(conversation, layout, messages);
  std::string summary = EncodeSummary(conversation, message_bytes);
  if (layout == RowLayout::kRecordApart) std::swap(summary, json);
  records.push_back({conversation.id, header + summary});
  messages[first_row].value = std::move(json);
  return message_bytes;
}

}  // namespace

std::string FirstRowKey(std::string_view conversation_id) {
  std::string key(conversation_id);
  return key.append("\0\0", 2);
}

std::string MessageKey(std::string_view conversation_id, std::uint64_t sequence_number) {
  std::string key(conversation_id);
  key.append("\0\1", 2);
  AppendBigEndian(key, sequence_number);
  return key;
}

std::string PackedMessagesKey(std::string_view conversation_id) {
  std::string key(conversation_id);
  return key.append("\0\1", 2);
}

std::string MessagesEnd(std::string_view conversation_id) {
  std::string key(conversation_id);
  return key.append("\0\2", 2);
}

std::string ByOwnerKey(std::string_view owner, std::uint64_t created_at_us, std::string_view conversation_id) {
  std::string key{kConversationKind};
  key.append(owner).push_back('\0');
  AppendBigEndian(key, created_at_us);
  return key.append(conversation_id);
}

std::optional<RecordHeader> DecodeRecordHeader(std::string_view row) {
  if (row.size() < kRecordHeaderBytes) return std::nullopt;
  const auto owner_bytes = static_cast<unsigned char>(row[kRecordHeaderBytes - 1]);
  if (row.size() < kRecordHeaderBytes + owner_bytes) return std::nullopt;
  return RecordHeader{ReadBigEndian(row.substr(2)), row.substr(kRecordHeaderBytes, owner_bytes)};
}

std::string_view RecordBody(std::string_view row) {
  const std::optional<RecordHeader> header = DecodeRecordHeader(row);
  return header ? row.substr(kRecordHeaderBytes + header->owner.size()) : std::string_view();
}

std::string_view MessageJson(std::string_view row) {
  return row.size() < kMessageHeaderBytes ? std::string_view() : row.substr(kMessageHeaderBytes);
}

std::optional<MessageSummary> DecodeSummary(std::string_view row) {
  if (row.size() != kSummaryBytes) return std::nullopt;
  return MessageSummary{ReadBigEndian(row.substr(2)), ReadBigEndian(row.substr(10)), ReadBigEndian(row.substr(18))};
}

std::string EncodeCounterDelta(const CounterDelta& delta) {
  std::string operand;
  AppendBigEndian(operand, static_cast<std::uint64_t>(delta.records));
  AppendBigEndian(operand, static_cast<std::uint64_t>(delta.bytes));
  AppendBigEndian(operand, static_cast<std::uint64_t>(delta.bytes) * 0x9e37'79b9'7f4a'7c15);
  AppendBigEndian(operand, static_cast<std::uint64_t>(delta.bytes) * 0xbf58'476d'1ce4'e5b9);
  return operand;
}

std::string OwnerCounterKey(char kind, std::string_view owner) {
  std::string key{'o', kind};
  return key.append(owner);
}

std::string TotalCounterKey(char kind) { return {'t', kind}; }

EncodedBatch EncodeBatch(std::span<const Conversation> conversations, RowLayout layout) {
  EncodedBatch batch;
  auto& [records, messages, by_owner, counters] = batch;
  std::map<std::string, CounterDelta> deltas;
  const auto count = [&deltas](std::string key, std::size_t count_records, std::size_t bytes) {
    CounterDelta& delta = deltas[std::move(key)];
    delta.records += static_cast<std::int64_t>(count_records);
    delta.bytes += static_cast<std::int64_t>(bytes);
  };
  for (const Conversation& conversation : conversations) {
    const std::uint64_t message_bytes = AppendConversationRows(conversation, layout, batch);
    const std::int64_t created_at_us = MicrosecondsFromTimestamp(conversation.created_at);
    by_owner.push_back({ByOwnerKey(conversation.user_id, static_cast<std::uint64_t>(created_at_us), conversation.id), {}});

    std::string day_key = "d";
    AppendBigEndian(day_key, static_cast<std::uint64_t>(created_at_us / kDayUs), 4);
    count(OwnerCounterKey(kConversationKind, conversation.user_id), 1, records.back().value.size());
    count(TotalCounterKey(kConversationKind), 1, records.back().value.size());
    count(day_key + kConversationKind, 1, records.back().value.size());
    count(OwnerCounterKey(kMessageKind, conversation.user_id), conversation.messages.size(), message_bytes);
    count(TotalCounterKey(kMessageKind), conversation.messages.size(), message_bytes);
    count(day_key + kMessageKind, conversation.messages.size(), message_bytes);
  }
  for (const auto& [key, delta] : deltas) counters.push_back({key, EncodeCounterDelta(delta)});
  return batch;
}

}  // namespace coffer::bench
