#include "format/text/csv_text.h"

#include <gtest/gtest.h>

#include "coffer/json.h"

namespace coffer::format {
namespace {

std::string Cell(std::string_view canonical) {
  std::string scratch;
  std::string out;
  AppendCsvValue(canonical, scratch, out);
  return out;
}

// "line:cell|cell" for each row and "line!fault" for each fault, fed in steps of `step` bytes.
std::string Rows(std::string_view text, std::size_t step, std::size_t row_bytes_max = 1000) {
  CsvSplitter splitter(row_bytes_max);
  std::string seen;
  const auto note = [&](CsvSplitter::Event event) {
    if (event == CsvSplitter::Event::kFault) seen += std::to_string(splitter.row_line()) + "!" + splitter.fault() + "\n";
    if (event != CsvSplitter::Event::kRow) return;
    seen += std::to_string(splitter.row_line()) + ":";
    for (const CsvCell& cell : splitter.row()) seen += (cell.absent() ? "-" : cell.text) + "|";
    seen += "\n";
  };
  while (!text.empty()) {
    std::string_view piece = text.substr(0, step);
    text.remove_prefix(piece.size());
    while (!piece.empty()) {
      piece.remove_prefix(splitter.Take(piece));
      note(splitter.event());
    }
  }
  note(splitter.Finish());
  return seen;
}

TEST(CsvTextTest, TextsAreQuotedAndWhatASpreadsheetWouldRunIsGuarded) {
  EXPECT_EQ(Cell(""), "");
  EXPECT_EQ(Cell(R"("")"), R"("")");
  EXPECT_EQ(Cell(R"("a\"b,\n")"), "\"a\"\"b,\n\"");
  for (const char* first : {"=", "+", "-", "@", "'"}) {
    EXPECT_EQ(Cell("\"" + std::string(first) + "1\""), "\"'" + std::string(first) + "1\"");
  }
  EXPECT_EQ(Cell(R"("\tx")"), "\"'\tx\"");
  EXPECT_EQ(Cell(R"("\rx")"), "\"'\rx\"");
  EXPECT_EQ(Cell(R"("a=1")"), "\"a=1\"");
}

TEST(CsvTextTest, NumbersKeepTheirDigitsAndListsAreJsonText) {
  EXPECT_EQ(Cell("1.50"), "1.50");
  EXPECT_EQ(Cell("-1"), "'-1");
  EXPECT_EQ(Cell("true"), "true");
  EXPECT_EQ(Cell(R"(["a",1])"), R"("[""a"",1]")");
  EXPECT_EQ(Cell("{}"), R"("{}")");
}

TEST(CsvTextTest, RowsAreTheSameInPiecesOfAnyLength) {
  const std::string text = "a,b,c\r\n\"x\r\ny\",,\"\"\n\n\"q\"\"r\",'=1,\"'-2\"\r\nlast,1,";
  const std::string rows = "1:a|b|c|\n2:x\r\ny|-||\n5:q\"r|=1|-2|\n6:last|1|-|\n";
  for (std::size_t step = 1; step <= text.size(); ++step) EXPECT_EQ(Rows(text, step), rows) << step;
}

TEST(CsvTextTest, AFaultIsToldWithItsLineAndTheNextLineIsRead) {
  for (std::size_t step : {1U, 3U, 100U}) {
    EXPECT_EQ(Rows("a\"b\nc\n", step), "1!a quote within an unquoted cell\n2:c|\n");
    EXPECT_EQ(Rows("\"a\"b\nc\n", step), "1!text after the closing quote of a cell\n2:c|\n");
    EXPECT_EQ(Rows("a\rb\nc\n", step), "1!a CR without an LF in an unquoted cell\n2:c|\n");
    EXPECT_EQ(Rows("a\n\"b\nc", step), "1:a|\n2!truncated within a quoted cell\n");
  }
}

TEST(CsvTextTest, ARowAboveTheLimitIsRefusedBeforeItIsHeld) {
  EXPECT_EQ(Rows("\"" + std::string(100'000, 'x') + "\"\nc\n", 7, 50), "1!above 50 bytes\n2:c|\n");
  EXPECT_EQ(Rows(std::string(49, 'x') + "\nc\n", 7, 50), "1:" + std::string(49, 'x') + "|\n2:c|\n");
}

TEST(CsvTextTest, ARowOfTooManyCellsIsRefused) {
  EXPECT_EQ(Rows(std::string(kCsvCellsMax, ',') + "\nc\n", 1000, 10'000), "1!more than 1024 cells\n2:c|\n");
  EXPECT_TRUE(Rows(std::string(kCsvCellsMax - 1, ',') + "\n", 1000, 10'000).starts_with("1:-|-|"));
}

}  // namespace
}  // namespace coffer::format
