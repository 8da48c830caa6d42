// Decimal: exact comparison of JSON numbers, on their digits, however many there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::format {

// A view of a number's text, which must be a JSON number and outlive it.
class Decimal {
 public:
  explicit Decimal(std::string_view text);

  // False for -0.
  bool negative() const noexcept { return negative_ && !zero(); }
  bool zero() const noexcept { return significant_.empty(); }
  // No fraction: 12, 12.0 and 1.2e1 are whole.
  bool whole() const noexcept { return zero() || last_place_ >= 0; }
  // Below, at or above 0, as the value without its sign is below, at or above `digit`, which is 1 to 9.
  int CompareMagnitude(int digit) const noexcept;
  // Below, at or above 0, as this value is below, at or above the other.
  int Compare(const Decimal& other) const noexcept;

  // The digits from the first to the last one above 0, without a point, and the power of ten of the last one.
  std::string Digits() const;
  std::int64_t last_place() const noexcept { return last_place_; }
  std::int64_t first_place() const noexcept { return first_place_; }

 private:
  bool negative_ = false;
  std::string_view significant_;  // from the first digit above 0 to the last one, perhaps with a point in it
  std::int64_t first_place_ = 0;  // the power of ten of its first digit
  std::int64_t last_place_ = 0;
};

}  // namespace coffer::format
