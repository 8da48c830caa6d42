#include "operations/export/parquet_columns.h"

#include <algorithm>

#include "coffer/timestamp.h"
#include "format/age/base64.h"
#include "format/json/json_text.h"
#include "format/json/plain_number.h"

namespace coffer::operations {
namespace {

using format::ParquetType;

ParquetType TypeOf(const Column& column) {
  switch (column.type) {
    case format::ValueType::kText:
      return column.base64 ? ParquetType::kBytes : ParquetType::kText;
    case format::ValueType::kTime:
      return ParquetType::kTime;
    case format::ValueType::kNumber:
      return column.whole ? ParquetType::kWhole : ParquetType::kNumber;
    case format::ValueType::kWhole:
      return ParquetType::kWhole;
    case format::ValueType::kBoolean:
      return ParquetType::kBoolean;
    case format::ValueType::kTextList:
      return ParquetType::kTextList;
    case format::ValueType::kJson:
      break;
  }
  return ParquetType::kJson;
}

bool IsLiteral(std::string_view cell) { return cell.size() >= 2 && cell.front() == '"'; }

bool AddText(std::string_view cell, format::ParquetColumnData& column) {
  if (!IsLiteral(cell)) return false;
  format::AppendUnescaped(cell, column.BeginBytes());
  column.EndBytes();
  return true;
}

bool AddBoolean(std::string_view cell, format::ParquetColumnData& column) {
  column.AddBoolean(cell == "true");
  return cell == "true" || cell == "false";
}

bool AddTextList(std::string_view cell, format::ParquetColumnData& column) {
  if (cell.size() < 2 || cell.front() != '[') return false;
  if (cell == "[]") column.AddEmptyList();
  for (std::size_t at = 1; at + 1 < cell.size();) {
    const std::size_t end = format::CanonicalValueEnd(cell, at);
    if (at > 1) column.GoOnWithList();
    if (!AddText(cell.substr(at, end - at), column)) return false;
    at = end + 1;
  }
  return true;
}

}  // namespace

std::vector<format::ParquetColumn> ParquetColumnsOf(const Table& table) {
  std::vector<format::ParquetColumn> columns;
  for (const Column& column : table.columns) columns.push_back({column.name, TypeOf(column)});
  const auto may_not_fit = [](const Column& column) {
    return column.type == format::ValueType::kNumber || (column.type == format::ValueType::kWhole && !column.small);
  };
  if (std::ranges::any_of(table.columns, may_not_fit)) columns.push_back({std::string(kDigitsColumn), ParquetType::kJson});
  return columns;
}

ParquetRowMaker::ParquetRowMaker(const Table& table) : columns_(ParquetColumnsOf(table)) {}

Status ParquetRowMaker::AddRow(std::span<const std::string_view> cells, format::ParquetRows& rows) {
  digits_.clear();
  for (std::size_t place = 0; place < cells.size(); ++place) {
    format::ParquetColumnData& column = rows.column(place);
    if (cells[place].empty()) {
      column.AddNull();
    } else if (!AddCell(place, cells[place], column)) {
      return Status::Corruption(columns_[place].name + ": value of the wrong type");
    }
  }
  if (columns_.size() == cells.size() && !digits_.empty()) return Status::Corruption("not a valid count: " + digits_);
  if (columns_.size() > cells.size()) {
    format::ParquetColumnData& column = rows.column(cells.size());
    digits_.empty() ? column.AddNull() : column.AddBytes(digits_ + "}");
  }
  rows.EndRow();
  return Status::Ok();
}

bool ParquetRowMaker::AddCell(std::size_t place, std::string_view cell, format::ParquetColumnData& column) {
  switch (columns_[place].type) {
    case ParquetType::kText:
      return AddText(cell, column);
    case ParquetType::kJson:
      column.AddBytes(cell);
      return true;
    case ParquetType::kBytes:
      return AddBase64(cell, column);
    case ParquetType::kTime:
      return AddTime(cell, column);
    case ParquetType::kWhole:
      return AddWhole(place, cell, column);
    case ParquetType::kNumber:
      return AddNumber(place, cell, column);
    case ParquetType::kBoolean:
      return AddBoolean(cell, column);
    case ParquetType::kTextList:
      return AddTextList(cell, column);
  }
  return false;
}

bool ParquetRowMaker::AddWhole(std::size_t place, std::string_view cell, format::ParquetColumnData& column) {
  const auto number = format::ReadPlainWhole(cell);
  number ? column.AddInt64(number->value) : column.AddNull();
  if (!number || !number->keeps_digits) KeepDigits(place, cell);
  return true;
}

bool ParquetRowMaker::AddNumber(std::size_t place, std::string_view cell, format::ParquetColumnData& column) {
  const auto number = format::ReadPlainDouble(cell);
  number ? column.AddDouble(number->value) : column.AddNull();
  if (!number || !number->keeps_digits) KeepDigits(place, cell);
  return true;
}

bool ParquetRowMaker::AddBase64(std::string_view cell, format::ParquetColumnData& column) {
  if (!IsLiteral(cell)) return false;
  scratch_.clear();
  const bool decoded = format::DecodeBase64(cell.substr(1, cell.size() - 2), scratch_).ok();
  column.AddBytes(scratch_);
  return decoded;
}

bool ParquetRowMaker::AddTime(std::string_view cell, format::ParquetColumnData& column) {
  if (!IsLiteral(cell)) return false;
  const Result<Timestamp> time = ParseTimestamp(cell.substr(1, cell.size() - 2));
  if (time.ok()) column.AddInt64(time->microseconds);
  return time.ok();
}

void ParquetRowMaker::KeepDigits(std::size_t place, std::string_view cell) {
  digits_.append(digits_.empty() ? "{\"" : ",\"").append(columns_[place].name).append("\":").append(cell);
}

}  // namespace coffer::operations
