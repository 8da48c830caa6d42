// ParquetDictionary: a column's distinct values, used if they and the indices are shorter than the values themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/parquet/parquet_column.h"

namespace coffer::format {

// The limit of a dictionary's plain values; a reader holds all of them while it reads the column.
inline constexpr std::size_t kParquetDictionaryBytesMax = std::size_t{1} << 20;

struct ParquetDictionary {
  std::string values;  // plain
  std::uint32_t count = 0;
  std::vector<std::uint32_t> indices;  // one for each value of the column
};

// Nullopt if a dictionary does not pay: the column has many distinct values, or no values.
std::optional<ParquetDictionary> BuildParquetDictionary(const ParquetColumnData& column);

}  // namespace coffer::format
