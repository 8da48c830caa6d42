// CSV in the form of exports: RFC 4180, UTF-8, lines end in CR LF. An absent member is an empty cell, an empty text is "".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::format {

inline constexpr std::string_view kCsvLineEnd = "\r\n";

// Appends a text as a quoted cell. A leading ' guards a text that a spreadsheet would evaluate or that starts with '.
void AppendCsvText(std::string_view text, std::string& out);
// Appends a canonical JSON value as a cell: a string as its text, lists and objects as JSON text, other values unchanged. An
// empty view (an absent member) is an empty cell. `scratch` is overwritten.
void AppendCsvValue(std::string_view canonical, std::string& scratch, std::string& out);

// The maximum number of cells in a row. It is limited because an empty cell takes one byte of input but many of memory.
inline constexpr std::size_t kCsvCellsMax = 1024;

// A cell that was read. A quoted cell is present even if it is empty.
struct CsvCell {
  std::string text;  // without the guard
  bool quoted = false;
  bool absent() const { return text.empty() && !quoted; }
};

// Splits bytes that come in pieces into rows. Accepts LF and CR LF. Memory: one row, up to the limit. One thread at a time.
class CsvSplitter {
 public:
  explicit CsvSplitter(std::size_t row_bytes_max) : row_bytes_max_(row_bytes_max) {}

  enum class Event { kNone, kRow, kFault };

  // Takes bytes up to the next event and returns their number. kRow: row() is complete. kFault: the row is malformed; fault()
  // has the reason, and the next call skips the rest of the line. row() and fault() are valid until the next call.
  std::size_t Take(std::string_view bytes);
  // Call at the end of the input. Returns the last event.
  Event Finish();

  Event event() const { return event_; }
  std::span<const CsvCell> row() const { return {row_.data(), cells_}; }
  const std::string& fault() const { return fault_; }
  // The line on which the row starts, counted from 1.
  std::uint64_t row_line() const { return row_line_; }

 private:
  enum class State { kCellBegins, kPlain, kQuoted, kQuoteInQuoted, kCarriageReturn, kSkipLine };
  // Each handles one byte in its state.
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
  std::vector<CsvCell> row_;  // reused; the first cells_ belong to this row
  std::size_t cells_ = 0;
  std::size_t row_bytes_ = 0;
  bool in_row_ = false;
  std::string fault_;
  std::uint64_t line_ = 1;
  std::uint64_t row_line_ = 1;
};

}  // namespace coffer::format
