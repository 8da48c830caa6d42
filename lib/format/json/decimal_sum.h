// DecimalSum: an exact sum of JSON numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace coffer::format {

// Memory: a few bytes for every nine digits between the largest and the smallest place; kPlacesMax bounds it.
class DecimalSum {
 public:
  // The largest distance of a digit from the decimal point.
  static constexpr std::int64_t kPlacesMax = 500;

  // False if a digit is beyond kPlacesMax; the sum is then unchanged.
  bool Add(std::string_view number);
  void Add(std::uint64_t value);
  // The shortest text without an exponent: "0", "-12.5".
  std::string Text() const;

 private:
  void AddLimb(std::int64_t index, std::int64_t value);

  // Limb i counts 10^(9 i). Until Text() normalizes them, limbs may be negative or hold more than nine digits.
  std::map<std::int64_t, std::int64_t> limbs_;
};

}  // namespace coffer::format
