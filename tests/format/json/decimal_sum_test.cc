#include "format/json/decimal_sum.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "format/json/decimal.h"

namespace coffer::format {
namespace {

std::string Sum(std::initializer_list<std::string_view> numbers) {
  DecimalSum sum;
  for (std::string_view number : numbers) EXPECT_TRUE(sum.Add(number)) << number;
  return sum.Text();
}

TEST(DecimalSumTest, SumsAreExact) {
  EXPECT_EQ(Sum({}), "0");
  EXPECT_EQ(Sum({"0.1", "0.2"}), "0.3");
  EXPECT_EQ(Sum({"0.70", "0.30"}), "1");
  EXPECT_EQ(Sum({"999999999", "1"}), "1000000000");
  EXPECT_EQ(Sum({"9007199254740993", "18446744073709551616"}), "18455751272964292609");
  EXPECT_EQ(Sum({"1e-7", "12.5E1"}), "125.0000001");
  EXPECT_EQ(Sum({"-1", "0.25"}), "-0.75");
  EXPECT_EQ(Sum({"1", "-1"}), "0");
  EXPECT_EQ(Sum({"-1000000000000000000000", "1"}), "-999999999999999999999");
  EXPECT_EQ(Sum({"-0", "0.000"}), "0");
}

TEST(DecimalSumTest, ManySmallOnesMakeALargeOne) {
  DecimalSum sum;
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(sum.Add("0.999999999"));
  sum.Add(std::uint64_t{18'446'744'073'709'551'615U});
  EXPECT_EQ(sum.Text(), "18446744073709651614.9999");
}

TEST(DecimalSumTest, ADigitTooFarFromThePointIsNotSummed) {
  DecimalSum sum;
  EXPECT_TRUE(sum.Add("1e500"));
  EXPECT_FALSE(sum.Add("1e501"));
  EXPECT_FALSE(sum.Add("1e-501"));
  EXPECT_FALSE(sum.Add("1e999999999999"));
  EXPECT_EQ(sum.Text(), "1" + std::string(500, '0'));
}

TEST(DecimalTest, NumbersCompareByValueWhateverTheirDigits) {
  const auto compare = [](std::string_view a, std::string_view b) { return Decimal(a).Compare(Decimal(b)); };
  EXPECT_EQ(compare("1", "1.0"), 0);
  EXPECT_EQ(compare("1e2", "100"), 0);
  EXPECT_EQ(compare("-0", "0"), 0);
  EXPECT_LT(compare("9007199254740992", "9007199254740993"), 0);
  EXPECT_GT(compare("1.10", "1.09999999999999999999"), 0);
  EXPECT_LT(compare("-2", "-1"), 0);
  EXPECT_LT(compare("-1", "0"), 0);
  EXPECT_GT(compare("0.5", "0"), 0);
  EXPECT_GT(compare("123", "12.9"), 0);
  EXPECT_LT(compare("12", "12.5"), 0);
  EXPECT_GT(compare("-12", "-12.5"), 0);
  EXPECT_GT(compare("1e400", "9e399"), 0);
}

}  // namespace
}  // namespace coffer::format
