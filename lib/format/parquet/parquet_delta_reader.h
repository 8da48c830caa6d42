// DeltaReader: integers as Parquet's DELTA_BINARY_PACKED has them, which DuckDB writes on request.
// Source: parquet-format, Encodings.md, "Delta Encoding".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "format/parquet/thrift_reader.h"

namespace coffer::format {

// Takes no memory, whatever the bytes promise.
class DeltaReader {
 public:
  DeltaReader() : DeltaReader(std::string_view()) {}
  explicit DeltaReader(std::string_view bytes);

  // False: malformed, or there are no more values.
  bool Next(std::int64_t& value);
  // The number of values that the head tells; 0 where it is malformed.
  std::uint64_t count() const { return count_; }
  // What is behind the last value. Only after all were taken.
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
  std::string_view widths_;  // of the miniblocks of this block that are still to come
  std::string_view packed_;  // of the miniblock under way
  std::uint64_t miniblock_left_ = 0;
  int width_ = 0;
  std::size_t bit_ = 0;
};

}  // namespace coffer::format
