#include "format/json/json_scanner.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace coffer::format {
namespace {

// Passes each piece of `step` bytes to `take` until the piece is used up.
template <typename Take>
void InPieces(JsonScanner& scanner, std::string_view text, std::size_t step, const Take& take) {
  for (std::size_t at = 0; at < text.size(); at += step) {
    scanner.Feed(text.substr(at, step));
    while (!scanner.done()) take();
  }
}

// The items of the array `text`, each in <>, with the separators around them.
std::string Items(std::string_view text, std::size_t step) {
  JsonScanner scanner;
  std::string items;
  bool in_item = false;
  InPieces(scanner, text, step, [&] {
    if (!in_item) {
      if (!scanner.SkipBlanks()) return;
      const bool separator =
          scanner.next() == ',' || (scanner.depth() <= 1 && (scanner.next() == ']' || scanner.offset() == 0));
      if (separator) {
        items += scanner.TakeToken();
        return;
      }
      items += '<';
      in_item = true;
    }
    const std::size_t begin = scanner.at();
    in_item = !scanner.SkipValue();
    items += scanner.Since(begin);
    if (!in_item) items += '>';
  });
  EXPECT_EQ(scanner.offset(), text.size());
  return items;
}

void ExpectItems(std::string_view text, std::string_view expected) {
  for (std::size_t step = 1; step <= text.size() + 1; ++step) {
    EXPECT_EQ(Items(text, step), expected) << "in pieces of " << step << ": " << text;
  }
}

TEST(JsonScannerTest, ValuesEndWhereTheyEnd) {
  ExpectItems(R"([])", R"([])");
  ExpectItems(R"([1, -2.5e3 ,true,null])", R"([<1>,<-2.5e3>,<true>,<null>])");
  ExpectItems("[\t{ \"a\" : [ 1 , 2 ] } ,\r\n[]]", R"([<{ "a" : [ 1 , 2 ] }>,<[]>])");
  ExpectItems(R"(["", "a", "b" ])", R"([<"">,<"a">,<"b">])");
}

TEST(JsonScannerTest, BracketsAndQuotesInStringsAreText) {
  ExpectItems(R"(["]", "}{", {"a]":"}"}, [",]"]])", R"([<"]">,<"}{">,<{"a]":"}"}>,<[",]"]>])");
  ExpectItems(R"(["\"", "\\", "\\\"]", {"\"":"\\"}])", R"([<"\"">,<"\\">,<"\\\"]">,<{"\"":"\\"}>])");
  ExpectItems(R"(["\u0022,", "A long string of more than sixteen bytes, with \"quotes\" and ] in it"])",
              R"([<"\u0022,">,<"A long string of more than sixteen bytes, with \"quotes\" and ] in it">])");
}

TEST(JsonScannerTest, WordsEndBeforeAnythingThatIsNotPartOfThem) {
  ExpectItems("[1 2]", "[<1><2>]");
  ExpectItems(R"([a"b"{}c[]])", R"([<a><"b"><{}><c><[]>])");
}

TEST(JsonScannerTest, AControlCharacterEndsNoString) {
  const std::string text = "[\"a\nb\x01\x1f\",1]";
  ExpectItems(text, "[<\"a\nb\x01\x1f\">,<1>]");
}

TEST(JsonScannerTest, AValueThatIsNotWholeHasNotEnded) {
  for (const std::string_view text : {"{", "[[1]", R"("a)", R"("a\")", R"({"a":"}")", "1", "true"}) {
    JsonScanner scanner;
    bool ended = false;
    InPieces(scanner, text, 1, [&] { ended = scanner.SkipValue(); });
    EXPECT_FALSE(ended) << text;
    EXPECT_TRUE(scanner.done()) << text;
  }
}

TEST(JsonScannerTest, NoValueBeginsWithASeparator) {
  for (const std::string_view text : {",", ":", "]", "}"}) {
    JsonScanner scanner;
    scanner.Feed(text);
    EXPECT_TRUE(scanner.SkipValue()) << text;
    EXPECT_EQ(scanner.at(), 0U) << text;
  }
}

TEST(JsonScannerTest, AValueCanBeOpenedAndSkippedAfterwards) {
  const std::string_view text = R"({ "a":{}} ,)";
  JsonScanner scanner;
  scanner.Feed(text);
  scanner.BeginValue();
  EXPECT_EQ(scanner.at(), 1U);
  EXPECT_EQ(scanner.depth(), 1);
  ASSERT_TRUE(scanner.SkipBlanks());
  EXPECT_EQ(scanner.next(), '"');
  EXPECT_TRUE(scanner.SkipValue());
  EXPECT_EQ(scanner.at(), 9U);
  EXPECT_EQ(scanner.depth(), 0);
}

TEST(JsonScannerTest, TokensCountDepthAndOffsets) {
  const std::string_view text = R"( {"a":[1]}])";
  JsonScanner scanner;
  std::string seen;
  InPieces(scanner, text, 3, [&] {
    if (!scanner.SkipBlanks()) return;
    seen += std::to_string(scanner.offset());
    seen += scanner.TakeToken();
    seen += std::to_string(scanner.depth()) + " ";
  });
  EXPECT_EQ(seen, "1{1 2\"1 3a1 4\"1 5:1 6[2 712 8]1 9}0 10]-1 ");
}

TEST(JsonScannerTest, PlainTextIsSkippedUpToAQuoteOrABackslash) {
  JsonScanner scanner;
  scanner.Feed("0123456789abcdef\x01g\\n\"");
  EXPECT_EQ(scanner.SkipPlainText(), '\\');
  EXPECT_EQ(scanner.at(), 18U);
  EXPECT_EQ(scanner.Take(), '\\');
  EXPECT_EQ(scanner.SkipPlainText(), '"');
  EXPECT_EQ(scanner.Take(), '"');
  EXPECT_TRUE(scanner.done());
  scanner.Feed("no end");
  EXPECT_EQ(scanner.SkipPlainText(), '\0');
  EXPECT_TRUE(scanner.done());
}

TEST(JsonListStateTest, CommasStandBetweenItems) {
  using Found = JsonListState::Found;
  JsonListState list;
  EXPECT_EQ(list.See(',', ']'), Found::kNoItem);
  EXPECT_EQ(list.See(':', ']'), Found::kNoItem);
  EXPECT_EQ(list.See('}', ']'), Found::kNoItem);
  EXPECT_EQ(list.See('1', ']'), Found::kItem);
  EXPECT_EQ(list.See('2', ']'), Found::kNoComma);
  EXPECT_EQ(list.See('}', ']'), Found::kNoComma);
  EXPECT_EQ(list.See(',', ']'), Found::kComma);
  EXPECT_EQ(list.See(']', ']'), Found::kNoItem);
  EXPECT_EQ(list.See(',', ']'), Found::kNoItem);
  EXPECT_EQ(list.See('{', ']'), Found::kItem);
  EXPECT_EQ(list.See(']', ']'), Found::kEnd);
  EXPECT_EQ(JsonListState().See('}', '}'), Found::kEnd);
}

}  // namespace
}  // namespace coffer::format
