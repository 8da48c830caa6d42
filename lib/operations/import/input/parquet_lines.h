// ParquetLines: the rows of a Parquet table of records as lines of JSON.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "format/json/json_text.h"
#include "format/parquet/parquet_reader.h"
#include "operations/import/input/line_reader.h"
#include "operations/import/input/parquet_table.h"

namespace coffer::operations {

// Judges values by their columns; the record that they make is for the reader of lines to judge. A row that is no line is handed on with
// its refusal, and counts from 1. The file must outlive it; one thread at a time. Memory: a row as JSON, beside what the file takes.
class ParquetLines final : public LineSource {
 public:
  // `name` stands before what goes wrong. `messages_follow`: as with CsvLines.
  ParquetLines(format::ParquetReader& file, ParquetTable table, std::string name, bool messages_follow = false)
      : file_(file),
        table_(std::move(table)),
        name_(std::move(name)),
        messages_follow_(messages_follow && table_.kind == Kind::kConversation) {}
  Result<std::optional<TextLine>> Next() override;
  // No line is handed out in pieces.
  Result<std::string_view> ReadLong() override { return std::string_view(); }

 private:
  // Each: false, and the refusal says why.
  bool AppendRow();
  bool ReadDigits();
  bool AppendMember(std::size_t column);
  bool AppendUnknownMembers(std::size_t column);
  bool AppendUnknownMember(std::size_t column);
  bool AppendList(std::size_t column);
  bool AppendValue(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value);
  bool AppendInteger(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value);
  bool AppendReal(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value);
  bool AppendTime(const format::ParquetLeaf& leaf, std::string_view value);
  bool AppendText(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value);
  bool AppendJson(const format::ParquetLeaf& leaf, std::string_view text);
  bool Refuse(std::string_view column, std::string_view why);

  format::ParquetReader& file_;
  const ParquetTable table_;
  const std::string name_;
  const bool messages_follow_;
  CanonicalReader reader_;
  std::map<std::string, std::string, std::less<>> digits_;  // of the row, by member
  std::string json_;
  std::string refusal_;
};

}  // namespace coffer::operations
