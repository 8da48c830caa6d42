// ParquetPageReader: reads the pages of one column of a row group in order, decompressed and verified.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/parquet/parquet_format.h"
#include "format/parquet/parquet_metadata.h"
#include "format/zstd/range_reader.h"
#include "vocabulary/check.h"

namespace coffer::format {

// The limit of a page header, which includes statistics.
inline constexpr std::size_t kParquetPageHeaderBytesMax = std::size_t{1} << 20;
// The limit of a page, compressed and decompressed. DuckDB writes pages of up to 100 MB.
inline constexpr std::size_t kParquetPageBytesMax = std::size_t{128} << 20;
// The limit of pages and dictionaries of all columns in memory at the same time.
inline constexpr std::size_t kParquetHeldBytesMax = std::size_t{192} << 20;

// The memory that all columns of a reader hold together. One thread at a time.
class ParquetHeldBytes {
 public:
  // kResourceExhausted: the total would be above kParquetHeldBytesMax.
  Status Take(std::size_t bytes);
  void Give(std::size_t bytes) {
    COFFER_CHECK(bytes <= held_);
    held_ -= bytes;
  }

 private:
  std::size_t held_ = 0;
};

struct ParquetPageContent {
  bool is_dictionary = false;
  std::int64_t encoding = 0;  // the number of a ParquetEncoding, or an unknown number
  std::uint32_t values = 0;   // includes nulls
  bool levels_have_lengths = false;
  std::uint32_t repetition_bytes = 0;  // used if levels have no length prefixes
  std::uint32_t definition_bytes = 0;
  std::string bytes;  // plain
  std::size_t held_bytes = 0;
};

// One thread at a time. Source and held bytes must outlive the reader.
class ParquetPageReader {
 public:
  ParquetPageReader(const RangeReader& source, const ParquetChunkPlace& place, ParquetHeldBytes& held)
      : source_(source), place_(place), held_(held), offset_(place.begin) {}

  // Frees the bytes in `page` and reads the next data or dictionary page into it.
  // kCorruption: damaged (also by its checksum), or no page is left.
  // kInvalidArgument: a feature that is not supported.
  // kResourceExhausted: above a limit.
  Status Next(ParquetPageContent& page);

 private:
  struct Header;
  Status ReadHeader(Header& header);
  Status ReadBody(const Header& header, ParquetPageContent& page);

  const RangeReader& source_;
  const ParquetChunkPlace place_;
  ParquetHeldBytes& held_;
  std::uint64_t offset_;
};

}  // namespace coffer::format
