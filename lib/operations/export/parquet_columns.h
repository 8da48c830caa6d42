// ParquetColumns: maps the columns and cells of a table to Parquet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_column.h"
#include "format/parquet/parquet_row_group.h"
#include "operations/export/table_writer.h"

namespace coffer::operations {

// The last column of tables with numbers: an object of the numbers in the row whose digits their own column would change.
inline constexpr std::string_view kDigitsColumn = "_digits";

std::vector<format::ParquetColumn> ParquetColumnsOf(const Table& table);

// Converts cells to rows. One thread at a time.
class ParquetRowMaker {
 public:
  explicit ParquetRowMaker(const Table& table);

  const std::vector<format::ParquetColumn>& columns() const { return columns_; }
  // Takes cells as TableWriter::AddRow does. kCorruption: a cell is not of its column's type.
  Status AddRow(std::span<const std::string_view> cells, format::ParquetRows& rows);

 private:
  bool AddCell(std::size_t place, std::string_view cell, format::ParquetColumnData& column);
  bool AddWhole(std::size_t place, std::string_view cell, format::ParquetColumnData& column);
  bool AddNumber(std::size_t place, std::string_view cell, format::ParquetColumnData& column);
  bool AddBase64(std::string_view cell, format::ParquetColumnData& column);
  bool AddTime(std::string_view cell, format::ParquetColumnData& column);
  void KeepDigits(std::size_t place, std::string_view cell);

  const std::vector<format::ParquetColumn> columns_;
  std::string digits_;  // members of the object in the last column
  std::string scratch_;
};

}  // namespace coffer::operations
