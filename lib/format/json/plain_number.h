// JSON numbers as the numbers of other formats: which digits an integer of 64 bits or a double gives back, and which it loses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::format {

// A number and whether writing it gives back the digits that it was read from.
template <typename T>
struct PlainNumber {
  T value;
  bool keeps_digits = false;
};

// `digits` are a JSON number. Nothing: it has a fraction, or does not fit. 1e2 is 100, but loses its digits.
std::optional<PlainNumber<std::int64_t>> ReadPlainWhole(std::string_view digits);
// The nearest double. Nothing: it would be infinite.
std::optional<PlainNumber<double>> ReadPlainDouble(std::string_view digits);

// The fewest digits that are this double and no other, with a point or an exponent: 0.1, 4.0, 1e-07. As Python and pandas write it, so
// most numbers that come from there keep their digits. `value` must be finite.
void AppendPlainDouble(double value, std::string& out);

}  // namespace coffer::format
