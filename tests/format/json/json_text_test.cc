#include "format/json/json_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "coffer/limits.h"
#include "coffer/record_json.h"

namespace coffer {
namespace {

struct Canonical {
  std::string given;
  std::string wanted;
};

TEST(JsonText, BecomesCanonicalWithDigitsAndOrderKept) {
  const std::string digits(400, '7');
  const std::vector<Canonical> cases = {
      {" { \"b\" : 1 , \"a\" : [ ] } ", R"({"b":1,"a":[]})"},
      {"-0", "-0"},
      {"[1E5,0.70,-1.5e+3]", "[1E5,0.70,-1.5e+3]"},
      {digits, digits},
      {R"("\/\u0041\u00e9\ud83d\ude00")", "\"/A\xC3\xA9\xF0\x9F\x98\x80\""},
      {R"("\u0000\u001F\u007f\b\f\n\r\t\"\\")", "\"\\u0000\\u001f\x7F\\b\\f\\n\\r\\t\\\"\\\\\""},
      {R"("\u000b")", R"("\u000b")"},
      {"\t\r\n true ", "true"},
      {R"({"\u0061":null})", R"({"a":null})"},
      {R"("0123456789abcde\"")", R"("0123456789abcde\"")"},
      {R"("0123456789abcdef0\n")", R"("0123456789abcdef0\n")"},
  };
  for (const Canonical& one : cases) {
    const Result<Json> json = Json::Parse(one.given);
    ASSERT_TRUE(json.ok()) << one.given << ": " << json.status().ToString();
    EXPECT_EQ(json->text(), one.wanted);
    EXPECT_EQ(Json::Parse(json->text())->text(), one.wanted);
  }
}

TEST(JsonText, RefusesWhatIsNotJson) {
  const std::vector<std::string> cases = {
      "",
      " ",
      "truex",
      "1 2",
      R"({"a":1 x})",
      R"({"a":"s"x})",
      R"({"a":"s""t"})",
      "[1,]",
      "[,1]",
      R"({"a":1,})",
      "{,}",
      "{} x",
      "NaN",
      "-Infinity",
      "01",
      "-01",
      "1.",
      ".5",
      "1e",
      "+1",
      "0x1",
      "-",
      "\"a\tb\"",
      "\"\n\"",
      "\"abc",
      "\"\\x\"",
      "\"\\u12g4\"",
      "\"\\",
      "{\"a\"}",
      "{\"a\":}",
      "{1:2}",
      "[1 2]",
      "[}",
      "{]",
      "[",
      "{",
      "}",
      "]",
      ",",
      ":",
      "[1\f]",
      "\x1A",
      "nul",
      "nulll",
      "'a'",
      "/**/1",
      "1\"a\"",
      "x\"t\"",
      "\"\x80\"",
      "\"\xC0\xAF\"",
      "\"\xED\xA0\x80\"",
      "\"\xF4\x90\x80\x80\"",
      "\"\xE2\x82\"",
      "\xEF\xBB\xBF{}",
      std::string("1\0", 2),
      R"("\ud800")",
      R"("\udc00")",
      R"("\ud800\u0041")",
      R"("\ud800\ud800")",
      R"("\udc00\ud800")",
      R"({"a":1,"a":2})",
      R"({"a":1,"\u0061":2})",
      R"([{"x":{"k":1,"k":1}}])",
      "[[1]",
      "[1]]",
      R"({"a":1}})",
      R"({"a" "b":1})",
      R"(\"a")",
  };
  for (const std::string& text : cases) {
    const Result<Json> json = Json::Parse(text);
    ASSERT_FALSE(json.ok()) << text;
    EXPECT_EQ(json.status().code(), StatusCode::kInvalidArgument);
    EXPECT_TRUE(json.status().message().starts_with("byte ")) << json.status().message();
  }
}

TEST(JsonText, NamesTheByteOfAFault) {
  const std::vector<Canonical> cases = {
      {R"({"a":"0123456789\udc00"})", "byte 16: lone surrogate"},
      {"{\"a\":\"\xFF\"}", "byte 6: invalid UTF-8"},
      {"[\"a\x01\"]", "byte 3: control character in a string"},
      {"[1,truex]", "byte 3: bad token"},
      {"[1,01]", "byte 3: bad number"},
      {R"({"a":1,"a":2})", "byte 7: duplicate member \"a\""},
      {"\xEF\xBB\xBF{}", "byte 0: byte order mark"},
      {"[\"ab", "byte 1: unterminated string"},
      {"1 2", "byte 2: unexpected text after the value"},
  };
  for (const Canonical& one : cases) EXPECT_EQ(Json::Parse(one.given).status().message(), one.wanted);
}

TEST(JsonText, HoldsTheDepthLimitAndSurvivesHostileDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Json::Parse(nested(kJsonDepthMax)).ok());
  EXPECT_FALSE(Json::Parse(nested(kJsonDepthMax + 1)).ok());
  EXPECT_FALSE(Json::Parse(nested(1'000'000)).ok());
  EXPECT_FALSE(Json::Parse(std::string(1'000'000, '[')).ok());
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(Json::Parse(objects).ok());
}

TEST(JsonText, FindsADuplicateAmongManyNames) {
  for (int count : {15, 16, 17, 50'000}) {
    std::string object = "{";
    for (int i = 0; i < count; ++i) object += "\"k" + std::to_string(i) + "\":0,";
    EXPECT_TRUE(Json::Parse(object + "\"last\":0}").ok()) << count;
    EXPECT_FALSE(Json::Parse(object + "\"k3\":0}").ok()) << count;
  }
}

TEST(JsonText, ReusesABufferAfterAHugeText) {
  CanonicalReader reader;
  std::string out;
  ASSERT_TRUE(reader.Start("\"" + std::string(20'000'000, 'x') + "\""));
  ASSERT_TRUE(reader.AppendValue(out));
  EXPECT_EQ(out.size(), 20'000'002U);
  for (const std::string text : {"[1,2]", "{\"a\":[]}"}) {
    out.clear();
    ASSERT_TRUE(reader.Start(text) && reader.AppendValue(out) && reader.Finish());
    EXPECT_EQ(out, text);
  }
}

TEST(JsonNumbers, KeepDigitsAndConvert) {
  EXPECT_EQ(JsonNumber::Parse("0.70")->text(), "0.70");
  EXPECT_EQ(JsonNumber(0.1).text(), "0.1");
  EXPECT_EQ(JsonNumber(7).text(), "7");
  EXPECT_DOUBLE_EQ(JsonNumber::Parse("1e5")->ToDouble(), 1e5);
  EXPECT_EQ(JsonNumber::Parse("-1e999")->ToDouble(), -1.0 / 0.0);
  EXPECT_EQ(JsonNumber::Parse("1e-999")->ToDouble(), 0.0);
  for (const char* bad : {"", " 1", "1 ", "01", "1.", "+1", "a", "-"}) EXPECT_FALSE(JsonNumber::Parse(bad).ok()) << bad;
}

TEST(JsonNumbers, WithoutDigitsWhereTheValueIsNotFinite) {
  for (const double value : {std::nan(""), 1.0 / 0.0, -1.0 / 0.0}) {
    EXPECT_EQ(JsonNumber::FromDouble(value).status().code(), StatusCode::kInvalidArgument) << value;
    const JsonNumber number(value);
    EXPECT_EQ(number.text(), "");
    EXPECT_TRUE(std::isnan(number.ToDouble()));
    EXPECT_EQ(number, JsonNumber(std::nan("")));
    EXPECT_NE(number, JsonNumber(0));
    Conversation conversation;
    conversation.id = "c";
    conversation.user_id = "ada";
    conversation.title = "t";
    conversation.temperature = number;
    const Result<std::string> text = ToJson(conversation);
    EXPECT_EQ(text.status().code(), StatusCode::kInvalidArgument);
    EXPECT_TRUE(text.status().message().starts_with("temperature: ")) << text.status().ToString();
  }
  EXPECT_EQ(JsonNumber::FromDouble(0.1)->text(), "0.1");
}

TEST(JsonMembersTest, AddRefusesASecondMemberOfAName) {
  JsonMembers members;
  EXPECT_TRUE(members.Add("a\"", *Json::Parse(R"({"x":[1,"}"]})")).ok());
  EXPECT_TRUE(members.Add("b", Json()).ok());
  EXPECT_EQ(members.text(), R"("a\"":{"x":[1,"}"]},"b":null)");
  EXPECT_EQ(members.Add("b", Json()).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(members.Add("a\"", Json()).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(members.Add("\xFF", Json()).code(), StatusCode::kInvalidArgument);
}

// nlohmann's grammar with our stricter rules; numbers beyond double are limited by nlohmann, not by us.
class Strict : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool beyond_double = false;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return Open(); }
  bool key(string_t& name) override { return names_.back().insert(name).second; }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& fault) override {
    beyond_double = fault.id == 406;
    return false;
  }

 private:
  bool Open() {
    names_.emplace_back();
    return names_.size() <= static_cast<std::size_t>(kJsonDepthMax);
  }
  bool Close() {
    names_.pop_back();
    return true;
  }
  std::vector<std::set<std::string>> names_;
};

TEST(JsonText, AgreesWithAnotherParserOnDamagedText) {
  const std::vector<std::string> seeds = {
      R"({"id":"01JD8P","title":"Caf\u00e9 \ud83d\ude00 \"q\"\n","n":[0,-1.5e3,0.70,true,false,null],"o":{"a":{},"b":[]}})",
      "{\"content\":\"\xE4\xBD\xA0\xE5\xA5\xBD\",\"x\":[[1,2],[\"\",\"\\\\\"]],\"y\":{\"k\":1,\"l\":2}} ",
  };
  constexpr std::string_view kPieces = "\"\\{}[]:,01eE.-+ntu/ \x01\xFF\x80\nxdDc8";
  std::mt19937 random(20240607);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
      const std::size_t at = below(text.size());
      if (below(3) == 0)
        text.erase(at, 1 + below(4));
      else if (below(2) == 0)
        text.insert(at, 1, kPieces[below(kPieces.size())]);
      else
        text[at] = kPieces[below(kPieces.size())];
      if (text.empty()) text = " ";
    }
    const Result<Json> ours = Json::Parse(text);
    Strict strict;
    const bool theirs = nlohmann::json::sax_parse(text, &strict);
    if (strict.beyond_double) continue;
    ASSERT_EQ(ours.ok(), theirs) << text << "\n" << ours.status().ToString();
    if (!ours.ok()) continue;
    ++accepted;
    ASSERT_EQ(nlohmann::json::parse(ours->text()), nlohmann::json::parse(text));
    ASSERT_EQ(Json::Parse(ours->text())->text(), ours->text());
  }
  EXPECT_GT(accepted, 1'000);
}

}  // namespace
}  // namespace coffer
