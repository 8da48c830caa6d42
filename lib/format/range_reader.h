// How a format reads what is stored somewhere, at any place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "coffer/result.h"

namespace coffer::format {

// Reads up to `length` bytes at `offset` into `buffer`; fewer only at the end.
using RangeReader = std::function<Result<std::size_t>(std::uint64_t offset, std::size_t length, char* buffer)>;

// kCorruption: the end comes first.
Status ReadExactly(const RangeReader& source, std::uint64_t offset, std::size_t length, char* buffer);

}  // namespace coffer::format
