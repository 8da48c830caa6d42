// Lines of records: where an import takes them from, and LineReader, which makes them of a stream of bytes.
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
  bool too_long = false;     // longer than the limit: read it by ReadLong, or go on
  // Not empty: there is no record in this line, and this says why.
  std::string_view refusal = {};
  // Not empty: the line says something wrong of the file as a whole, and is no record.
  std::string_view file_problem = {};
};

// One thread at a time.
class LineSource {
 public:
  virtual ~LineSource() = default;
  // The next line that is not blank (a long one may be), valid until the next call; nothing at the end. What was not read of a
  // long line is passed over. A failure of the source comes once the whole lines before it have been handed out.
  virtual Result<std::optional<TextLine>> Next() = 0;
  // The next piece of the long line that Next has answered, valid until the next call; empty at its end. The last may end in
  // the CR of a CR LF.
  virtual Result<std::string_view> ReadLong() = 0;
};

// Takes LF and CR LF, reads a last line without an end, and passes over blank lines, which still count. Memory: one line of
// the limit and one piece of input. The source must outlive it; one thread at a time.
class LineReader final : public LineSource {
 public:
  LineReader(ByteSource& source, std::size_t line_bytes_max) : source_(source), line_bytes_max_(line_bytes_max) {}

  Result<std::optional<TextLine>> Next() override;
  Result<std::string_view> ReadLong() override;

 private:
  enum class Found { kEndOfInput, kLine, kLongLine };
  // Looks for the present line's end, as far as the limit.
  Result<Found> FindLineEnd();
  std::optional<std::size_t> FindNewline() const;
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
  bool in_long_line_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace coffer::operations
