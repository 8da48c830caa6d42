// ParquetDictionary: a column's different values, once each, where that is shorter than the values themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/parquet/parquet_column.h"

namespace coffer::format {

// A dictionary's values in plain encoding; a reader holds all of them while it reads the column.
inline constexpr std::size_t kParquetDictionaryBytesMax = std::size_t{1} << 20;

struct ParquetDictionary {
  std::string values;  // plain
  std::uint32_t count = 0;
  std::vector<std::uint32_t> indices;  // one a value of the column
};

// Nothing where it does not pay: many different values, or none.
std::optional<ParquetDictionary> BuildParquetDictionary(const ParquetColumnData& column);

}  // namespace coffer::format
