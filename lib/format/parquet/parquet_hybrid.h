// Parquet's hybrid of runs and bit-packed groups, in which levels, dictionary indices and booleans stand.
// Source: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace coffer::format {

// The bits that numbers up to `value_max` take; 0 for 0.
int ParquetBitWidth(std::uint32_t value_max);

// Appends the values, without a length before them. Each must fit in `bit_width`, 0 to 32.
void AppendHybrid(std::span<const std::uint8_t> values, int bit_width, std::string& out);
void AppendHybrid(std::span<const std::uint32_t> values, int bit_width, std::string& out);

}  // namespace coffer::format
