// One column of a row group as pages (values, levels, dictionary, checksums) and its description for the footer.
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

// A page ends at the first row end at or above this many bytes of plain values.
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
  std::uint64_t values = 0;            // includes nulls and empty lists
  std::uint64_t dictionary_bytes = 0;  // of the dictionary page, which is the first; 0: no dictionary
  ParquetStatistics statistics;
  ParquetBoundaryOrder order = ParquetBoundaryOrder::kUnordered;
  std::vector<ParquetPage> pages;  // data pages
};

// Appends the pages.
// kInternal: zstd failed.
// kResourceExhausted: no memory for zstd.
Status AppendParquetChunk(const ParquetColumnData& column, ParquetCompressor& compressor, std::string& out,
                          ParquetChunk& chunk);

}  // namespace coffer::format
