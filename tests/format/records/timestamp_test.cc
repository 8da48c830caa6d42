#include "coffer/timestamp.h"

#include <gtest/gtest.h>

#include <string>

namespace coffer {
namespace {

TEST(Timestamps, BecomeUtcWithSixDigits) {
  const std::pair<std::string, std::string> cases[] = {
      {"2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000000Z"},
      {"2026-11-22t12:00:00.5+02:00", "2026-11-22T10:00:00.500000Z"},
      {"2024-02-29T23:59:59.123456-00:30", "2024-03-01T00:29:59.123456Z"},
      {"1969-12-31T23:59:59.999999z", "1969-12-31T23:59:59.999999Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
      {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
  };
  for (const auto& [given, wanted] : cases) {
    const Result<Timestamp> timestamp = ParseTimestamp(given);
    ASSERT_TRUE(timestamp.ok()) << given << ": " << timestamp.status().ToString();
    EXPECT_EQ(FormatTimestamp(*timestamp), wanted);
    EXPECT_EQ(*ParseTimestamp(wanted), *timestamp);
  }
  EXPECT_EQ(ParseTimestamp("1970-01-01T00:00:01Z")->microseconds, 1'000'000);
}

TEST(Timestamps, RefuseWhatIsNoInstant) {
  for (const char* bad : {"",
                          "2026",
                          "2026-11-22",
                          "2026-11-22T10:00:00",
                          "2026-11-22 10:00:00Z",
                          "2026-11-22T10:00Z",
                          "2026-11-22T10:00:00.Z",
                          "2026-11-22T10:00:00.0000000Z",
                          "2026-11-22T10:00:60Z",
                          "2026-11-22T24:00:00Z",
                          "2026-11-22T10:60:00Z",
                          "2026-02-29T10:00:00Z",
                          "2026-13-01T10:00:00Z",
                          "2026-00-01T10:00:00Z",
                          "0000-01-01T00:00:00Z",
                          "0001-01-01T00:00:00+00:01",
                          "9999-12-31T23:59:59-00:01",
                          "2026-11-22T10:00:00+24:00",
                          "2026-11-22T10:00:00+0200",
                          "2026-11-22T10:00:00Zx",
                          "+026-11-22T10:00:00Z",
                          "2026-11-22T10:00:00.1,Z"}) {
    EXPECT_FALSE(ParseTimestamp(bad).ok()) << bad;
  }
}

TEST(Timestamps, WithoutATextAreBroughtToTheNearest) {
  EXPECT_EQ(FormatTimestamp({INT64_MAX}), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatTimestamp({INT64_MIN}), "0001-01-01T00:00:00.000000Z");
}

}  // namespace
}  // namespace coffer
