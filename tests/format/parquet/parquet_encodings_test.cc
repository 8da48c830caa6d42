// The encodings that are read: examples of the specification, and the writer's output.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "format/parquet/parquet_delta_reader.h"
#include "format/parquet/parquet_hybrid.h"
#include "format/parquet/parquet_hybrid_reader.h"

namespace coffer::format {
namespace {

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (int byte : bytes) out.push_back(static_cast<char>(byte));
  return out;
}

std::vector<std::uint32_t> ReadHybrid(std::string_view bytes, int bit_width, std::size_t count) {
  HybridReader reader(bytes, bit_width);
  std::vector<std::uint32_t> values;
  std::uint32_t value = 0;
  while (values.size() < count && reader.Next(value)) values.push_back(value);
  return values;
}

TEST(ParquetEncodings, UnpacksBitsAsTheSpecificationShows) {
  EXPECT_EQ(ReadHybrid(Bytes({0x03, 0x88, 0xC6, 0xFA}), 3, 8), (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(ParquetEncodings, ReadsBackEveryWidth) {
  std::mt19937 random(7);
  for (int width = 0; width <= 32; ++width) {
    std::vector<std::uint32_t> values;
    for (int i = 0; i < 300; ++i) {
      const auto value = static_cast<std::uint32_t>(random() & ((std::uint64_t{1} << width) - 1));
      values.insert(values.end(), random() % 5 == 0 ? random() % 40 : 1, value);
    }
    std::string bytes;
    AppendHybrid(std::span<const std::uint32_t>(values), width, bytes);
    EXPECT_EQ(ReadHybrid(bytes, width, values.size()), values) << width;
  }
}

TEST(ParquetEncodings, HybridEndsWhereItsBytesEnd) {
  EXPECT_EQ(ReadHybrid("", 3, 9).size(), 0U);
  EXPECT_EQ(ReadHybrid(Bytes({0x03, 0x88}), 3, 9).size(), 2U);
  EXPECT_EQ(ReadHybrid(Bytes({0x10}), 13, 9).size(), 0U);
  EXPECT_EQ(ReadHybrid(Bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}), 0, 9).size(), 0U);
}

std::vector<std::int64_t> ReadDelta(std::string_view bytes) {
  DeltaReader reader(bytes);
  std::vector<std::int64_t> values;
  std::int64_t value = 0;
  while (reader.Next(value)) values.push_back(value);
  return values;
}

// Encodings.md, "Delta Encoding", examples 1 and 2, in blocks of 8 values.
TEST(ParquetEncodings, ReadsDeltasAsTheSpecificationShows) {
  EXPECT_EQ(ReadDelta(Bytes({8, 1, 5, 2, 2, 0})), (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(ReadDelta(Bytes({8, 1, 8, 14, 3, 2, 0xC0, 0x3F})), (std::vector<std::int64_t>{7, 5, 3, 1, 2, 3, 4, 5}));
}

TEST(ParquetEncodings, DeltasEndWhereTheirBytesEnd) {
  EXPECT_EQ(ReadDelta("").size(), 0U);
  EXPECT_EQ(ReadDelta(Bytes({8, 0, 5, 2})).size(), 0U);
  EXPECT_EQ(ReadDelta(Bytes({8, 1, 8, 14, 3, 2, 0xC0})).size(), 1U);
  EXPECT_EQ(ReadDelta(Bytes({8, 1, 8, 14, 3, 65})).size(), 1U);
}

}  // namespace
}  // namespace coffer::format
