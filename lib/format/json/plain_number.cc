#include "format/json/plain_number.h"

#include <charconv>
#include <cmath>

#include "format/json/decimal.h"

namespace coffer::format {
namespace {

// Numbers from kFixedFrom to below kFixedBelow are written without an exponent.
constexpr double kFixedFrom = 1e-4;
constexpr double kFixedBelow = 1e16;
// More than the longest of the shortest forms of a double.
constexpr std::size_t kDoubleTextMax = 40;

constexpr std::int64_t kWholePlacesMax = 18;

std::optional<std::int64_t> Parse(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<PlainNumber<std::int64_t>> ReadPlainWhole(std::string_view digits) {
  if (const std::optional<std::int64_t> value = Parse(digits)) return PlainNumber<std::int64_t>{*value, digits != "-0"};
  const Decimal decimal(digits);
  if (!decimal.whole() || decimal.first_place() > kWholePlacesMax) return std::nullopt;
  std::string text(decimal.negative() ? "-" : "");
  text += decimal.zero() ? "0" : decimal.Digits();
  text.append(static_cast<std::size_t>(decimal.last_place()), '0');
  const std::optional<std::int64_t> value = Parse(text);
  return value ? std::optional(PlainNumber<std::int64_t>{*value, false}) : std::nullopt;
}

std::optional<PlainNumber<double>> ReadPlainDouble(std::string_view digits) {
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too large, or so small that it rounds to 0.
    if (Decimal(digits).first_place() > 0) return std::nullopt;
    return PlainNumber<double>{digits.starts_with('-') ? -0.0 : 0.0, false};
  }
  std::string text;
  AppendPlainDouble(value, text);
  return PlainNumber<double>{value, text == digits};
}

void AppendPlainDouble(double value, std::string& out) {
  const double magnitude = std::fabs(value);
  const bool fixed = magnitude == 0 || (magnitude >= kFixedFrom && magnitude < kFixedBelow);
  char text[kDoubleTextMax];
  const auto form = fixed ? std::chars_format::fixed : std::chars_format::scientific;
  const std::to_chars_result result = std::to_chars(text, text + sizeof(text), value, form);
  out.append(text, result.ptr);
  if (fixed && std::string_view(text, result.ptr).find('.') == std::string_view::npos) out += ".0";
}

}  // namespace coffer::format
