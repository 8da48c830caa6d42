// A row of `messages`: a run of one or more messages whose sequence numbers follow on one another. Messages that come together
// share a row: a row of its own for each would cost a key and an insertion apiece, and a walk over a conversation a step
// apiece. The row's key is that of its first message. Layout: FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/stored/stored_record.h"

namespace coffer::format {

// A run ends before it would pass one of these; a single message may be larger.
inline constexpr std::size_t kMessageRunMessagesMax = 128;
inline constexpr std::size_t kMessageRunBytesMax = std::size_t{32} << 10;

// A value is a begin and then, for each message, a header and its JSON.
void AppendMessageRunBegin(std::string& out);
void AppendMessageHeader(const StoredMessage& message, std::string& out);
// What the two append at most.
inline constexpr std::size_t kMessageRunBeginBytes = 1;
inline constexpr std::size_t kMessageHeaderBytesMax = 10;

// A run of one, complete.
std::string MessageRow(const StoredMessage& message);

// Walks a row's messages. The value must outlive it.
//   for (MessageRun run(first, value); run.Next();) …   and then look at status().
class MessageRun {
 public:
  MessageRun(std::uint64_t first_sequence, std::string_view value);

  // Moves to the next message, at first to the first. false: behind the last one, or at a fault.
  bool Next();
  const StoredMessage& message() const { return message_; }
  std::uint64_t sequence() const { return sequence_; }

  // kCorruption: not such a value. kUnavailable: written by a newer format.
  const Status& status() const { return status_; }

 private:
  bool Fail(std::string_view problem);

  std::string_view rest_;
  StoredMessage message_;
  std::uint64_t sequence_;
  Status status_;
};

}  // namespace coffer::format
