#include "format/text/sql_text.h"

#include <gtest/gtest.h>

namespace coffer::format {
namespace {

std::string Value(std::string_view canonical, bool carried = true) {
  std::string scratch;
  std::string out;
  EXPECT_EQ(AppendSqlValue(canonical, scratch, out), carried);
  return out;
}

TEST(SqlTextTest, ValuesAreLiteralsWithTheirDigits) {
  EXPECT_EQ(Value(""), "NULL");
  EXPECT_EQ(Value("null"), "NULL");
  EXPECT_EQ(Value("true"), "TRUE");
  EXPECT_EQ(Value("false"), "FALSE");
  EXPECT_EQ(Value("1.50"), "'1.50'");
  EXPECT_EQ(Value(R"(["it's"])"), R"('["it''s"]')");
  EXPECT_EQ(Value(R"("it's\\n")"), R"('it''s\n')");
}

TEST(SqlTextTest, ACarriageReturnNeverStandsBeforeALineFeed) {
  EXPECT_EQ(Value(R"("a\r\nb\r\n")"),
            "replace('a\x01"
            "b\x01','\x01','\r'||'\n')");
  EXPECT_EQ(Value(R"("\u0001\r\n")"), "replace('\x01\x02','\x02','\r'||'\n')");
  EXPECT_EQ(Value(R"("a\rb\n\rc")"), "'a\rb\n\rc'");
}

TEST(SqlTextTest, ATextThatSqlCannotCarryIsBase64AndSaysSo) {
  EXPECT_EQ(Value(R"("\u0000")", false), "'AA=='");
  std::string every_stand_in = "\r\n~|^";
  for (char c = 1; c < 0x20; ++c) every_stand_in += c;
  std::string out;
  EXPECT_FALSE(AppendSqlText(every_stand_in, out));
}

TEST(SqlTextTest, NamesAreQuoted) {
  std::string out;
  AppendSqlName("a\"b", out);
  EXPECT_EQ(out, "\"a\"\"b\"");
}

}  // namespace
}  // namespace coffer::format
