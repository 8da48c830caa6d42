// The Range header (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace coffer::http {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

enum class RangeAnswer {
  kWhole,          // no range, an unknown or malformed one, or several: RFC 9110 allows the whole file
  kPart,           // only `range`
  kUnsatisfiable,  // it contains no byte of the file
};

struct RangeChoice {
  RangeAnswer answer = RangeAnswer::kWhole;
  ByteRange range;
};

// The part of a file of `size` bytes that the value of a Range header asks for.
RangeChoice ChooseRange(std::string_view header, std::uint64_t size);

}  // namespace coffer::http
