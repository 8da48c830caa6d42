#include "format/number_text.h"

#include <algorithm>
#include <cstddef>

namespace coffer::format {
namespace {

// Beyond any number of digits a text can hold, so that a larger exponent changes no comparison.
constexpr std::int64_t kExponentMax = std::int64_t{1} << 40;

std::int64_t ReadExponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  for (char c : text) value = std::min(value * 10 + (c - '0'), kExponentMax);
  return negative ? -value : value;
}

}  // namespace

Decimal::Decimal(std::string_view text) {
  negative_ = text.starts_with('-');
  if (negative_) text.remove_prefix(1);
  const std::size_t e = text.find_first_of("eE");
  const std::int64_t exponent = e == std::string_view::npos ? 0 : ReadExponent(text.substr(e + 1));
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return;
  const std::size_t last = mantissa.find_last_of("123456789");
  significant_ = mantissa.substr(first, last - first + 1);

  const auto place = [&](std::size_t at) {
    const std::int64_t distance = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(at);
    return (distance > 0 ? distance - 1 : distance) + exponent;
  };
  first_place_ = place(first);
  last_place_ = place(last);
}

int Decimal::CompareMagnitude(int digit) const noexcept {
  if (zero() || first_place_ < 0) return -1;
  if (first_place_ > 0) return 1;
  const int first_digit = significant_.front() - '0';
  if (first_digit != digit) return first_digit < digit ? -1 : 1;
  return significant_.size() > 1 ? 1 : 0;
}

}  // namespace coffer::format
