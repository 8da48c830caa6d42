// RangeReader: random access to stored bytes, wherever they are stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "coffer/result.h"
#include "vocabulary/try.h"

namespace coffer::format {

// Reads `length` bytes at `offset` into `buffer` and returns the number read; fewer only at the end.
using RangeReader = std::function<Result<std::size_t>(std::uint64_t offset, std::size_t length, char* buffer)>;

// kCorruption: the source ends before `length` bytes.
inline Status ReadExactly(const RangeReader& source, std::uint64_t offset, std::size_t length, char* buffer) {
  for (std::size_t filled = 0; filled < length;) {
    COFFER_ASSIGN(const std::size_t got, source(offset + filled, length - filled, buffer + filled));
    if (got == 0 || got > length - filled) return Status::Corruption("truncated");
    filled += got;
  }
  return Status::Ok();
}

}  // namespace coffer::format
