#include "format/text/csv_text.h"

#include <algorithm>

#include "format/json/json_text.h"

namespace coffer::format {
namespace {

constexpr char kGuard = '\'';
constexpr std::string_view kGuarded = "=+-@\t\r'";

bool NeedsGuard(std::string_view text) { return !text.empty() && kGuarded.find(text.front()) != std::string_view::npos; }

void AppendDoublingQuotes(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t quote = std::min(text.find('"', at), text.size());
    out.append(text, at, quote - at);
    if (quote < text.size()) out += "\"\"";
    at = quote + 1;
  }
}

}  // namespace

void AppendCsvText(std::string_view text, std::string& out) {
  out.push_back('"');
  if (NeedsGuard(text)) out.push_back(kGuard);
  AppendDoublingQuotes(text, out);
  out.push_back('"');
}

void AppendCsvValue(std::string_view canonical, std::string& scratch, std::string& out) {
  if (canonical.empty()) return;
  switch (canonical.front()) {
    case '"':
      scratch.clear();
      AppendUnescaped(canonical, scratch);
      return AppendCsvText(scratch, out);
    case '{':
    case '[':
      return AppendCsvText(canonical, out);
    default:
      if (NeedsGuard(canonical)) out.push_back(kGuard);
      out += canonical;
  }
}

std::size_t CsvSplitter::Take(std::string_view bytes) {
  if (event_ != Event::kNone) BeginRow();
  std::size_t at = 0;
  while (at < bytes.size() && event_ == Event::kNone) {
    const std::size_t run = TakeRun(bytes.substr(at));
    if (run == 0) TakeByte(bytes[at]);
    at += std::max<std::size_t>(run, 1);
    row_bytes_ += std::max<std::size_t>(run, 1);
    if (row_bytes_ > row_bytes_max_ && state_ != State::kSkipLine && event_ == Event::kNone) {
      Refuse("above " + std::to_string(row_bytes_max_) + " bytes");
    }
  }
  return at;
}

void CsvSplitter::BeginRow() {
  event_ = Event::kNone;
  in_row_ = false;
  cells_ = 0;
  row_bytes_ = 0;
}

CsvCell& CsvSplitter::OpenCell() {
  if (!in_row_) row_line_ = line_;
  in_row_ = true;
  if (row_.size() == cells_) row_.emplace_back();
  CsvCell& cell = row_[cells_];
  cell.text.clear();
  cell.quoted = false;
  return cell;
}

void CsvSplitter::EndCell() {
  CsvCell& cell = row_[cells_++];
  if (cell.text.starts_with(kGuard)) cell.text.erase(0, 1);
}

// A blank line is not a row.
void CsvSplitter::EndRow() {
  EndCell();
  ++line_;
  state_ = State::kCellBegins;
  if (cells_ == 1 && row_.front().absent()) return BeginRow();
  event_ = Event::kRow;
}

// Takes a run of ordinary bytes of the open cell.
std::size_t CsvSplitter::TakeRun(std::string_view bytes) {
  if (state_ != State::kPlain && state_ != State::kQuoted) return 0;
  const std::string_view ends = state_ == State::kQuoted ? "\"\n" : ",\"\r\n";
  const std::size_t end = std::min({bytes.find_first_of(ends), bytes.size(), row_bytes_max_ + 1});
  row_[cells_].text.append(bytes.substr(0, end));
  return end;
}

void CsvSplitter::TakeByte(char c) {
  switch (state_) {
    case State::kCellBegins:
      return TakeFirst(c);
    case State::kPlain:
      return TakePlain(c);
    case State::kQuoteInQuoted:
      return TakeBehindQuote(c);
    case State::kQuoted:
      if (c == '"') {
        state_ = State::kQuoteInQuoted;
        return;
      }
      ++line_;  // LF, the only other byte that ends a run
      row_[cells_].text.push_back(c);
      return;
    case State::kCarriageReturn:
      return c == '\n' ? EndRow() : Refuse("a CR without an LF in an unquoted cell");
    case State::kSkipLine:
      if (c != '\n') return;
      ++line_;
      BeginRow();
      state_ = State::kCellBegins;
  }
}

void CsvSplitter::TakeFirst(char c) {
  CsvCell& cell = OpenCell();
  cell.quoted = c == '"';
  state_ = cell.quoted ? State::kQuoted : State::kPlain;
  if (!cell.quoted) TakePlain(c);
}

void CsvSplitter::TakePlain(char c) {
  switch (c) {
    case ',':
      EndCell();
      if (cells_ == kCsvCellsMax) return Refuse("more than " + std::to_string(kCsvCellsMax) + " cells");
      OpenCell();  // the cell exists even if the line ends here
      state_ = State::kCellBegins;
      return;
    case '\n':
      return EndRow();
    case '\r':
      state_ = State::kCarriageReturn;
      return;
    case '"':
      return Refuse("a quote within an unquoted cell");
    default:
      row_[cells_].text.push_back(c);
  }
}

void CsvSplitter::TakeBehindQuote(char c) {
  if (c == '"') {
    row_[cells_].text.push_back(c);
    state_ = State::kQuoted;
  } else if (c == ',' || c == '\r' || c == '\n') {
    TakePlain(c);
    if (c == '\r') state_ = State::kCarriageReturn;
  } else {
    Refuse("text after the closing quote of a cell");
  }
}

void CsvSplitter::Refuse(std::string reason) {
  fault_ = std::move(reason);
  event_ = Event::kFault;
  state_ = State::kSkipLine;
}

CsvSplitter::Event CsvSplitter::Finish() {
  if (event_ != Event::kNone) BeginRow();
  if (state_ == State::kQuoted) {
    Refuse("truncated within a quoted cell");
  } else if (in_row_ && state_ != State::kSkipLine) {
    EndRow();
  }
  return event_;
}

}  // namespace coffer::format
