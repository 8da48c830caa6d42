#include "engine/temporary_messages.h"

#include <algorithm>
#include <optional>
#include <queue>

#include "format/stored/message_run.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// The header of an entry in the file: sequence, created_at (8 bytes each), length in a row, length of the JSON (4 bytes each).
constexpr std::size_t kEntryHeaderBytes = 24;

}  // namespace

// Reads a stretch entry by entry. Only headers and short messages use its buffer, so that many cursors need little memory.
class TemporaryMessages::Cursor final : public TemporaryMessage {
 public:
  Cursor(const RandomAccessFile& file, const Stretch& stretch) : file_(&file), next_(stretch.begin), end_(stretch.end) {}

  // False at the end.
  Result<bool> Next() {
    if (next_ == end_) return false;
    COFFER_TRY(Fill(next_, kEntryHeaderBytes));
    format::FieldReader fields(Buffered(next_, kEntryHeaderBytes));
    sequence_ = fields.Number<std::uint64_t>();
    created_at_.microseconds = static_cast<std::int64_t>(fields.Number<std::uint64_t>());
    row_bytes_ = fields.Number<std::uint32_t>();
    json_bytes_ = fields.Number<std::uint32_t>();
    offset_ = next_ + kEntryHeaderBytes;
    next_ = offset_ + row_bytes_;
    return true;
  }

  Status AppendTo(std::string& row) override {
    if (row_bytes_ > kTemporaryMessagesReadBytes) {
      const std::size_t begin = row.size();
      row.resize(begin + row_bytes_);
      return ReadAt(offset_, row_bytes_, row.data() + begin);
    }
    COFFER_TRY(Fill(offset_, row_bytes_));
    row += Buffered(offset_, row_bytes_);
    return Status::Ok();
  }

 private:
  std::string_view Buffered(std::uint64_t offset, std::size_t bytes) const {
    return std::string_view(buffer_).substr(static_cast<std::size_t>(offset - buffer_offset_), bytes);
  }

  Status Fill(std::uint64_t offset, std::size_t bytes) {
    if (offset >= buffer_offset_ && offset + bytes <= buffer_offset_ + buffer_.size()) return Status::Ok();
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kTemporaryMessagesReadBytes, end_ - offset)));
    buffer_offset_ = offset;
    return ReadAt(offset, buffer_.size(), buffer_.data());
  }

  Status ReadAt(std::uint64_t offset, std::size_t bytes, char* out) const {
    COFFER_ASSIGN(std::size_t got, file_->Read(offset, bytes, out));
    return got == bytes ? Status::Ok() : Status::IoError("temporary messages: the file is too short");
  }

  const RandomAccessFile* file_;
  std::uint64_t next_;
  std::uint64_t end_;
  std::string buffer_;
  std::uint64_t buffer_offset_ = 0;
  std::uint64_t offset_ = 0;  // of the current message
  std::size_t row_bytes_ = 0;
};

Status TemporaryMessages::Write(std::string_view bytes) {
  if (file_ == nullptr) {
    COFFER_ASSIGN(std::unique_ptr<WritableFile> file, files_.NewWritableFile(path_));
    file_ = std::move(file);
  }
  file_bytes_ += bytes.size();
  return file_->Append(bytes);
}

Status TemporaryMessages::BeginOrProlong(std::uint64_t first_sequence, std::uint64_t last_sequence) {
  if (stretches_.empty() || first_sequence <= stretches_.back().last_sequence) {
    if (stretches_.size() == kTemporaryMessagesStretchesMax) {
      return Status::InvalidArgument("messages: too many are not in the order of sequence_number");
    }
    stretches_.push_back({file_bytes_, file_bytes_, 0});
  }
  stretches_.back().last_sequence = last_sequence;
  return Status::Ok();
}

Status TemporaryMessages::Add(std::uint64_t sequence, Timestamp created_at, const format::StoredMessage& message) {
  std::string row_header;
  format::AppendMessageHeader(message, row_header);
  std::string header;
  format::AppendLittleEndian(sequence, header);
  format::AppendLittleEndian(static_cast<std::uint64_t>(created_at.microseconds), header);
  format::AppendLittleEndian(static_cast<std::uint32_t>(row_header.size() + message.json.size()), header);
  format::AppendLittleEndian(static_cast<std::uint32_t>(message.json.size()), header);
  header += row_header;
  const std::size_t bytes = header.size() + message.json.size();
  if (buffer_.size() + bytes > kTemporaryMessagesBufferBytes) {
    COFFER_TRY(WriteBuffer());
  }
  if (bytes > kTemporaryMessagesBufferBytes) {  // written without another copy
    COFFER_TRY(BeginOrProlong(sequence, sequence));
    COFFER_TRY(Write(header));
    Status status = Write(message.json);
    stretches_.back().end = file_bytes_;
    return status;
  }
  waiting_.push_back({sequence, buffer_.size(), bytes});
  buffer_.append(header).append(message.json);
  return Status::Ok();
}

Status TemporaryMessages::WriteBuffer() {
  if (waiting_.empty()) return Status::Ok();
  const auto before = [](const Waiting& a, const Waiting& b) { return a.sequence < b.sequence; };
  const bool sorted = std::is_sorted(waiting_.begin(), waiting_.end(), before);
  if (!sorted) std::sort(waiting_.begin(), waiting_.end(), before);
  COFFER_TRY(BeginOrProlong(waiting_.front().sequence, waiting_.back().sequence));
  Status status;
  if (sorted) {
    status = Write(buffer_);
  } else {
    for (const Waiting& entry : waiting_) {
      if (status = Write(std::string_view(buffer_).substr(entry.offset, entry.bytes)); !status.ok()) break;
    }
  }
  stretches_.back().end = file_bytes_;
  waiting_.clear();
  buffer_.clear();
  return status;
}

Status TemporaryMessages::Finish() {
  COFFER_TRY(WriteBuffer());
  buffer_ = std::string();
  waiting_ = {};
  if (file_ == nullptr) return Status::Ok();
  Status status = file_->Close();
  file_.reset();
  return status;
}

Status TemporaryMessages::ForEach(const std::function<Status(TemporaryMessage&)>& visit) const {
  if (stretches_.empty()) return Status::Ok();
  COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, files_.NewRandomAccessFile(path_));
  std::vector<Cursor> cursors;
  cursors.reserve(stretches_.size());
  const auto later = [](const Cursor* a, const Cursor* b) { return a->sequence() > b->sequence(); };
  std::priority_queue<Cursor*, std::vector<Cursor*>, decltype(later)> heads(later);
  const auto advance = [&heads](Cursor& cursor) {
    COFFER_ASSIGN(bool more, cursor.Next());
    if (more) heads.push(&cursor);
    return Status::Ok();
  };
  for (const Stretch& stretch : stretches_) {
    COFFER_TRY(advance(cursors.emplace_back(*file, stretch)));
  }
  std::optional<std::uint64_t> last;
  while (!heads.empty()) {
    Cursor& cursor = *heads.top();
    heads.pop();
    if (last == cursor.sequence()) {
      return Status::InvalidArgument("messages: sequence_number " + std::to_string(*last) + " occurs twice");
    }
    last = cursor.sequence();
    COFFER_TRY(visit(cursor));
    COFFER_TRY(advance(cursor));
  }
  return Status::Ok();
}

}  // namespace coffer::engine
