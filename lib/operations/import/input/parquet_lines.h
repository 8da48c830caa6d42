// ParquetLines: reads a Parquet table of records as lines of JSON.
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

// Checks values against their columns; the reader of the lines checks the records. A row that is not a valid line is returned
// with its refusal. Rows count from 1. The file must outlive it; one thread at a time. Memory: one row as JSON, and the reader
// of the file.
class ParquetLines final : public LineSource {
 public:
  // `name`: prefix of failure messages. `messages_follow`: as in CsvLines.
  ParquetLines(format::ParquetReader& file, ParquetTable table, std::string name, bool messages_follow = false)
      : file_(file),
        table_(std::move(table)),
        name_(std::move(name)),
        messages_follow_(messages_follow && table_.kind == Kind::kConversation) {}
  Result<std::optional<TextLine>> Next() override;
  // No line is too long to be returned whole.
  Result<std::string_view> ReadLong() override { return std::string_view(); }

 private:
  // Each returns false if refusal_ has the reason.
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
  std::map<std::string, std::string, std::less<>> digits_;  // of the current row, by member
  std::string json_;
  std::string refusal_;
};

}  // namespace coffer::operations
