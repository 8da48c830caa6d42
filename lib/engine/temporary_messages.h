// TemporaryMessages: encoded messages in a file, waiting for the conversation that they belong to. They come in any order and are
// read in the order of their places.
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

// Messages are sorted in so much memory and written as a stretch; one that fits behind the stretch before prolongs it. Messages
// in order are one stretch, whatever their number.
inline constexpr std::size_t kTemporaryMessagesBufferBytes = std::size_t{8} << 20;
// Stretches, each of which is read through a buffer of its own. They are reached only by gigabytes in no order at all.
inline constexpr std::size_t kTemporaryMessagesStretchesMax = 1024;
inline constexpr std::size_t kTemporaryMessagesReadBytes = std::size_t{32} << 10;

// A message that has been read back, as far as it is needed to decide where it goes.
class TemporaryMessage {
 public:
  virtual ~TemporaryMessage() = default;
  std::uint64_t sequence() const { return sequence_; }
  Timestamp created_at() const { return created_at_; }
  std::size_t json_bytes() const { return json_bytes_; }
  // Appends what a row of messages has of it: header and JSON (format/stored/message_run.h).
  virtual Status AppendTo(std::string& row) = 0;

 protected:
  std::uint64_t sequence_ = 0;
  Timestamp created_at_;
  std::size_t json_bytes_ = 0;
};

// The file is neither synced nor ever read by another process. Removing it is up to whoever gave the path. One thread at a
// time.
class TemporaryMessages {
 public:
  // `files` must outlive it.
  TemporaryMessages(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  // kInvalidArgument: more than kTemporaryMessagesStretchesMax stretches. kIoError, kResourceExhausted.
  Status Add(std::uint64_t sequence, Timestamp created_at, const format::StoredMessage& message);
  // No more are added.
  Status Finish();
  // Behind Finish, any number of times. A failed answer of `visit` ends it. kInvalidArgument: two messages have one place.
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
