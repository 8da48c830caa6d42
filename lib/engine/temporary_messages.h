// TemporaryMessages: encoded messages in a temporary file until their conversation is stored. They are added in any order and
// read in the order of their sequence numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "format/stored/stored_record.h"

namespace coffer::engine {

// Messages are sorted in a buffer of this size and written as a stretch. Messages that follow the last stretch extend it, so
// any number of messages in order is one stretch.
inline constexpr std::size_t kTemporaryMessagesBufferBytes = std::size_t{8} << 20;
// Each stretch is read through a buffer of its own. Only gigabytes of messages in random order need so many stretches.
inline constexpr std::size_t kTemporaryMessagesStretchesMax = 1024;
inline constexpr std::size_t kTemporaryMessagesReadBytes = std::size_t{32} << 10;

// A message that ForEach has read: its header, and its text on demand.
class TemporaryMessage {
 public:
  virtual ~TemporaryMessage() = default;
  std::uint64_t sequence() const { return sequence_; }
  Timestamp created_at() const { return created_at_; }
  std::size_t json_bytes() const { return json_bytes_; }
  // Appends the message as a row of messages holds it: header and JSON (format/stored/message_run.h).
  virtual Status AppendTo(std::string& row) = 0;

 protected:
  std::uint64_t sequence_ = 0;
  Timestamp created_at_;
  std::size_t json_bytes_ = 0;
};

// The file is not synced, and no other process reads it. The caller removes it. Use from one thread at a time.
class TemporaryMessages {
 public:
  // `files` must outlive this object.
  TemporaryMessages(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  // kInvalidArgument: more than kTemporaryMessagesStretchesMax stretches.
  // kIoError, kResourceExhausted: the file cannot be written.
  Status Add(std::uint64_t sequence, Timestamp created_at, const format::StoredMessage& message);
  // Call after the last Add.
  Status Finish();
  // Call after Finish, any number of times. Stops at the first failure of `visit` and returns it.
  // kInvalidArgument: a sequence number occurs twice.
  Status ForEach(const std::function<Status(TemporaryMessage&)>& visit) const;

 private:
  struct Waiting {
    std::uint64_t sequence = 0;
    std::size_t offset = 0;
    std::size_t bytes = 0;
  };
  struct Stretch {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t last_sequence = 0;
  };
  class Cursor;

  Status WriteBuffer();
  Status BeginOrProlong(std::uint64_t first_sequence, std::uint64_t last_sequence);
  Status Write(std::string_view bytes);

  FileSystem& files_;
  std::string path_;
  std::unique_ptr<WritableFile> file_;
  std::string buffer_;
  std::vector<Waiting> waiting_;  // entries in buffer_
  std::vector<Stretch> stretches_;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace coffer::engine
