#include "format/json/decimal.h"

#include <algorithm>
#include <cstddef>

namespace coffer::format {
namespace {

// Exceeds the number of digits that a text can hold, so clamping a larger exponent to it changes no comparison.
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

int Decimal::Compare(const Decimal& other) const noexcept {
  if (negative() != other.negative()) return negative() ? -1 : 1;
  if (zero() || other.zero()) return zero() && other.zero() ? 0 : zero() ? -1 : 1;
  const int sign = negative_ ? -1 : 1;
  if (first_place_ != other.first_place_) return first_place_ < other.first_place_ ? -sign : sign;
  // Both start at the same power of ten, and neither ends in a zero.
  std::size_t here = 0;
  std::size_t there = 0;
  while (here < significant_.size() && there < other.significant_.size()) {
    if (significant_[here] == '.') ++here;
    if (other.significant_[there] == '.') ++there;
    const int difference = significant_[here++] - other.significant_[there++];
    if (difference != 0) return difference < 0 ? -sign : sign;
  }
  const bool here_longer = here < significant_.size();
  const bool there_longer = there < other.significant_.size();
  return here_longer ? sign : there_longer ? -sign : 0;
}

std::string Decimal::Digits() const {
  std::string digits;
  for (char c : significant_) {
    if (c != '.') digits.push_back(c);
  }
  return digits;
}

}  // namespace coffer::format
