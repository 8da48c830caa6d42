#include "format/text/line_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/status_matchers.h"

namespace coffer::format {
namespace {

constexpr std::size_t kPartBytesMax = 1000;

// The parts of a line as text.
class Parts final : public LinePartSink {
 public:
  Status BeginMessages() override { return Note("["); }
  Status AddMessage(std::string_view json, std::uint64_t offset) override {
    return Note(std::to_string(offset) + "<" + std::string(json) + ">");
  }
  Status BeginContent() override { return Note("\""); }
  Status AddContent(std::string_view base64) override { return Note(std::string(base64)); }
  Status EndContent() override { return Note("\""); }

  std::string text;

 private:
  Status Note(const std::string& what) {
    text += what;
    return Status::Ok();
  }
};

// "parts | rest", or the error. The line is fed in pieces of `step` bytes.
std::string Split(const std::string& line, std::size_t step, std::size_t part_bytes_max = kPartBytesMax) {
  Parts parts;
  LineSplitter splitter(part_bytes_max, parts);
  for (std::size_t at = 0; at < line.size(); at += step) {
    if (Status status = splitter.Take(std::string_view(line).substr(at, step)); !status.ok())
      return std::string(status.message());
  }
  if (Status status = splitter.Finish(); !status.ok()) return std::string(status.message());
  return parts.text + " | " + splitter.rest();
}

void ExpectSplit(const std::string& line, const std::string& expected) {
  for (std::size_t step = 1; step <= line.size() + 1; ++step) {
    EXPECT_EQ(Split(line, step), expected) << "in pieces of " << step << ": " << line;
  }
}

TEST(LineSplitterTest, TheRestIsTheLineWithoutWhatIsLong) {
  ExpectSplit(R"({"id":"a","odd":[1,{"x":"]"}]})", R"( | {"id":"a","odd":[1,{"x":"]"}]})");
  ExpectSplit(R"({"messages":[],"id":"a"})", R"([ | {"messages":[],"id":"a"})");
  ExpectSplit(R"({"messages" : [ {"a":[1,"]}"]} , {} ] ,"id":"a"})",
              R"([16<{"a":[1,"]}"]}>33<{}> | {"messages" : [] ,"id":"a"})");
  ExpectSplit(R"({"id":"a","content_base64":"aGk="})", R"("aGk=" | {"id":"a","content_base64":""})");
  ExpectSplit(R"({"m\u0065ssages":["\"",7,true,-1.5e3]})", R"([18<"\"">23<7>25<true>30<-1.5e3> | {"m\u0065ssages":[]})");
  ExpectSplit(R"({"content_base64":"\/a\u002Fb\\"})", R"("/a/b\" | {"content_base64":""})");
}

TEST(LineSplitterTest, OnlyTopLevelMembersOfTheRightTypeAreCutOut) {
  for (const std::string line :
       {R"({"odd":{"messages":[1]},"x":["content_base64","a"]})", R"({"messages":{"a":[1]}})",
        R"({"messages":"[1]","content_base64":["a"]})", R"(["messages",[1]])", R"({"a":"messages","b":[1]})",
        R"({"content_base64":null,"Messages":[1],"messages ":[1]})", "", "7", "}]", R"({"messages"[1]})"}) {
    ExpectSplit(line, " | " + line);
  }
}

TEST(LineSplitterTest, WhatStandsBetweenItemsIsJudgedHere) {
  ExpectSplit(R"({"messages":[1,]})", "byte 15: ',' before ']'");
  ExpectSplit(R"({"messages":[,1]})", "byte 13: bad token");
  ExpectSplit(R"({"messages":[1 2]})", "byte 15: expected ',' or ']' after an item");
  ExpectSplit(R"({"messages":[{}{}]})", "byte 15: expected ',' or ']' after an item");
  ExpectSplit(R"({"messages":["a""b"]})", "byte 16: expected ',' or ']' after an item");
  ExpectSplit(R"({"messages":[1}]})", "byte 14: expected ',' or ']' after an item");
  ExpectSplit(R"({"messages":[)", "byte 13: unexpected end of text");
  ExpectSplit(R"({"messages":[[1])", "byte 16: unexpected end of text");
  ExpectSplit(R"({"messages":[[1)", "byte 13: unexpected end of text");
  ExpectSplit(R"({"content_base64":"aa)", "byte 21: unexpected end of text");
  ExpectSplit(R"({"content_base64":"a\x"})", "byte 20: bad escape");
  ExpectSplit(R"({"messages":[],"messages":[]})", R"(byte 15: duplicate member "messages")");
  ExpectSplit(R"({"messages":[{}],"messages":[]})", R"(byte 17: duplicate member "messages")");
}

TEST(LineSplitterTest, EachPartHasTheLimitForItself) {
  const std::string text(90, 'x');
  EXPECT_EQ(Split(R"({"messages":[")" + text + R"(",")" + text + R"("]})", 7, 100).substr(0, 5), "[13<\"");
  EXPECT_EQ(Split(R"({"content_base64":")" + text + text + "\"}", 7, 100), "\"" + text + text + R"(" | {"content_base64":""})");
  EXPECT_EQ(Split(R"({"messages":[1,")" + text + text + "\"]}", 7, 100), "messages[1]: longer than 100 bytes");
  EXPECT_EQ(Split(R"({"a":")" + text + text + "\"}", 7, 100),
            "record: longer than 100 bytes without messages and content_base64");
}

TEST(LineSplitterTest, PlacesInTheRestBecomePlacesInTheLine) {
  Parts parts;
  LineSplitter splitter(kPartBytesMax, parts);
  const std::string line = R"(  {"a":1,"messages":[{},{}],"content_base64":"aGk=","b":2})";
  ASSERT_OK(splitter.Take(line));
  ASSERT_OK(splitter.Finish());
  for (std::size_t at = 0; at < splitter.rest().size(); ++at) {
    const std::string place = splitter.InLine("byte " + std::to_string(at) + ": x");
    const std::size_t in_line = std::stoul(place.substr(5));
    EXPECT_EQ(line[in_line], splitter.rest()[at]) << place;
    EXPECT_EQ(place, "byte " + std::to_string(in_line) + ": x");
  }
  EXPECT_EQ(splitter.InLine("title: byte 3: x"), "title: byte 3: x");
  EXPECT_EQ(LineSplitter::InLine("byte 3: x", 40), "byte 43: x");
}

}  // namespace
}  // namespace coffer::format
