// LineReader: a stream of bytes as lines of bounded length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

struct TextLine {
  std::string_view text;     // without its end; empty if too_long
  std::uint64_t number = 0;  // 1-based
  bool too_long = false;     // longer than the limit, and passed over
};

// Takes LF and CR LF, reads a last line without an end, and passes over blank lines, which still count. Memory: one line of
// the limit and one piece of input. The source must outlive it; one thread at a time.
class LineReader {
 public:
  LineReader(ByteSource& source, std::size_t line_bytes_max) : source_(source), line_bytes_max_(line_bytes_max) {}

  // The next line that is not blank, valid until the next call; nothing at the end. A failure of the source comes once the
  // whole lines before it have been handed out.
  Result<std::optional<TextLine>> Next();

 private:
  // The next piece of the buffer up to a line's end, or up to the end of input.
  Result<bool> FindLineEnd();
  Status Fill();
  TextLine TakeLine();

  ByteSource& source_;
  std::size_t line_bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0;     // of the present line
  std::size_t searched_ = 0;  // no line end before it
  std::size_t end_ = 0;       // of what was read
  std::size_t line_end_ = 0;
  bool at_end_ = false;
  bool skipping_ = false;  // the present line is too long already
  std::uint64_t number_ = 0;
};

}  // namespace coffer::operations
