#include "format/stored/keys.h"

#include "vocabulary/fixed_width.h"

namespace coffer::format {
namespace {

constexpr char kTextTag = '\x00';
constexpr char kMessageTag = '\x01';
constexpr char kOwnerTallyTag = 'T';
constexpr char kDayTallyTag = 'D';
constexpr char kContentIntentTag = 'C';
constexpr char kOperationProgressTag = 'O';
constexpr std::size_t kMessageTailBytes = 2 + sizeof(std::uint64_t);

// With the sign bit inverted, signed numbers sort in the order of their big-endian bytes.
std::uint64_t Sortable(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63); }
std::uint32_t Sortable(std::int32_t value) { return static_cast<std::uint32_t>(value) ^ (std::uint32_t{1} << 31); }

std::optional<Kind> KindOfByte(char byte) {
  for (Kind kind : kAllKinds) {
    if (static_cast<char>(kind) == byte) return kind;
  }
  return std::nullopt;
}

}  // namespace

void AppendConversationTextKey(std::string_view conversation_id, std::string& out) {
  out.append(conversation_id).append(kConversationTextSuffix);
}

std::string ConversationTextKey(std::string_view conversation_id) {
  std::string key;
  key.reserve(conversation_id.size() + 2);
  AppendConversationTextKey(conversation_id, key);
  return key;
}

void AppendMessageKey(std::string_view conversation_id, std::uint64_t sequence_number, std::string& out) {
  out.append(conversation_id).push_back('\0');
  out.push_back(kMessageTag);
  AppendBigEndian(sequence_number, out);
}

std::string MessageKey(std::string_view conversation_id, std::uint64_t sequence_number) {
  std::string key;
  key.reserve(conversation_id.size() + kMessageTailBytes);
  AppendMessageKey(conversation_id, sequence_number, key);
  return key;
}

std::string MessagesEnd(std::string_view conversation_id) {
  std::string key(conversation_id);
  key.push_back('\0');
  key.push_back(kMessageTag + 1);
  return key;
}

std::optional<MessageKeyParts> ParseMessageKey(std::string_view key) {
  const std::size_t zero = key.find('\0');
  if (zero == std::string_view::npos || zero == 0 || zero + 1 >= key.size()) return std::nullopt;
  const std::string_view id = key.substr(0, zero);
  const std::string_view tail = key.substr(zero + 2);
  if (key[zero + 1] == kTextTag && tail.empty()) return MessageKeyParts{id, std::nullopt};
  if (key[zero + 1] != kMessageTag || tail.size() != sizeof(std::uint64_t)) return std::nullopt;
  return MessageKeyParts{id, DecodeBigEndian<std::uint64_t>(tail)};
}

std::string ContentKey(std::string_view content_id, std::uint32_t chunk) {
  std::string key(content_id);
  AppendBigEndian(chunk, key);
  return key;
}

std::string ContentsEnd(std::string_view content_id) { return PrefixEnd(std::string(content_id)); }

std::string OwnerPrefix(Kind kind, std::string_view owner) {
  std::string key;
  key.push_back(static_cast<char>(kind));
  key.append(owner).push_back('\0');
  return key;
}

std::string OwnerKey(Kind kind, std::string_view owner, Timestamp created_at, std::string_view id) {
  std::string key = OwnerPrefix(kind, owner);
  AppendBigEndian(Sortable(created_at.microseconds), key);
  key.append(id);
  return key;
}

std::optional<OwnerKeyParts> ParseOwnerKey(std::string_view key) {
  if (key.empty()) return std::nullopt;
  const std::optional<Kind> kind = KindOfByte(key.front());
  const std::size_t zero = key.find('\0', 1);
  if (!kind || zero == std::string_view::npos) return std::nullopt;
  const std::string_view tail = key.substr(zero + 1);
  if (tail.size() <= sizeof(std::uint64_t)) return std::nullopt;
  const std::uint64_t time = DecodeBigEndian<std::uint64_t>(tail.substr(0, sizeof(std::uint64_t)));
  return OwnerKeyParts{*kind, key.substr(1, zero - 1), Timestamp{static_cast<std::int64_t>(time ^ (std::uint64_t{1} << 63))},
                       tail.substr(sizeof(std::uint64_t))};
}

std::string OwnerTallyKey(Kind kind, std::string_view owner) {
  std::string key{kOwnerTallyTag, static_cast<char>(kind)};
  key.append(owner);
  return key;
}

std::string DayTallyKey(std::int32_t day, Kind kind) {
  std::string key{kDayTallyTag};
  AppendBigEndian(Sortable(day), key);
  key.push_back(static_cast<char>(kind));
  return key;
}

std::optional<CounterKeyParts> ParseCounterKey(std::string_view key) {
  if (key.size() < 2) return std::nullopt;
  CounterKeyParts parts;
  if (key.front() == kOwnerTallyTag) {
    const std::optional<Kind> kind = KindOfByte(key[1]);
    if (!kind) return std::nullopt;
    parts.kind = *kind;
    parts.owner = key.substr(2);
    return parts;
  }
  constexpr std::size_t kDayKeyBytes = 1 + sizeof(std::uint32_t) + 1;
  const std::optional<Kind> kind = KindOfByte(key.back());
  if (key.front() != kDayTallyTag || key.size() != kDayKeyBytes || !kind) return std::nullopt;
  parts.kind = *kind;
  parts.is_day = true;
  const std::uint32_t day = DecodeBigEndian<std::uint32_t>(key.substr(1, sizeof(std::uint32_t)));
  parts.day = static_cast<std::int32_t>(day ^ (std::uint32_t{1} << 31));
  return parts;
}

std::string ContentIntentKey(std::string_view content_id) {
  std::string key{kContentIntentTag};
  key.append(content_id);
  return key;
}

std::optional<std::string_view> ParseContentIntentKey(std::string_view key) {
  if (key.size() != 1 + kContentIdBytes || key.front() != kContentIntentTag) return std::nullopt;
  return key.substr(1);
}

std::string OperationProgressKey(std::string_view operation_id) {
  std::string key{kOperationProgressTag};
  key.append(operation_id);
  return key;
}

std::optional<std::string_view> ParseOperationProgressKey(std::string_view key) {
  if (key.empty() || key.front() != kOperationProgressTag) return std::nullopt;
  return key.substr(1);
}

std::string_view ContentsLeftOutKey() { return "L"; }

std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace coffer::format
