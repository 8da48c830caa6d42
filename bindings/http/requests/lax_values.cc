#include "http/requests/lax_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "http/requests/lax_time.h"

namespace coffer::http {
namespace {

void Refuse(Faults& faults, const Json& loc, std::string type, std::string msg, Json ctx = nullptr) {
  faults.Add({loc, std::move(type), std::move(msg), std::move(ctx)});
}

std::optional<bool> FlagWord(std::string_view word) {
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  static constexpr std::array<std::string_view, 6> kTrue = {"1", "true", "t", "yes", "y", "on"};
  static constexpr std::array<std::string_view, 6> kFalse = {"0", "false", "f", "no", "n", "off"};
  if (std::ranges::find(kTrue, lower) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, lower) != kFalse.end()) return false;
  return std::nullopt;
}

// An integer of any size, clamped for range checks.
struct Integer {
  enum class Problem { kNone, kNotOne, kFraction, kTooLong } problem = Problem::kNone;
  std::int64_t value = 0;  // the nearest that 64 bits hold
};

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::string_view WithoutBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Digits with single underscores between them.
bool AreDigits(std::string_view text) {
  bool after_digit = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c == '_' && after_digit)) return false;
    after_digit = digit;
  }
  return after_digit;
}

Integer IntegerFromText(std::string_view text) {
  constexpr std::size_t kDigitsMax = 4300;  // Python's own limit
  text = WithoutBlanks(text);
  if (text.size() > kDigitsMax) return {Integer::Problem::kTooLong, 0};
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  // "30.0" is 30.
  const auto point = text.find('.');
  if (point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (fraction.empty() || fraction.find_first_not_of('0') != std::string_view::npos) return {Integer::Problem::kNotOne, 0};
    text = text.substr(0, point);
  }
  if (!AreDigits(text)) return {Integer::Problem::kNotOne, 0};
  std::string digits = negative ? "-" : "";
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != '_'; });
  std::int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec == std::errc::result_out_of_range) value = negative ? kLeast : kMost;
  return {Integer::Problem::kNone, value};
}

Integer IntegerFromDouble(const GivenJson& value) {
  const double number = value.get<double>();
  if (number != std::trunc(number)) return {Integer::Problem::kFraction, 0};
  constexpr double kLimit = 9.2e18;
  if (std::abs(number) > kLimit) return {Integer::Problem::kTooLong, 0};
  return {Integer::Problem::kNone, static_cast<std::int64_t>(number)};
}

Integer IntegerFrom(const GivenJson& value) {
  if (value.is_boolean()) return {Integer::Problem::kNone, value.get<bool>() ? 1 : 0};
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return {Integer::Problem::kNone, number > static_cast<std::uint64_t>(kMost) ? kMost : static_cast<std::int64_t>(number)};
  }
  if (value.is_number_integer()) return {Integer::Problem::kNone, value.get<std::int64_t>()};
  if (value.is_number_float()) return IntegerFromDouble(value);
  return IntegerFromText(value.get_ref<const std::string&>());
}

void RefuseInteger(Integer::Problem problem, const Json& loc, Faults& faults) {
  switch (problem) {
    case Integer::Problem::kNone:
      return;
    case Integer::Problem::kNotOne:
      return Refuse(faults, loc, "int_parsing", "Input should be a valid integer, unable to parse string as an integer");
    case Integer::Problem::kFraction:
      return Refuse(faults, loc, "int_from_float", "Input should be a valid integer, got a number with a fractional part");
    case Integer::Problem::kTooLong:
      return Refuse(faults, loc, "int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size");
  }
}

}  // namespace

std::optional<std::string> ReadText(const GivenJson& value, const Json& loc, Faults& faults) {
  if (value.is_string()) return value.get<std::string>();
  Refuse(faults, loc, "string_type", "Input should be a valid string");
  return std::nullopt;
}

std::optional<bool> ReadFlag(const GivenJson& value, const Json& loc, Faults& faults) {
  if (value.is_boolean()) return value.get<bool>();
  std::optional<bool> flag;
  bool readable = true;
  if (value.is_string()) {
    flag = FlagWord(value.get_ref<const std::string&>());
  } else if (value.is_number()) {
    const double number = value.get<double>();
    if (number == 0 || number == 1) flag = number == 1;
    readable = number == std::trunc(number) && std::abs(number) <= static_cast<double>(kMost);
  } else {
    readable = false;
  }
  if (flag) return flag;
  if (readable) {
    Refuse(faults, loc, "bool_parsing", "Input should be a valid boolean, unable to interpret input");
  } else {
    Refuse(faults, loc, "bool_type", "Input should be a valid boolean");
  }
  return std::nullopt;
}

std::optional<std::int64_t> ReadInteger(const GivenJson& value, const Json& loc, IntegerRange range, Faults& faults) {
  if (value.is_null() || value.is_structured()) {
    Refuse(faults, loc, "int_type", "Input should be a valid integer");
    return std::nullopt;
  }
  const Integer integer = IntegerFrom(value);
  if (integer.problem != Integer::Problem::kNone) {
    RefuseInteger(integer.problem, loc, faults);
    return std::nullopt;
  }
  if (integer.value < range.least) {
    Refuse(faults, loc, "greater_than_equal", "Input should be greater than or equal to " + std::to_string(range.least),
           {{"ge", range.least}});
    return std::nullopt;
  }
  if (integer.value > range.most) {
    Refuse(faults, loc, "less_than_equal", "Input should be less than or equal to " + std::to_string(range.most),
           {{"le", range.most}});
    return std::nullopt;
  }
  return integer.value;
}

std::optional<Timestamp> ReadTime(const GivenJson& value, const Json& loc, Faults& faults) {
  LaxTime time;
  if (value.is_string()) {
    time = LaxTimeFromText(value.get_ref<const std::string&>());
  } else if (value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() > kMost)) {
    time = LaxTimeFromNumber(value.get<std::int64_t>());
  } else if (value.is_number()) {
    time = LaxTimeFromNumber(value.get<double>());
  } else {
    Refuse(faults, loc, "datetime_type", "Input should be a valid datetime");
    return std::nullopt;
  }
  if (time.error.empty()) return time.time;
  const std::string what = time.as_date ? "Input should be a valid datetime or date, " : "Input should be a valid datetime, ";
  Refuse(faults, loc, time.as_date ? "datetime_from_date_parsing" : "datetime_parsing", what + time.error,
         {{"error", time.error}});
  return std::nullopt;
}

std::optional<GivenJson> ReadObject(const GivenJson& value, const Json& loc, Faults& faults) {
  if (value.is_object()) return value;
  Refuse(faults, loc, "dict_type", "Input should be a valid dictionary");
  return std::nullopt;
}

void RefuseChoice(const Json& loc, const std::vector<std::string_view>& names, Faults& faults) {
  const std::string expected = Alternatives(names);
  Refuse(faults, loc, "enum", "Input should be " + expected, {{"expected", expected}});
}

}  // namespace coffer::http
