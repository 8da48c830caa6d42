#include "operations/import/line_reader.h"

#include <algorithm>
#include <cstring>

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

Result<std::optional<TextLine>> LineReader::Next() {
  for (;;) {
    Result<bool> found = FindLineEnd();
    if (!found.ok()) return std::move(found).status();
    if (!*found) return std::optional<TextLine>();
    const TextLine line = TakeLine();
    if (line.too_long || !IsBlank(line.text)) return std::optional(line);
  }
}

Result<bool> LineReader::FindLineEnd() {
  for (;;) {
    const char* start = buffer_.data() + searched_;
    const void* newline = end_ == searched_ ? nullptr : std::memchr(start, '\n', end_ - searched_);
    if (newline != nullptr) {
      line_end_ = searched_ + static_cast<std::size_t>(static_cast<const char*>(newline) - start);
      return true;
    }
    searched_ = end_;
    if (at_end_) {
      line_end_ = end_;
      return begin_ < end_ || skipping_;
    }
    // One byte more than the limit may be the CR of a CR LF.
    if (end_ - begin_ > line_bytes_max_ + 1) skipping_ = true;
    if (skipping_) begin_ = searched_ = end_ = 0;
    if (Status status = Fill(); !status.ok()) return status;
  }
}

Status LineReader::Fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kPieceBytes) {
    const std::size_t most = line_bytes_max_ + 2 * kPieceBytes;
    buffer_.resize(std::max(end_ + kPieceBytes, std::min(2 * buffer_.size(), most)));
  }
  Result<std::size_t> got = source_.Read(buffer_.data() + end_, buffer_.size() - end_);
  if (!got.ok()) return std::move(got).status();
  end_ += *got;
  at_end_ = *got == 0;
  return Status::Ok();
}

TextLine LineReader::TakeLine() {
  TextLine line;
  line.number = ++number_;
  std::string_view text(buffer_.data() + begin_, line_end_ - begin_);
  if (text.ends_with('\r')) text.remove_suffix(1);
  line.too_long = skipping_ || text.size() > line_bytes_max_;
  if (!line.too_long) line.text = text;
  skipping_ = false;
  begin_ = searched_ = std::min(line_end_ + 1, end_);
  return line;
}

}  // namespace coffer::operations
