// Keys of every column family. Listings and scans rely on their byte order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coffer/kind.h"
#include "coffer/timestamp.h"

namespace coffer::format {

// conversations, documents, prompts: the key is the id.

// messages: the conversation's id, 0x00 (never part of an id), then 0x00 for the conversation's own text, or 0x01 and the
// sequence number (8 bytes big-endian). So one seek finds a conversation's text, followed by its messages in order, mostly in
// one block.
std::string ConversationTextKey(std::string_view conversation_id);
// The key of a conversation's own text is the id, followed by this.
inline constexpr std::string_view kConversationTextSuffix("\0\0", 2);
void AppendConversationTextKey(std::string_view conversation_id, std::string& out);
std::string MessageKey(std::string_view conversation_id, std::uint64_t sequence_number);
void AppendMessageKey(std::string_view conversation_id, std::uint64_t sequence_number, std::string& out);
// The first key after the conversation's text and all its messages.
std::string MessagesEnd(std::string_view conversation_id);

struct MessageKeyParts {
  std::string_view conversation_id;
  std::optional<std::uint64_t> sequence_number;  // absent: the conversation's own text
};
// Nullopt for a malformed key.
std::optional<MessageKeyParts> ParseMessageKey(std::string_view key);

// contents: content id (16 bytes), chunk number (4 bytes big-endian).
inline constexpr std::size_t kContentIdBytes = 16;
std::string ContentKey(std::string_view content_id, std::uint32_t chunk);
std::string ContentsEnd(std::string_view content_id);

// by_owner: kind (1 byte), owner, 0x00, created_at (8 bytes big-endian, sign bit inverted), id.
std::string OwnerPrefix(Kind kind, std::string_view owner);
// The bytes between this prefix and the id.
inline constexpr std::size_t kOwnerKeyTimeBytes = 8;
std::string OwnerKey(Kind kind, std::string_view owner, Timestamp created_at, std::string_view id);

struct OwnerKeyParts {
  Kind kind = Kind::kConversation;
  std::string_view owner;
  Timestamp created_at;
  std::string_view id;
};
std::optional<OwnerKeyParts> ParseOwnerKey(std::string_view key);

// counters: 'T', kind, owner -> the owner's tally of the kind; 'D', UTC day since 1970 (4 bytes big-endian, sign bit
// inverted), kind -> the tally of what that day added.
std::string OwnerTallyKey(Kind kind, std::string_view owner);
std::string DayTallyKey(std::int32_t day, Kind kind);

struct CounterKeyParts {
  Kind kind = Kind::kConversation;
  bool is_day = false;
  std::string_view owner;  // of an owner's tally
  std::int32_t day = 0;    // of a day's
};
std::optional<CounterKeyParts> ParseCounterKey(std::string_view key);

// progress: 'C', content id -> a content that is being written and that no record refers to yet.
std::string ContentIntentKey(std::string_view content_id);
std::optional<std::string_view> ParseContentIntentKey(std::string_view key);

// progress: 'O', operation id -> the progress of the operation.
std::string OperationProgressKey(std::string_view operation_id);
std::optional<std::string_view> ParseOperationProgressKey(std::string_view key);

// progress: 'L' -> the id of the backup without contents that this store was restored from.
std::string_view ContentsLeftOutKey();

// The first key after all keys that start with `prefix`; empty if there is no such key.
std::string PrefixEnd(std::string prefix);

}  // namespace coffer::format
