// Small Parquet files for tests, in memory.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "format/parquet/parquet_footer.h"
#include "format/parquet/parquet_reader.h"
#include "support/status_matchers.h"

namespace coffer::format {

inline std::vector<ParquetColumn> EveryColumn() {
  return {{"text", ParquetType::kText},   {"json", ParquetType::kJson},    {"bytes", ParquetType::kBytes},
          {"time", ParquetType::kTime},   {"whole", ParquetType::kWhole},  {"number", ParquetType::kNumber},
          {"yes", ParquetType::kBoolean}, {"list", ParquetType::kTextList}};
}

// Row `number` of a file with every column type: nulls, empty lists and lists in turn.
inline void AddEveryValue(ParquetRows& rows, int number) {
  const std::string text = "row " + std::to_string(number);
  number % 5 == 0 ? rows.column(0).AddNull() : rows.column(0).AddBytes(text);
  rows.column(1).AddBytes(number % 2 == 0 ? "{}" : "[1]");
  rows.column(2).AddBytes(std::string_view("\0\xff", 2));
  rows.column(3).AddInt64(number * 1'000'000);
  number % 3 == 0 ? rows.column(4).AddNull() : rows.column(4).AddInt64(-number);
  rows.column(5).AddDouble(number / 4.0);
  rows.column(6).AddBoolean(number % 3 == 1);
  if (number % 4 == 0) rows.column(7).AddNull();
  if (number % 4 == 1) rows.column(7).AddEmptyList();
  for (int item = 0; number % 4 > 1 && item < number % 4; ++item) {
    if (item > 0) rows.column(7).GoOnWithList();
    rows.column(7).AddBytes(text + "/" + std::to_string(item));
  }
  rows.EndRow();
}

// `fill` makes the rows of the group with the given number.
inline std::string MakeParquetFile(const std::vector<ParquetColumn>& columns, int groups, int level,
                                   const std::function<void(ParquetRows&, int)>& fill) {
  ParquetCompressor compressor(level);
  ParquetFooter footer(columns, compressor.codec(), {{"key", "note"}});
  std::string file(kParquetMagic);
  for (int group = 0; group < groups; ++group) {
    ParquetRows rows(columns);
    fill(rows, group);
    const Result<ParquetRowGroup> encoded = EncodeParquetRows(rows, compressor);
    EXPECT_OK(encoded);
    footer.Add(*encoded, file.size());
    file += encoded->bytes;
  }
  return file + footer.Finish(file.size());
}

inline std::string MakeEveryFile(int groups, int rows_a_group, int level) {
  return MakeParquetFile(EveryColumn(), groups, level, [&](ParquetRows& rows, int group) {
    for (int row = 0; row < rows_a_group; ++row) AddEveryValue(rows, group * rows_a_group + row);
  });
}

inline Result<std::unique_ptr<ParquetReader>> OpenParquet(std::string_view file) {
  return ParquetReader::Open(
      [file](std::uint64_t offset, std::size_t length, char* buffer) -> Result<std::size_t> {
        return offset > file.size() ? 0 : file.substr(static_cast<std::size_t>(offset)).copy(buffer, length);
      },
      file.size());
}

inline void AppendShown(std::string_view value, std::string& out) {
  for (char c : value) {
    if (c >= ' ' && c <= '~') {
      out.push_back(c);
    } else {
      out += "\\" + std::to_string(static_cast<unsigned char>(c));
    }
  }
}

// The file's values, one line per row, then the failure, if any.
inline std::string ReadAll(std::string_view file) {
  Result<std::unique_ptr<ParquetReader>> reader = OpenParquet(file);
  if (!reader.ok()) return reader.status().ToString();
  std::string out;
  while (true) {
    const Result<bool> more = (*reader)->NextRow();
    if (!more.ok()) return out + more.status().ToString();
    if (!*more) return out;
    for (std::size_t leaf = 0; leaf < (*reader)->leaves().size(); ++leaf) {
      const ParquetColumnReader& column = (*reader)->column(leaf);
      out += leaf > 0 ? "|" : "";
      if (column.is_null()) {
        out += "-";
      } else if ((*reader)->leaves()[leaf].is_list) {
        out += "(";
        for (std::size_t i = 0; i < column.items(); ++i) AppendShown(std::string(column.item(i).value_or("null")) + ";", out);
        out += ")";
      } else {
        AppendShown(column.value(), out);
      }
    }
    out += "\n";
  }
}

}  // namespace coffer::format
