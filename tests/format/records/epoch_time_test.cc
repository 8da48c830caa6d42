#include "format/records/epoch_time.h"

#include <gtest/gtest.h>

namespace coffer::format {
namespace {

std::string Read(std::string_view digits, EpochUnit unit = EpochUnit::kSeconds) {
  const std::optional<EpochTime> time = ReadEpoch(digits, unit);
  return time ? FormatTimestamp(time->timestamp) + (time->exact ? "" : " cut") : "none";
}

TEST(EpochTimeTest, SixDigitsOfASecondAreKeptWithoutADouble) {
  EXPECT_EQ(Read("1756000000.123456"), "2025-08-24T01:46:40.123456Z");
  EXPECT_EQ(Read("1756000000"), "2025-08-24T01:46:40.000000Z");
  EXPECT_EQ(Read("1.756e9"), "2025-08-24T01:46:40.000000Z");
  EXPECT_EQ(Read("0"), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(Read("-0.5"), "1969-12-31T23:59:59.500000Z");
  EXPECT_EQ(Read("1756000000.1234567"), "2025-08-24T01:46:40.123456Z cut");
  EXPECT_EQ(Read("1e-999999999999"), "1970-01-01T00:00:00.000000Z cut");
}

TEST(EpochTimeTest, WhatHasNoYearOfFourDigitsIsNoTime) {
  EXPECT_EQ(Read("253402300799"), "9999-12-31T23:59:59.000000Z");
  EXPECT_EQ(Read("253402300800"), "none");
  EXPECT_EQ(Read("-62135596801"), "none");
  EXPECT_EQ(Read("1e300"), "none");
  EXPECT_EQ(Read("1e999999999999999999999"), "none");
  EXPECT_EQ(Read(std::string(5000, '9')), "none");
}

TEST(EpochTimeTest, TheUnitIsToldByTheNumberOfDigits) {
  for (std::string_view digits : {"1690000000", "1690000000000", "1690000000000000", "1690000000000000000"}) {
    EXPECT_EQ(Read(digits, GuessEpochUnit(digits)), "2023-07-22T04:26:40.000000Z");
  }
  EXPECT_EQ(GuessEpochUnit("0"), EpochUnit::kSeconds);
  EXPECT_EQ(GuessEpochUnit("99999999999"), EpochUnit::kSeconds);
  EXPECT_EQ(GuessEpochUnit("100000000000"), EpochUnit::kMilliseconds);
}

}  // namespace
}  // namespace coffer::format
