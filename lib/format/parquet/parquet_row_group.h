// Rows of a Parquet file, collected by column and then encoded as a row group.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_chunk.h"
#include "format/parquet/parquet_column.h"

namespace coffer::format {

// A row group ends at the first row end at or above this many bytes before encoding.
inline constexpr std::size_t kParquetRowGroupBytes = std::size_t{16} << 20;

// For each row, add one value to every column, then call EndRow. One thread at a time.
class ParquetRows {
 public:
  explicit ParquetRows(const std::vector<ParquetColumn>& columns);

  ParquetColumnData& column(std::size_t place) { return columns_[place]; }
  const std::vector<ParquetColumnData>& columns() const { return columns_; }
  void EndRow() { ++count_; }
  std::uint64_t count() const { return count_; }
  std::size_t bytes() const;
  // Removes the rows and keeps memory for the next ones.
  void Clear();

 private:
  std::vector<ParquetColumnData> columns_;
  std::uint64_t count_ = 0;
};

struct ParquetRowGroup {
  std::string bytes;
  std::uint64_t rows = 0;
  std::vector<ParquetChunk> chunks;  // one for each column, in order
};

Result<ParquetRowGroup> EncodeParquetRows(const ParquetRows& rows, ParquetCompressor& compressor);

}  // namespace coffer::format
