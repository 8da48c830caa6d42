#include "http/requests/byte_range.h"

#include <algorithm>
#include <charconv>

namespace coffer::http {
namespace {

bool ReadNumber(std::string_view text, std::uint64_t& number) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return false;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

RangeChoice Last(std::uint64_t count, std::uint64_t size) {
  if (count == 0 || size == 0) return {RangeAnswer::kUnsatisfiable, {}};
  count = std::min(count, size);
  return {RangeAnswer::kPart, {size - count, count}};
}

}  // namespace

RangeChoice ChooseRange(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return {};
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view first_text = header.substr(0, dash);
  const std::string_view last_text = header.substr(dash + 1);
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (first_text.empty()) return ReadNumber(last_text, last) ? Last(last, size) : RangeChoice{};
  if (!ReadNumber(first_text, first)) return {};
  if (!last_text.empty() && (!ReadNumber(last_text, last) || last < first)) return {};
  if (first >= size) return {RangeAnswer::kUnsatisfiable, {}};
  if (last_text.empty() || last >= size) last = size - 1;
  return {RangeAnswer::kPart, {first, last - first + 1}};
}

}  // namespace coffer::http
