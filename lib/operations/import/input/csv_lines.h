// CsvLines: reads one table of a CSV export as lines of JSON.
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

// The size of a record of kRecordBytesMax with every byte doubled.
inline constexpr std::size_t kImportRowBytesMax = 2 * kRecordBytesMax;

// Checks cells against the types of their columns; the reader of the lines checks the records. A row that is not a valid line
// is returned with its refusal. The source must outlive it; one thread at a time. Memory: one row as cells and as JSON.
class CsvLines final : public LineSource {
 public:
  // `name`: prefix of failure messages. `messages_follow`: a later table has all messages of the conversations, so each
  // conversation starts with none.
  CsvLines(ByteSource& source, Kind kind, std::string name, bool messages_follow = false);
  // Fails with the source's failure, or with kInvalidArgument: the header row does not match the kind.
  Result<std::optional<TextLine>> Next() override;
  // No line is too long to be returned whole.
  Result<std::string_view> ReadLong() override { return std::string_view(); }

 private:
  // False: the end of the input.
  Result<bool> NextRow();
  Status ReadHeader();
  TextLine LineOf();
  // False: refusal_ has the reason.
  bool AppendRow();
  bool AppendCell(std::size_t column, const format::CsvCell& cell);
  bool AppendJson(std::string_view name, const std::string& text);
  bool Refuse(std::string_view name, std::string_view why);

  // The member that a column holds: an index into members_; its size stands for the unknown members.
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

// The kind whose header row begins `first_bytes`, if any.
std::optional<Kind> KindOfCsv(std::string_view first_bytes);

}  // namespace coffer::operations
