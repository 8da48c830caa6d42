// Decimal: exact comparison of JSON numbers of any length, digit by digit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::format {

// A view of a number's text, which must be a JSON number and must outlive this object.
class Decimal {
 public:
  explicit Decimal(std::string_view text);

  // False for -0.
  bool negative() const noexcept { return negative_ && !zero(); }
  bool zero() const noexcept { return significant_.empty(); }
  // True if there is no fraction: 12, 12.0 and 1.2e1 are whole.
  bool whole() const noexcept { return zero() || last_place_ >= 0; }
  // Compares the absolute value with `digit` (1 to 9): negative, 0 or positive if it is less, equal or greater.
  int CompareMagnitude(int digit) const noexcept;
  // Negative, 0 or positive if this value is less than, equal to or greater than the other.
  int Compare(const Decimal& other) const noexcept;

  // The digits from the first to the last nonzero one, without the decimal point.
  std::string Digits() const;
  // The powers of ten of the last and of the first of these digits.
  std::int64_t last_place() const noexcept { return last_place_; }
  std::int64_t first_place() const noexcept { return first_place_; }

 private:
  bool negative_ = false;
  std::string_view significant_;  // from the first nonzero digit to the last one; may contain the decimal point
  std::int64_t first_place_ = 0;  // the power of ten of its first digit
  std::int64_t last_place_ = 0;
};

}  // namespace coffer::format
