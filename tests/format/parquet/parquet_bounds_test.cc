#include "format/parquet/parquet_bounds.h"

#include <gtest/gtest.h>

#include <bit>

#include "vocabulary/fixed_width.h"

namespace coffer::format {
namespace {

ParquetStatistics Of(ParquetType type, const std::vector<std::string>& values) {
  ParquetBounds bounds(type);
  for (const std::string& value : values) bounds.Add(value);
  return bounds.Statistics();
}

std::string Plain(std::int64_t value) {
  std::string bytes;
  AppendLittleEndian(static_cast<std::uint64_t>(value), bytes);
  return bytes;
}

std::string Plain(double value) { return Plain(std::bit_cast<std::int64_t>(value)); }

TEST(ParquetBounds, AreTheLeastAndTheGreatestValueByTheColumnsOrder) {
  EXPECT_EQ(Of(ParquetType::kText, {"b", "\u00e9", "a"}).min, "a");
  EXPECT_EQ(Of(ParquetType::kText, {"b", "\u00e9", "a"}).max, "\u00e9");
  EXPECT_EQ(Of(ParquetType::kWhole, {Plain(std::int64_t{3}), Plain(std::int64_t{-1})}).min, Plain(std::int64_t{-1}));
  EXPECT_EQ(Of(ParquetType::kNumber, {Plain(0.5), Plain(-2.5)}).max, Plain(0.5));
}

TEST(ParquetBounds, OfZeroHaveTheSignThatLeavesBothZerosIn) {
  const ParquetStatistics zeros = Of(ParquetType::kNumber, {Plain(0.0)});
  EXPECT_EQ(zeros.min, Plain(-0.0));
  EXPECT_EQ(zeros.max, Plain(0.0));
}

TEST(ParquetBounds, OfLongTextsAreShortAndStillBounds) {
  const std::string long_text = std::string(100, 'x') + "!";
  const ParquetStatistics statistics = Of(ParquetType::kText, {long_text});
  EXPECT_EQ(statistics.min, std::string(64, 'x'));
  EXPECT_EQ(statistics.max, std::string(63, 'x') + "y");
  EXPECT_FALSE(statistics.min_is_exact);
  EXPECT_FALSE(statistics.max_is_exact);
}

TEST(ParquetBounds, OfLongTextsAreWholeCharacters) {
  std::string cut_within = std::string(63, 'x');
  for (int i = 0; i < 10; ++i) cut_within += "\u65e5";
  EXPECT_EQ(Of(ParquetType::kText, {cut_within}).min, std::string(63, 'x'));
  std::string last_of_their_kind;
  for (int i = 0; i < 40; ++i) last_of_their_kind += "\u00ff";  // C3 BF
  EXPECT_EQ(Of(ParquetType::kText, {"a" + last_of_their_kind}).max, "b");
}

TEST(ParquetBounds, HaveNoMaximumWhereNoShortTextIsAbove) {
  std::string highest;
  for (int i = 0; i < 40; ++i) highest += "\u00ff";
  const ParquetStatistics statistics = Of(ParquetType::kText, {highest});
  EXPECT_FALSE(statistics.max);
  EXPECT_TRUE(statistics.min);
}

TEST(ParquetBounds, CountNullsAndTellWhereThereIsNothingElse) {
  ParquetBounds bounds(ParquetType::kText);
  bounds.AddNull();
  bounds.AddNull();
  EXPECT_EQ(bounds.Statistics().nulls, 2U);
  EXPECT_TRUE(bounds.Statistics().all_null);
  bounds.Add("");
  EXPECT_FALSE(bounds.Statistics().all_null);
  EXPECT_EQ(bounds.Statistics().min, "");
}

TEST(ParquetBounds, OfBytesThatAreNoTextAreNotTold) {
  const ParquetStatistics statistics = Of(ParquetType::kBytes, {"\xff", "a"});
  EXPECT_FALSE(statistics.min || statistics.max);
  EXPECT_FALSE(statistics.all_null);
}

}  // namespace
}  // namespace coffer::format
