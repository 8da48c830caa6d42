// DecimalSum: an exact sum of JSON numbers, whatever their digits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace coffer::format {

// Memory: a few bytes for each nine digits between the largest and the smallest, so places are bounded.
class DecimalSum {
 public:
  // Digits further from the point than this are not summed.
  static constexpr std::int64_t kPlacesMax = 500;

  // False: a digit of it stands beyond kPlacesMax; the sum is then as it was.
  bool Add(std::string_view number);
  void Add(std::uint64_t value);
  // The shortest digits, without exponent: "0", "-12.5".
  std::string Text() const;

 private:
  void AddLimb(std::int64_t index, std::int64_t value);

  // Limb i counts 10^(9 i). Limbs may be negative or carry more than nine digits until they are written.
  std::map<std::int64_t, std::int64_t> limbs_;
};

}  // namespace coffer::format
