// CSV as exports write it: RFC 4180, lines end in CR LF, UTF-8. Absent is an empty cell, an empty text is "".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::format {

inline constexpr std::string_view kCsvLineEnd = "\r\n";

// A text as a quoted cell. One that a spreadsheet would run, or that begins with the guard itself, is guarded by a leading '.
void AppendCsvText(std::string_view text, std::string& out);
// A canonical JSON value as a cell: a string as its text, lists and objects as JSON text, the rest as it stands; an empty view,
// which stands for an absent member, as an empty cell. `scratch` is overwritten.
void AppendCsvValue(std::string_view canonical, std::string& scratch, std::string& out);

// Cells of a row; one more is a fault: an empty cell takes one byte of the input and many of memory.
inline constexpr std::size_t kCsvCellsMax = 1024;

// A cell as it was read. A quoted one is there even if it is empty.
struct CsvCell {
  std::string text;  // the guard taken off
  bool quoted = false;
  bool absent() const { return text.empty() && !quoted; }
};

// Rows from bytes that come in pieces. Takes LF and CR LF. Memory: one row, up to the limit. One thread at a time.
class CsvSplitter {
 public:
  explicit CsvSplitter(std::size_t row_bytes_max) : row_bytes_max_(row_bytes_max) {}

  enum class Event { kNone, kRow, kFault };

  // Takes bytes up to the next event, and answers how many. kRow: row() is complete. kFault: fault() says why the row is none; the
  // next call goes on behind the line. Both are valid until the next call.
  std::size_t Take(std::string_view bytes);
  // The input ends: what event that is.
  Event Finish();

  Event event() const { return event_; }
  std::span<const CsvCell> row() const { return {row_.data(), cells_}; }
  const std::string& fault() const { return fault_; }
  // The 1-based line at which the row began.
  std::uint64_t row_line() const { return row_line_; }

 private:
  enum class State { kCellBegins, kPlain, kQuoted, kQuoteInQuoted, kCarriageReturn, kSkipLine };
  // Each takes one byte in its state.
  void TakeByte(char c);
  void TakeFirst(char c);
  void TakePlain(char c);
  void TakeBehindQuote(char c);
  std::size_t TakeRun(std::string_view bytes);
  void BeginRow();
  CsvCell& OpenCell();
  void EndCell();
  void EndRow();
  void Refuse(std::string reason);

  const std::size_t row_bytes_max_;
  State state_ = State::kCellBegins;
  Event event_ = Event::kNone;
  std::vector<CsvCell> row_;  // cells are used again: cells_ of them are of this row
  std::size_t cells_ = 0;
  std::size_t row_bytes_ = 0;
  bool in_row_ = false;
  std::string fault_;
  std::uint64_t line_ = 1;
  std::uint64_t row_line_ = 1;
};

}  // namespace coffer::format
