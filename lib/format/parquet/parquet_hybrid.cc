#include "format/parquet/parquet_hybrid.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "format/parquet/thrift_writer.h"

namespace coffer::format {
namespace {

// The number of values in a bit-packed group.
constexpr std::size_t kGroup = 8;

template <typename T>
std::size_t RunLength(std::span<const T> values, std::size_t at) {
  std::size_t end = at + 1;
  while (end < values.size() && values[end] == values[at]) ++end;
  return end - at;
}

void AppendRun(std::uint32_t value, std::size_t length, int bit_width, std::string& out) {
  AppendVarint(std::uint64_t{length} << 1, out);
  for (int bits = 0; bits < bit_width; bits += 8) out.push_back(static_cast<char>((value >> bits) & 0xFFU));
}

// Pads the last group with zeros.
template <typename T>
void AppendPacked(std::span<const T> values, int bit_width, std::string& out) {
  const std::size_t groups = (values.size() + kGroup - 1) / kGroup;
  AppendVarint((std::uint64_t{groups} << 1) | 1, out);
  const std::size_t end = out.size() + groups * static_cast<std::size_t>(bit_width);
  std::uint64_t held = 0;
  int held_bits = 0;
  for (T value : values) {
    held |= std::uint64_t{value} << held_bits;
    for (held_bits += bit_width; held_bits >= 8; held_bits -= 8, held >>= 8) out.push_back(static_cast<char>(held & 0xFFU));
  }
  if (held_bits > 0) out.push_back(static_cast<char>(held & 0xFFU));
  out.resize(end, '\0');
}

template <typename T>
void AppendValues(std::span<const T> values, int bit_width, std::string& out) {
  std::size_t packed_from = 0;
  const auto pack_until = [&](std::size_t end) {
    if (end > packed_from) AppendPacked(values.subspan(packed_from, end - packed_from), bit_width, out);
    packed_from = end;
  };
  for (std::size_t at = 0; at < values.size();) {
    const std::size_t length = RunLength(values, at);
    // Packed values before a run must fill whole groups, so the run gives them as many of its values as are missing.
    const std::size_t given = std::min(length, (kGroup - (at - packed_from) % kGroup) % kGroup);
    if (length - given >= kGroup) {
      pack_until(at + given);
      AppendRun(values[at], length - given, bit_width, out);
      packed_from = at + length;
    }
    at += length;
  }
  pack_until(values.size());
}

}  // namespace

int ParquetBitWidth(std::uint32_t value_max) { return std::bit_width(value_max); }

void AppendHybrid(std::span<const std::uint8_t> values, int bit_width, std::string& out) {
  AppendValues(values, bit_width, out);
}

void AppendHybrid(std::span<const std::uint32_t> values, int bit_width, std::string& out) {
  AppendValues(values, bit_width, out);
}

}  // namespace coffer::format
