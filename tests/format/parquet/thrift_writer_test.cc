#include "format/parquet/thrift_writer.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace coffer::format {
namespace {

std::string Written(const std::function<void(ThriftWriter&)>& write) {
  std::string out;
  ThriftWriter thrift(out);
  thrift.Begin();
  write(thrift);
  thrift.End();
  return out;
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (int byte : bytes) out.push_back(static_cast<char>(byte));
  return out;
}

// Examples of thrift-compact-protocol.md, "ULEB128" and "ZigZag".
TEST(ThriftWriter, WritesIntegersAsZigZagVarints) {
  std::string out;
  AppendVarint(50399, out);
  EXPECT_EQ(out, Bytes({0xDF, 0x89, 0x03}));
  EXPECT_EQ(Written([](ThriftWriter& thrift) { thrift.Int(1, -1); }), Bytes({0x15, 0x01, 0x00}));
  EXPECT_EQ(Written([](ThriftWriter& thrift) { thrift.Int(1, 1); }), Bytes({0x15, 0x02, 0x00}));
  EXPECT_EQ(Written([](ThriftWriter& thrift) { thrift.Int64(1, std::numeric_limits<std::int64_t>::min()); }),
            Bytes({0x16, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00}));
}

TEST(ThriftWriter, TellsAFieldByTheStepFromTheOneBefore) {
  EXPECT_EQ(Written([](ThriftWriter& thrift) {
              thrift.Int(4, 0);
              thrift.Int(19, 0);
              thrift.Int(35, 0);  // from 16 on: the id itself, as a zigzag varint
            }),
            Bytes({0x45, 0x00, 0xF5, 0x00, 0x05, 0x46, 0x00, 0x00}));
}

TEST(ThriftWriter, HasBooleansInTheFieldAndInListsAByteEach) {
  EXPECT_EQ(Written([](ThriftWriter& thrift) {
              thrift.Bool(1, true);
              thrift.Bool(2, false);
              thrift.BeginList(3, ThriftType::kTrue, 2);
              thrift.BoolElement(true);
              thrift.BoolElement(false);
            }),
            Bytes({0x11, 0x12, 0x19, 0x21, 0x01, 0x02, 0x00}));
}

TEST(ThriftWriter, CountsFieldsAnewInEachStruct) {
  EXPECT_EQ(Written([](ThriftWriter& thrift) {
              thrift.BeginStruct(3);
              thrift.Int(1, 7);
              thrift.End();
              thrift.Binary(4, "ab");
              thrift.Empty(6);
            }),
            Bytes({0x3C, 0x15, 0x0E, 0x00, 0x18, 0x02, 'a', 'b', 0x2C, 0x00, 0x00}));
}

TEST(ThriftWriter, TellsALongListsLengthBehindItsType) {
  const std::string out = Written([](ThriftWriter& thrift) {
    thrift.BeginList(1, ThriftType::kInt32, 15);
    for (int i = 0; i < 15; ++i) thrift.IntElement(0);
  });
  EXPECT_EQ(out, Bytes({0x19, 0xF5, 0x0F}) + std::string(15, '\0') + Bytes({0x00}));
}

}  // namespace
}  // namespace coffer::format
