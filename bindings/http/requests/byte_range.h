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
  kWhole,          // no range, one that is not understood, or several: the whole is a right answer
  kPart,           // `range`
  kUnsatisfiable,  // nothing of it is there
};

struct RangeChoice {
  RangeAnswer answer = RangeAnswer::kWhole;
  ByteRange range;
};

// `header` as it was sent, for something of `size` bytes.
RangeChoice ChooseRange(std::string_view header, std::uint64_t size);

}  // namespace coffer::http
