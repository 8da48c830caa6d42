#include "format/text/xml_text.h"

#include <gtest/gtest.h>

namespace coffer::format {
namespace {

std::string Member(std::string_view name_literal, std::string_view canonical) {
  std::string scratch;
  std::string out;
  AppendXmlMember(name_literal, canonical, scratch, out);
  return out;
}

TEST(XmlTextTest, AMemberIsAnElementOfItsNameAndType) {
  EXPECT_EQ(Member(R"("title")", R"("a")"), "<title>a</title>");
  EXPECT_EQ(Member(R"("title")", R"("")"), "<title></title>");
  EXPECT_EQ(Member(R"("n")", "1.50"), "<n type=\"number\">1.50</n>");
  EXPECT_EQ(Member(R"("b")", "false"), "<b type=\"boolean\">false</b>");
  EXPECT_EQ(Member(R"("x")", "null"), "<x nil=\"true\"/>");
  EXPECT_EQ(Member(R"("l")", R"(["<"])"), "<l type=\"json\">[\"&lt;\"]</l>");
}

TEST(XmlTextTest, WhatIsMarkupIsEscapedAndACarriageReturnSurvives) {
  EXPECT_EQ(Member(R"("t")", R"("<&>\r\n\t]]>")"), "<t>&lt;&amp;&gt;&#13;\n\t]]&gt;</t>");
}

TEST(XmlTextTest, ATextThatXmlCannotCarryIsBase64) {
  EXPECT_EQ(Member(R"("t")", R"("\u0000")"), "<t encoding=\"base64\">AA==</t>");
  EXPECT_EQ(Member(R"("t")", "\"\xEF\xBF\xBE\""), "<t encoding=\"base64\">77++</t>");
  EXPECT_EQ(Member(R"("t")", "[\"\xEF\xBF\xBF\"]"), "<t type=\"json\" encoding=\"base64\">WyLvv78iXQ==</t>");
  EXPECT_TRUE(IsXmlText("\t\n\r \x7f\xEF\xBF\xBD\xF0\x9F\x98\x80"));
  for (int c = 0; c < 0x20; ++c) {
    const bool allowed = c == '\t' || c == '\n' || c == '\r';
    EXPECT_EQ(IsXmlText(std::string(40, 'a') + static_cast<char>(c) + std::string(40, 'b')), allowed) << c;
    EXPECT_EQ(IsXmlText(std::string(1, static_cast<char>(c))), allowed) << c;
  }
}

TEST(XmlTextTest, ANameThatIsNoXmlNameIsAnAttribute) {
  for (const char* name : {"a", "_", "a.b-c",
                           "\xC3\xBC"
                           "ber",
                           "\xE6\x97\xA5", "xml"})
    EXPECT_TRUE(IsXmlName(name)) << name;
  for (const char* name : {"", "1a", "-", ".", "a b", "x:y", "a\"", "\xF0\x9F\x98\x80", "\xC3\x97"})
    EXPECT_FALSE(IsXmlName(name)) << name;
  EXPECT_EQ(Member(R"("a b\"<\n")", "1"), "<member name=\"a b&quot;&lt;&#10;\" type=\"number\">1</member>");
  EXPECT_EQ(Member(R"("\u0001")", "null"), "<member name=\"AQ==\" name_encoding=\"base64\" nil=\"true\"/>");
}

}  // namespace
}  // namespace coffer::format
