// One column of a row group as pages: values, levels, dictionary, checksums, and what the footer tells of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_bounds.h"
#include "format/parquet/parquet_column.h"
#include "format/parquet/parquet_compressor.h"

namespace coffer::format {

// A page holds so many bytes of plain values, and whole rows: a little more, or one large row.
inline constexpr std::size_t kParquetPageBytes = std::size_t{4} << 20;

struct ParquetPage {
  std::uint64_t offset = 0;  // from the chunk's first byte
  std::uint64_t bytes = 0;   // with its header
  std::uint64_t first_row = 0;
  ParquetStatistics statistics;
};

struct ParquetChunk {
  std::uint64_t bytes = 0;
  std::uint64_t plain_bytes = 0;       // before compression
  std::uint64_t values = 0;            // nulls and empty lists among them
  std::uint64_t dictionary_bytes = 0;  // its page, which comes first; 0: there is none
  ParquetStatistics statistics;
  ParquetBoundaryOrder order = ParquetBoundaryOrder::kUnordered;
  std::vector<ParquetPage> pages;  // of data
};

// Appends the pages. kInternal, kResourceExhausted: zstd's failures.
Status AppendParquetChunk(const ParquetColumnData& column, ParquetCompressor& compressor, std::string& out,
                          ParquetChunk& chunk);

}  // namespace coffer::format
