// CsvLines: the rows of one table of a CSV export as lines of JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/limits.h"
#include "format/json/json_text.h"
#include "format/records/member_list.h"
#include "format/text/csv_text.h"
#include "operations/import/input/line_reader.h"

namespace coffer::operations {

// A row may take what a record of kRecordBytesMax takes whose every byte is doubled.
inline constexpr std::size_t kImportRowBytesMax = 2 * kRecordBytesMax;

// Judges cells by the types of their columns; the record that they make is for the reader of lines to judge. A row that is no line
// is handed on with its refusal. The source must outlive it; one thread at a time. Memory: a row as cells and as JSON.
class CsvLines final : public LineSource {
 public:
  // `name` stands before what goes wrong. `messages_follow`: in a table of their own come all messages of the conversations, which
  // so begin with none.
  CsvLines(ByteSource& source, Kind kind, std::string name, bool messages_follow = false);
  // Next fails with kInvalidArgument where the header row is not that of the kind, and with the source's failure.
  Result<std::optional<TextLine>> Next() override;
  // No line is handed out in pieces.
  Result<std::string_view> ReadLong() override { return std::string_view(); }

 private:
  // False: the input has ended.
  Result<bool> NextRow();
  Status ReadHeader();
  TextLine LineOf();
  // False: the refusal says why.
  bool AppendRow();
  bool AppendCell(std::size_t column, const format::CsvCell& cell);
  bool AppendJson(std::string_view name, const std::string& text);
  bool Refuse(std::string_view name, std::string_view why);

  // What a column holds: a member of the kind, or (its place behind them) the unknown ones.
  ByteSource& source_;
  const Kind kind_;
  const std::string name_;
  const bool messages_follow_;
  const std::span<const format::MemberInfo> members_;
  format::CsvSplitter splitter_{kImportRowBytesMax};
  std::string piece_;
  std::size_t taken_ = 0;
  bool at_end_ = false;
  std::optional<std::vector<std::size_t>> columns_;
  CanonicalReader reader_;
  std::string json_;
  std::string refusal_;
};

// The kind whose header row begins `first_bytes`; nothing where none does.
std::optional<Kind> KindOfCsv(std::string_view first_bytes);

}  // namespace coffer::operations
