// The rows that the floor writes: the number, shape and size of rows that an engine of this kind must write. They are encoded
// before the clock starts, so the floor measures RocksDB alone.
#ifndef COFFER_BENCH_FLOOR_ENCODING_H_
#define COFFER_BENCH_FLOOR_ENCODING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "corpus.h"

namespace coffer::bench {

enum class FloorFamily : std::size_t { kConversations, kMessages, kByOwner, kCounters };
inline constexpr std::size_t kFloorFamilies = 4;

// Which rows hold what: a choice to be measured. All layouts have one small row per conversation with its summary.
enum class RowLayout {
  kRecordApart,         // conversations: record; messages: summary, then one row per message
  kRecordWithMessages,  // conversations: header and summary; messages: record's JSON, then one row per message
  kPackedMessages,      // as kRecordWithMessages, but the messages written with a new conversation share one row
};

struct EncodedRow {
  std::string key;
  std::string value;
};

// The rows of one commit by family. Counter rows are merge operands, one for each counter touched.
using EncodedBatch = std::array<std::vector<EncodedRow>, kFloorFamilies>;

// The start of a conversations row's value; the record's JSON, or the summary, follows it.
struct RecordHeader {
  std::uint64_t created_at_us = 0;
  std::string_view owner;
};

// The members of a summary row that a delete needs; the row has kSummaryBytes.
struct MessageSummary {
  std::uint64_t first_sequence_number = 0;
  std::uint64_t message_count = 0;
  std::uint64_t bytes = 0;
};
inline constexpr std::size_t kSummaryBytes = 80;

// The first row of a conversation in the messages family: its summary or its record, depending on the layout.
std::string FirstRowKey(std::string_view conversation_id);
std::string MessageKey(std::string_view conversation_id, std::uint64_t sequence_number);
std::string PackedMessagesKey(std::string_view conversation_id);
std::string ByOwnerKey(std::string_view owner, std::uint64_t created_at_us, std::string_view conversation_id);
// The least key above every row of the conversation in the messages family.
std::string MessagesEnd(std::string_view conversation_id);

std::optional<RecordHeader> DecodeRecordHeader(std::string_view row);
// The bytes after the header.
std::string_view RecordBody(std::string_view row);
std::string_view MessageJson(std::string_view row);
std::optional<MessageSummary> DecodeSummary(std::string_view row);

// Four 64-bit lanes (count, bytes, digest high, digest low) that a merge adds modulo 2^64.
struct CounterDelta {
  std::int64_t records = 0;
  std::int64_t bytes = 0;
};
std::string EncodeCounterDelta(const CounterDelta& delta);
std::string OwnerCounterKey(char kind, std::string_view owner);
std::string TotalCounterKey(char kind);

EncodedBatch EncodeBatch(std::span<const Conversation> conversations, RowLayout layout);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_FLOOR_ENCODING_H_
