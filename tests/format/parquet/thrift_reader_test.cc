#include "format/parquet/thrift_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace coffer::format {
namespace {

TEST(ThriftReader, ReadsWhatTheWriterWrote) {
  std::string bytes;
  ThriftWriter thrift(bytes);
  thrift.Begin();
  thrift.Int64(1, std::numeric_limits<std::int64_t>::min());
  thrift.Bool(2, true);
  thrift.Binary(40, "text");
  thrift.BeginList(41, ThriftType::kInt64, 20);
  for (int i = 0; i < 20; ++i) thrift.IntElement(-i);
  thrift.End();
  ThriftReader reader(bytes);
  ThriftField field;
  reader.Begin();
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(reader.Int(field), std::numeric_limits<std::int64_t>::min());
  ASSERT_TRUE(reader.Next(field));
  EXPECT_TRUE(reader.Bool(field));
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(field.id, 40);
  EXPECT_EQ(reader.Binary(field), "text");
  ASSERT_TRUE(reader.Next(field));
  ThriftType element = ThriftType::kStop;
  ASSERT_EQ(reader.List(field, element), 20U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(reader.IntElement(element), -i);
  EXPECT_FALSE(reader.Next(field));
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.rest(), "");
}

TEST(ThriftReader, SkipsWhatItIsNotAskedFor) {
  std::string bytes;
  ThriftWriter thrift(bytes);
  thrift.Begin();
  thrift.BeginStruct(1);
  thrift.Bool(1, false);
  thrift.BeginList(2, ThriftType::kTrue, 2);
  thrift.BoolElement(true);
  thrift.BoolElement(false);
  thrift.BeginStruct(3);
  thrift.Binary(9, "inner");
  thrift.End();
  thrift.End();
  thrift.Int(2, 7);
  thrift.End();
  ThriftReader reader(bytes);
  ThriftField field;
  reader.Begin();
  ASSERT_TRUE(reader.Next(field));
  reader.Skip(field.type);
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(reader.Int(field), 7);
}

bool IsRead(std::string_view bytes) {
  ThriftReader reader(bytes);
  ThriftField field;
  reader.Begin();
  while (reader.Next(field)) reader.Skip(field.type);
  return reader.ok();
}

TEST(ThriftReader, RefusesWhatIsCutOffOrOfAnotherType) {
  EXPECT_TRUE(IsRead(std::string_view("\x15\x02\x00", 3)));
  EXPECT_FALSE(IsRead(""));
  EXPECT_FALSE(IsRead("\x15"));
  EXPECT_FALSE(IsRead("\x15\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
  EXPECT_FALSE(IsRead("\x18\x7f\x61"));
  EXPECT_FALSE(IsRead("\x1f"));
  ThriftReader reader(std::string_view("\x18\x01\x61\x00", 4));
  ThriftField field;
  reader.Begin();
  ASSERT_TRUE(reader.Next(field));
  EXPECT_EQ(reader.Int(field), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(ThriftReader, RefusesMoreElementsThanBytes) { EXPECT_FALSE(IsRead("\x19\xf5\xff\xff\xff\xff\x0f\x02")); }

TEST(ThriftReader, RefusesStructsAndListsDeeperThanItsLimit) {
  EXPECT_FALSE(IsRead(std::string(100'000, '\x1c')));
  EXPECT_FALSE(IsRead(std::string(100'000, '\x19')));
}

}  // namespace
}  // namespace coffer::format
