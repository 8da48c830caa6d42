#include "format/stored/message_run.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace coffer::format {
namespace {

// A stored message; `content` sets its length.
std::string Json(const std::string& id, const std::string& content) {
  return R"({"id":")" + id + R"(","role":"user","content":")" + content + R"(","created_at":"2026-01-02T03:04:05.000006Z"})";
}

std::string RowOf(const std::vector<std::string>& messages) {
  std::string row;
  AppendMessageRunBegin(row);
  for (const std::string& json : messages) {
    AppendMessageHeader(DescribeMessage(json, 0), row);
    row += json;
  }
  return row;
}

std::vector<std::string> Read(std::uint64_t first, std::string_view row, Status& status) {
  std::vector<std::string> messages;
  MessageRun run(first, row);
  while (run.Next()) {
    messages.push_back(std::to_string(run.sequence()) + " " + std::string(run.message().json));
    const Result<Timestamp> created_at = run.message().created_at();
    EXPECT_TRUE(created_at.ok() && FormatTimestamp(*created_at) == "2026-01-02T03:04:05.000006Z");
  }
  status = run.status();
  return messages;
}

TEST(MessageRunTest, MessagesComeBackWithTheirSequenceNumbers) {
  const std::vector<std::string> given = {Json("a", ""), Json("b", std::string(100, 'x')), Json("c", std::string(70'000, 'y'))};
  Status status;
  const std::vector<std::string> read = Read(7, RowOf(given), status);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_EQ(read.size(), given.size());
  for (std::size_t i = 0; i < given.size(); ++i) EXPECT_EQ(read[i], std::to_string(7 + i) + " " + given[i]);
}

TEST(MessageRunTest, ARowOfOneIsARunOfOne) {
  const std::string json = Json("a", "hello");
  EXPECT_EQ(MessageRow(DescribeMessage(json, 0)), RowOf({json}));
}

TEST(MessageRunTest, EveryCutIsCorruptionOrEndsBetweenTwoMessages) {
  const std::vector<std::string> given = {Json("a", "one"), Json("b", "two")};
  const std::string row = RowOf(given);
  const std::size_t first_bytes = RowOf({given[0]}).size();
  for (std::size_t bytes = 0; bytes < row.size(); ++bytes) {
    Status status;
    const std::vector<std::string> read = Read(0, std::string_view(row).substr(0, bytes), status);
    EXPECT_EQ(status.ok(), bytes == first_bytes) << bytes;
    EXPECT_EQ(read.size(), bytes >= first_bytes ? 1U : 0U) << bytes;
  }
}

TEST(MessageRunTest, ANewerFormatIsUnavailableAndFormatZeroCorruption) {
  std::string row = RowOf({Json("a", "")});
  row[0] = static_cast<char>(kRecordFormatWritten + 1);
  EXPECT_EQ(MessageRun(0, row).status().code(), StatusCode::kUnavailable);
  row[0] = 0;
  EXPECT_EQ(MessageRun(0, row).status().code(), StatusCode::kCorruption);
}

TEST(MessageRunTest, LengthsThatDoNotFitAreCorruption) {
  for (const std::string& row : {std::string("\x01\x7f\x01{}", 5), std::string("\x01\x02\x7f{}", 5),
                                 std::string("\x01\xff\xff\xff\xff\xff\xff", 7), std::string("\x01\x02\x01{}", 5)}) {
    MessageRun run(0, row);
    EXPECT_FALSE(run.Next());
    EXPECT_EQ(run.status().code(), StatusCode::kCorruption);
  }
}

}  // namespace
}  // namespace coffer::format
