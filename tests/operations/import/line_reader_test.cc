#include "operations/import/input/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

// "number:text" of each line; "number:!" for one that is too long.
std::vector<std::string> Lines(const std::string& bytes, std::size_t line_bytes_max, std::size_t step) {
  TextSource source(bytes, step);
  LineReader reader(source, line_bytes_max);
  std::vector<std::string> lines;
  for (;;) {
    Result<std::optional<TextLine>> line = reader.Next();
    EXPECT_OK(line);
    if (!line.ok() || !*line) return lines;
    lines.push_back(std::to_string((*line)->number) + ":" + ((*line)->too_long ? "!" : std::string((*line)->text)));
  }
}

using Strings = std::vector<std::string>;

TEST(LineReaderTest, EveryWayToEndALineIsRead) {
  for (std::size_t step : {1U, 2U, 3U, 1000U}) {
    EXPECT_EQ(Lines("a\nbc\r\n\n  \t\r\nd", 10, step), (Strings{"1:a", "2:bc", "5:d"}));
    EXPECT_EQ(Lines("a\n", 10, step), (Strings{"1:a"}));
    EXPECT_EQ(Lines("a\r", 10, step), (Strings{"1:a"}));
  }
}

TEST(LineReaderTest, NothingHasNoLines) {
  EXPECT_TRUE(Lines("", 10, 1).empty());
  EXPECT_TRUE(Lines("\n\r\n\n", 10, 1).empty());
}

TEST(LineReaderTest, ALineOfTheLimitIsReadAndALongerOneIsPassedOver) {
  for (std::size_t step : {1U, 4U, 1000U}) {
    EXPECT_EQ(Lines("12345\n123456\n1\n", 5, step), (Strings{"1:12345", "2:!", "3:1"}));
    EXPECT_EQ(Lines("12345\r\n123456\r\n1\r\n", 5, step), (Strings{"1:12345", "2:!", "3:1"}));
    EXPECT_EQ(Lines("1\n123456", 5, step), (Strings{"1:1", "2:!"}));
  }
}

TEST(LineReaderTest, AVeryLongLineDoesNotHideTheNextOne) {
  const std::string longer(3'000'000, 'x');
  EXPECT_EQ(Lines("a\n" + longer + "\nb\n", 1'000'000, 65'536), (Strings{"1:a", "2:!", "3:b"}));
  EXPECT_EQ(Lines("a\n" + longer, 1'000'000, 65'536), (Strings{"1:a", "2:!"}));
  EXPECT_EQ(Lines(longer + "\nb", longer.size(), 65'536), (Strings{"1:" + longer, "2:b"}));
}

class FailingSource final : public ByteSource {
 public:
  explicit FailingSource(std::string bytes) : text_(std::move(bytes), 1000) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    Result<std::size_t> got = text_.Read(buffer, length);
    if (got.ok() && *got == 0) return Status::Corruption("cut off");
    return got;
  }

 private:
  TextSource text_;
};

TEST(LineReaderTest, AFailureComesBehindTheWholeLinesBeforeIt) {
  FailingSource source("a\nb\nhalf");
  LineReader reader(source, 100);
  EXPECT_EQ(reader.Next().value()->text, "a");
  EXPECT_EQ(reader.Next().value()->text, "b");
  EXPECT_CODE(reader.Next(), kCorruption);
}

}  // namespace
}  // namespace coffer::operations
