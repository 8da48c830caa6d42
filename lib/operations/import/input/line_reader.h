// LineSource: the lines of an import. LineReader: splits a stream of bytes into lines.
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
  std::string_view text;     // without the line end; empty if too_long
  std::uint64_t number = 0;  // 1-based
  bool too_long = false;     // longer than the limit: read it with ReadLong or skip it
  // Not empty: the line is refused for this reason.
  std::string_view refusal = {};
  // Not empty: the line is not a record but shows this problem of the whole file.
  std::string_view file_problem = {};
};

// One thread at a time.
class LineSource {
 public:
  virtual ~LineSource() = default;
  // The next line that is not blank (a long one may be), valid until the next call. Nothing at the end. Skips the rest of a
  // long line. Returns all complete lines before it fails with the source's failure.
  virtual Result<std::optional<TextLine>> Next() = 0;
  // The next piece of the long line that Next returned, valid until the next call; empty at its end. The last piece may end in
  // the CR of a CR LF.
  virtual Result<std::string_view> ReadLong() = 0;
};

// Accepts LF, CR LF and a last line without a line end. Skips blank lines but counts them. Memory: one line of the limit and
// one piece of input. The source must outlive it; one thread at a time.
class LineReader final : public LineSource {
 public:
  LineReader(ByteSource& source, std::size_t line_bytes_max) : source_(source), line_bytes_max_(line_bytes_max) {}

  Result<std::optional<TextLine>> Next() override;
  Result<std::string_view> ReadLong() override;

 private:
  enum class Found { kEndOfInput, kLine, kLongLine };
  // Searches the end of the current line, up to the limit.
  Result<Found> FindLineEnd();
  std::optional<std::size_t> FindNewline() const;
  Status Fill();
  TextLine TakeLine();

  ByteSource& source_;
  std::size_t line_bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0;     // of the current line
  std::size_t searched_ = 0;  // no line end before this offset
  std::size_t end_ = 0;       // of the bytes read
  std::size_t line_end_ = 0;
  bool at_end_ = false;
  bool in_long_line_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace coffer::operations
