#include "operations/import/input/line_reader.h"

#include <algorithm>
#include <cstring>

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

Result<std::optional<TextLine>> LineReader::Next() {
  while (in_long_line_) COFFER_TRY(ReadLong().status());
  for (;;) {
    COFFER_ASSIGN(Found found, FindLineEnd());
    if (found == Found::kEndOfInput) return std::optional<TextLine>();
    if (found == Found::kLongLine) {
      in_long_line_ = true;
      return std::optional(TextLine{{}, ++number_, true});
    }
    const TextLine line = TakeLine();
    if (!IsBlank(line.text)) return std::optional(line);
  }
}

std::optional<std::size_t> LineReader::FindNewline() const {
  const char* start = buffer_.data() + searched_;
  const void* newline = end_ == searched_ ? nullptr : std::memchr(start, '\n', end_ - searched_);
  if (newline == nullptr) return std::nullopt;
  return searched_ + static_cast<std::size_t>(static_cast<const char*>(newline) - start);
}

Result<LineReader::Found> LineReader::FindLineEnd() {
  for (;;) {
    const std::optional<std::size_t> newline = FindNewline();
    if (newline || at_end_) {
      line_end_ = newline.value_or(end_);
      const std::size_t bytes = line_end_ - begin_;
      if (bytes == 0 && !newline) return Found::kEndOfInput;
      // The byte after the limit may be the CR of a CR LF.
      const bool ends_in_cr = bytes > 0 && buffer_[line_end_ - 1] == '\r';
      return bytes > line_bytes_max_ + (ends_in_cr ? 1 : 0) ? Found::kLongLine : Found::kLine;
    }
    searched_ = end_;
    if (end_ - begin_ > line_bytes_max_ + 1) return Found::kLongLine;
    COFFER_TRY(Fill());
  }
}

Result<std::string_view> LineReader::ReadLong() {
  if (!in_long_line_) return std::string_view();
  if (begin_ == end_ && !at_end_) {
    begin_ = end_ = 0;
    searched_ = 0;
    COFFER_TRY(Fill());
  }
  searched_ = begin_;
  const std::optional<std::size_t> newline = FindNewline();
  in_long_line_ = !newline && !at_end_;
  const std::string_view piece(buffer_.data() + begin_, newline.value_or(end_) - begin_);
  begin_ = searched_ = newline ? *newline + 1 : end_;
  return piece;
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
  COFFER_ASSIGN(std::size_t got, source_.Read(buffer_.data() + end_, buffer_.size() - end_));
  end_ += got;
  at_end_ = got == 0;
  return Status::Ok();
}

TextLine LineReader::TakeLine() {
  std::string_view text(buffer_.data() + begin_, line_end_ - begin_);
  if (text.ends_with('\r')) text.remove_suffix(1);
  begin_ = searched_ = std::min(line_end_ + 1, end_);
  return {text, ++number_, false};
}

}  // namespace coffer::operations
