// Parquet's RLE/bit-packing hybrid, the encoding of levels, dictionary indices and booleans.
// Source: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace coffer::format {

// The number of bits for numbers up to `value_max`; 0 for 0.
int ParquetBitWidth(std::uint32_t value_max);

// Appends the values without a length prefix. Each must fit in `bit_width` bits (0 to 32).
void AppendHybrid(std::span<const std::uint8_t> values, int bit_width, std::string& out);
void AppendHybrid(std::span<const std::uint32_t> values, int bit_width, std::string& out);

}  // namespace coffer::format
