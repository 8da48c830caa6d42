// Conversion of JSON numbers to 64-bit integers and doubles for other formats, with a check whether the digits survive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::format {

// A number and whether writing it reproduces the original digits.
template <typename T>
struct PlainNumber {
  T value;
  bool keeps_digits = false;
};

// `digits` is a JSON number. Nullopt if it has a fraction or does not fit. 1e2 gives 100, but loses its digits.
std::optional<PlainNumber<std::int64_t>> ReadPlainWhole(std::string_view digits);
// The nearest double; nullopt if it would be infinite.
std::optional<PlainNumber<double>> ReadPlainDouble(std::string_view digits);

// Appends the shortest text that reads back as this double, with a decimal point or an exponent: 0.1, 4.0, 1e-07. Python and
// pandas use the same form, so most of their numbers keep their digits. `value` must be finite.
void AppendPlainDouble(double value, std::string& out);

}  // namespace coffer::format
