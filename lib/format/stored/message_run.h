// A row of `messages`: a run of one or more messages with consecutive sequence numbers. Messages written together share a row,
// because a row for each would cost a key, an insertion, and a step of every scan of the conversation. The row's key is that of
// its first message. Layout: FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/stored/stored_record.h"

namespace coffer::format {

// A run ends before it exceeds either limit; a single message may be larger.
inline constexpr std::size_t kMessageRunMessagesMax = 128;
inline constexpr std::size_t kMessageRunBytesMax = std::size_t{32} << 10;

// A value is the beginning, then a header and the JSON of each message.
void AppendMessageRunBegin(std::string& out);
void AppendMessageHeader(const StoredMessage& message, std::string& out);
// The most bytes that each of them appends.
inline constexpr std::size_t kMessageRunBeginBytes = 1;
inline constexpr std::size_t kMessageHeaderBytesMax = 10;

// A complete run of one message.
std::string MessageRow(const StoredMessage& message);

// Iterates over a row's messages. The value must outlive it. One thread at a time.
//   for (MessageRun run(first, value); run.Next();) …   then check status().
class MessageRun {
 public:
  MessageRun(std::uint64_t first_sequence, std::string_view value);

  // Advances to the next message; the first call to the first one. False after the last message or at a fault.
  bool Next();
  const StoredMessage& message() const { return message_; }
  std::uint64_t sequence() const { return sequence_; }

  // kCorruption: not a valid row.
  // kUnavailable: written in a newer format.
  const Status& status() const { return status_; }

 private:
  bool Fail(std::string_view problem);

  std::string_view rest_;
  StoredMessage message_;
  std::uint64_t sequence_;
  Status status_;
};

}  // namespace coffer::format
