#include "format/parquet/parquet_hybrid.h"

#include <gtest/gtest.h>

#include <vector>

namespace coffer::format {
namespace {

std::string Written(const std::vector<std::uint32_t>& values, int bit_width) {
  std::string out;
  AppendHybrid(std::span(values), bit_width, out);
  return out;
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (int byte : bytes) out.push_back(static_cast<char>(byte));
  return out;
}

// Encodings.md packs 0 to 7 in three bits each into 10001000 11000110 11111010.
TEST(ParquetHybrid, PacksBitsAsTheSpecificationShows) {
  EXPECT_EQ(Written({0, 1, 2, 3, 4, 5, 6, 7}, 3), Bytes({0x03, 0x88, 0xC6, 0xFA}));
}

TEST(ParquetHybrid, WritesARunAsItsLengthAndOneValue) {
  EXPECT_EQ(Written(std::vector<std::uint32_t>(100, 1), 1), Bytes({0xC8, 0x01, 0x01}));
  EXPECT_EQ(Written(std::vector<std::uint32_t>(8, 0x1234), 13), Bytes({0x10, 0x34, 0x12}));
  EXPECT_EQ(Written(std::vector<std::uint32_t>(9, 0), 0), Bytes({0x12}));
}

TEST(ParquetHybrid, FillsTheLastGroupWithZeros) { EXPECT_EQ(Written({1, 0, 1}, 1), Bytes({0x03, 0x05})); }

// Only the last packed group may be incomplete: a group before a run is filled up from the run.
TEST(ParquetHybrid, FillsGroupsBeforeARunFromIt) {
  std::vector<std::uint32_t> values = {0, 1, 0};
  values.insert(values.end(), 20, 1);
  EXPECT_EQ(Written(values, 1), Bytes({0x03, 0xFA, 0x1E, 0x01}));
}

TEST(ParquetHybrid, PacksARunThatWouldLeaveLessThanAGroup) {
  std::vector<std::uint32_t> values = {0};
  values.insert(values.end(), 14, 1);
  EXPECT_EQ(Written(values, 1), Bytes({0x05, 0xFE, 0x7F}));
}

TEST(ParquetHybrid, CountsTheBitsOfTheGreatestValue) {
  EXPECT_EQ(ParquetBitWidth(0), 0);
  EXPECT_EQ(ParquetBitWidth(1), 1);
  EXPECT_EQ(ParquetBitWidth(255), 8);
  EXPECT_EQ(ParquetBitWidth(0xFFFFFFFF), 32);
}

}  // namespace
}  // namespace coffer::format
