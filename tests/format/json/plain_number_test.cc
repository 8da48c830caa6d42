#include "format/json/plain_number.h"

#include <gtest/gtest.h>

#include <cmath>

namespace coffer::format {
namespace {

std::string Told(const std::optional<PlainNumber<std::int64_t>>& number) {
  if (!number) return "none";
  return std::to_string(number->value) + (number->keeps_digits ? "" : " loses digits");
}

std::string WholeOf(std::string_view digits) { return Told(ReadPlainWhole(digits)); }

TEST(PlainNumber, WholesKeepTheirDigits) {
  for (const char* digits : {"0", "7", "-1", "9223372036854775807", "-9223372036854775808"}) EXPECT_EQ(WholeOf(digits), digits);
}

TEST(PlainNumber, WholesInAnotherFormHaveTheValueAndNotTheDigits) {
  EXPECT_EQ(WholeOf("-0"), "0 loses digits");
  EXPECT_EQ(WholeOf("1.50e2"), "150 loses digits");
  EXPECT_EQ(WholeOf("4.0"), "4 loses digits");
  EXPECT_EQ(WholeOf("0e9999999999999999999"), "0 loses digits");
  EXPECT_EQ(WholeOf("-1e18"), "-1000000000000000000 loses digits");
}

TEST(PlainNumber, WhatDoesNotFitIsNoWhole) {
  for (const char* digits : {"9223372036854775808", "1e19", "1e999999999999999999", "0.5", "1e-1", "123e-400"}) {
    EXPECT_EQ(WholeOf(digits), "none") << digits;
  }
  EXPECT_EQ(WholeOf(std::string(400, '9')), "none");
}

TEST(PlainNumber, DoublesKeepTheDigitsThatPythonWrites) {
  for (const char* digits : {"0.0", "-0.0", "0.1", "4.0", "100000.0", "1e-05", "0.0001", "1.5e-07", "1e+16",
                             "1234567890123456.0", "1.7976931348623157e+308", "5e-324", "-2.5"}) {
    const auto number = ReadPlainDouble(digits);
    ASSERT_TRUE(number) << digits;
    EXPECT_TRUE(number->keeps_digits) << digits;
  }
}

TEST(PlainNumber, DoublesInAnotherFormLoseDigits) {
  for (const char* digits : {"0", "4", "0.10", "1E5", "1e5", "0.12345678901234567890", "-0"}) {
    const auto number = ReadPlainDouble(digits);
    ASSERT_TRUE(number) << digits;
    EXPECT_FALSE(number->keeps_digits) << digits;
    EXPECT_EQ(number->value, std::strtod(digits, nullptr));
  }
}

TEST(PlainNumber, WhatIsTooLargeIsNoDoubleAndWhatIsTooSmallIsZero) {
  EXPECT_FALSE(ReadPlainDouble("1e400"));
  EXPECT_FALSE(ReadPlainDouble("-" + std::string(400, '1')));
  const auto small = ReadPlainDouble("-1e-400");
  ASSERT_TRUE(small);
  EXPECT_EQ(small->value, 0);
  EXPECT_TRUE(std::signbit(small->value));
  EXPECT_FALSE(small->keeps_digits);
}

}  // namespace
}  // namespace coffer::format
