#include "format/stored/message_run.h"

#include <algorithm>

namespace coffer::format {
namespace {

constexpr unsigned kVarintBits = 7;
constexpr unsigned kVarintMore = 1U << kVarintBits;

void AppendVarint(std::uint32_t value, std::string& out) {
  for (; value >= kVarintMore; value >>= kVarintBits) out.push_back(static_cast<char>(value | kVarintMore));
  out.push_back(static_cast<char>(value));
}

// Removes a number from the front; false if there is no number of at most 32 bits.
bool TakeVarint(std::string_view& rest, std::uint32_t& value) {
  std::uint64_t sum = 0;
  for (unsigned shift = 0; shift < 5 * kVarintBits && !rest.empty(); shift += kVarintBits) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    sum |= static_cast<std::uint64_t>(byte & (kVarintMore - 1)) << shift;
    if (byte >= kVarintMore) continue;
    value = static_cast<std::uint32_t>(sum);
    return sum <= UINT32_MAX;
  }
  return false;
}

}  // namespace

void AppendMessageRunBegin(std::string& out) { out.push_back(static_cast<char>(kRecordFormatWritten)); }

// Stores the place of the time as its distance from the end, which is the same in nearly all messages and so compresses well.
void AppendMessageHeader(const StoredMessage& message, std::string& out) {
  AppendVarint(static_cast<std::uint32_t>(message.json.size()), out);
  AppendVarint(static_cast<std::uint32_t>(message.json.size() - message.created_at_offset), out);
}

std::string MessageRow(const StoredMessage& message) {
  std::string row;
  row.reserve(kMessageRunBeginBytes + kMessageHeaderBytesMax + message.json.size());
  AppendMessageRunBegin(row);
  AppendMessageHeader(message, row);
  return row.append(message.json);
}

MessageRun::MessageRun(std::uint64_t first_sequence, std::string_view value) : sequence_(first_sequence - 1) {
  if (value.empty()) {
    Fail("empty");
  } else if (static_cast<std::uint8_t>(value.front()) > kRecordFormatWritten) {
    status_ = Status::Unavailable("message: record format " + std::to_string(static_cast<unsigned char>(value.front())) +
                                  " is newer than this library supports");
  } else if (value.front() == 0 || value.size() == kMessageRunBeginBytes) {
    Fail(value.front() == 0 ? "record format 0" : "no message");
  } else {
    rest_ = value.substr(kMessageRunBeginBytes);
  }
}

bool MessageRun::Next() {
  if (rest_.empty()) return false;
  std::uint32_t json_bytes = 0;
  std::uint32_t created_at_behind = 0;
  if (!TakeVarint(rest_, json_bytes) || !TakeVarint(rest_, created_at_behind)) return Fail("truncated");
  if (json_bytes > rest_.size() || created_at_behind > json_bytes) return Fail("truncated");
  message_.json = rest_.substr(0, json_bytes);
  message_.created_at_offset = json_bytes - created_at_behind;
  rest_.remove_prefix(json_bytes);
  ++sequence_;
  return message_.IsWhole() || Fail("malformed message");
}

bool MessageRun::Fail(std::string_view problem) {
  status_ = Status::Corruption("row of messages: " + std::string(problem));
  rest_ = {};
  return false;
}

}  // namespace coffer::format
