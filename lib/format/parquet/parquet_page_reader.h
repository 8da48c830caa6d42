// ParquetPageReader: the pages of one column of a row group, one after the other, whole and checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/parquet/parquet_format.h"
#include "format/parquet/parquet_metadata.h"
#include "format/zstd/range_reader.h"

namespace coffer::format {

// A page's header, with statistics in it.
inline constexpr std::size_t kParquetPageHeaderBytesMax = std::size_t{1} << 20;
// A page before compression and after. DuckDB's have up to 100 MB.
inline constexpr std::size_t kParquetPageBytesMax = std::size_t{128} << 20;
// Pages and dictionaries of all columns that are held at once.
inline constexpr std::size_t kParquetHeldBytesMax = std::size_t{192} << 20;

// What all columns together hold in memory.
class ParquetHeldBytes {
 public:
  // kResourceExhausted: it would be more than kParquetHeldBytesMax.
  Status Take(std::size_t bytes);
  void Give(std::size_t bytes) { held_ -= bytes; }

 private:
  std::size_t held_ = 0;
};

struct ParquetPageContent {
  bool is_dictionary = false;
  std::int64_t encoding = 0;  // a number of ParquetEncoding, or of one that is not known
  std::uint32_t values = 0;   // nulls among them
  bool levels_have_lengths = false;
  std::uint32_t repetition_bytes = 0;  // where levels have no lengths of their own
  std::uint32_t definition_bytes = 0;
  std::string bytes;  // plain
  std::size_t held_bytes = 0;
};

// One thread at a time. Source and held bytes must outlive it.
class ParquetPageReader {
 public:
  ParquetPageReader(const RangeReader& source, const ParquetChunkPlace& place, ParquetHeldBytes& held)
      : source_(source), place_(place), held_(held), offset_(place.begin) {}

  // The next page of data or dictionary into `page`, whose own bytes it gives back. kCorruption: damaged, by its checksum too, or there is
  // none. kInvalidArgument: of a kind that is not read. kResourceExhausted: a limit.
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
