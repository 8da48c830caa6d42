// The columns of a table in Parquet, and what its cells become in them.
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

// Last in tables with numbers: a row's numbers whose digits are not what their column gives back, as an object.
inline constexpr std::string_view kDigitsColumn = "_digits";

std::vector<format::ParquetColumn> ParquetColumnsOf(const Table& table);

// Makes rows of cells. One thread at a time.
class ParquetRowMaker {
 public:
  explicit ParquetRowMaker(const Table& table);

  const std::vector<format::ParquetColumn>& columns() const { return columns_; }
  // Cells as AddRow of a TableWriter has them. kCorruption: one is not of its column's type.
  Status AddRow(std::span<const std::string_view> cells, format::ParquetRows& rows);

 private:
  bool AddCell(std::size_t place, std::string_view cell, format::ParquetColumnData& column);
  bool AddWhole(std::size_t place, std::string_view cell, format::ParquetColumnData& column);
  bool AddNumber(std::size_t place, std::string_view cell, format::ParquetColumnData& column);
  bool AddBase64(std::string_view cell, format::ParquetColumnData& column);
  bool AddTime(std::string_view cell, format::ParquetColumnData& column);
  void KeepDigits(std::size_t place, std::string_view cell);

  const std::vector<format::ParquetColumn> columns_;
  std::string digits_;  // members of the row's object
  std::string scratch_;
};

}  // namespace coffer::operations
