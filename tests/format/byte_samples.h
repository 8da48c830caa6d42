// Byte samples in memory for tests of formats.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

#include "format/zstd/range_reader.h"

namespace coffer::format {

inline std::string RandomBytes(std::size_t length, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string bytes(length, '\0');
  for (std::size_t i = 0; i < length; i += 8) {
    const std::uint64_t value = random();
    std::memcpy(bytes.data() + i, &value, std::min<std::size_t>(8, length - i));
  }
  return bytes;
}

// Compresses to about a third.
inline std::string SampleText(std::size_t length) {
  std::string text;
  for (std::size_t i = 0; text.size() < length; ++i) text += std::to_string(i * i) + ",";
  text.resize(length);
  return text;
}

// `bytes` must outlive it.
inline RangeReader SourceOf(std::string_view bytes) {
  return [bytes](std::uint64_t offset, std::size_t length, char* buffer) -> Result<std::size_t> {
    if (offset >= bytes.size()) return std::size_t{0};
    return bytes.copy(buffer, length, offset);
  };
}

}  // namespace coffer::format
