// DeltaReader: decodes integers in Parquet's encoding DELTA_BINARY_PACKED, which DuckDB can write.
// Source: parquet-format, Encodings.md, "Delta Encoding".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "format/parquet/thrift_reader.h"

namespace coffer::format {

// Allocates no memory. The bytes need not be trusted.
class DeltaReader {
 public:
  DeltaReader() : DeltaReader(std::string_view()) {}
  explicit DeltaReader(std::string_view bytes);

  // False if the bytes are malformed or no values are left.
  bool Next(std::int64_t& value);
  // The number of values that the header states; 0 if it is malformed.
  std::uint64_t count() const { return count_; }
  // The bytes after the last value. Call it only after all values were read.
  std::string_view rest() const { return rest_; }

 private:
  bool BeginMiniblock();
  bool BeginBlock();
  std::uint64_t NextBits();

  std::string_view rest_;
  std::uint64_t count_ = 0;
  std::uint64_t left_ = 0;
  bool first_ = true;
  std::uint64_t last_ = 0;  // arithmetic wraps around
  std::uint64_t block_values_ = 0;
  std::uint64_t miniblocks_ = 0;
  std::uint64_t min_delta_ = 0;
  std::string_view widths_;  // of the remaining miniblocks of this block
  std::string_view packed_;  // the bytes of the current miniblock
  std::uint64_t miniblock_left_ = 0;
  int width_ = 0;
  std::size_t bit_ = 0;
};

}  // namespace coffer::format
