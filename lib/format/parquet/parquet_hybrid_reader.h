// HybridReader: decodes numbers in Parquet's RLE/bit-packing hybrid from untrusted bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coffer::format {

class HybridReader {
 public:
  HybridReader() = default;
  // `bit_width`: 0 to 32.
  HybridReader(std::string_view bytes, int bit_width) : rest_(bytes), bit_width_(bit_width) {}

  // False if the bytes are malformed or end before the value.
  bool Next(std::uint32_t& value);

 private:
  bool BeginRun();
  bool NextPacked(std::uint32_t& value);

  std::string_view rest_;
  int bit_width_ = 0;
  std::uint64_t left_ = 0;  // values left in the current run or groups
  bool packed_ = false;
  std::uint32_t value_ = 0;  // of the run
  std::uint64_t held_ = 0;   // bits of the groups that are read but not returned yet
  int held_bits_ = 0;
};

}  // namespace coffer::format
