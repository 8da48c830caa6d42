#include "format/age/base64.h"

#include <gtest/gtest.h>

#include <random>

namespace coffer::format {
namespace {

TEST(Base64, EncodesAndDecodesTheExamplesOfTheRfc) {
  const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    std::string encoded = "x";
    AppendBase64(bytes, encoded);
    EXPECT_EQ(encoded, "x" + text);
    std::string decoded = "y";
    EXPECT_TRUE(DecodeBase64(text, decoded).ok());
    EXPECT_EQ(decoded, "y" + bytes);
  }
}

TEST(Base64, BringsBackBytesOfAnyLength) {
  std::mt19937 random(1);
  for (std::size_t length : {1U, 2U, 3U, 255U, 4096U, (3U << 20) + 1U}) {
    std::string bytes(length, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::string text;
    std::string back;
    AppendBase64(bytes, text);
    ASSERT_TRUE(DecodeBase64(text, back).ok());
    EXPECT_EQ(back, bytes);
  }
}

// Pieces are decoded or refused like the whole text.
TEST(Base64, PiecesAreDecodedAsTheWhole) {
  const std::string texts[] = {"",
                               "Zg==",
                               "Zm8=",
                               "Zm9v",
                               "Zm9vYmFy",
                               "Zm9vYmE=",
                               "Zm9vY",
                               "Zm9vYmF",
                               "Zm9=",
                               "=",
                               "====",
                               "Zg==Zg==",
                               "Zm9*YmFy",
                               "Zm9vYmF*",
                               "Zm9vYm=y",
                               "Zm9v YmFy",
                               "Zm9vYmFyZm9vYmFyZ*9vYmFy"};
  for (const std::string& text : texts) {
    std::string whole;
    const Status expected = DecodeBase64(text, whole);
    for (std::size_t step = 1; step <= text.size() + 1; ++step) {
      Base64Decoder decoder;
      std::string pieces;
      Status status;
      for (std::size_t at = 0; at < text.size() && status.ok(); at += step) {
        status = decoder.Append(std::string_view(text).substr(at, step), pieces);
      }
      if (status.ok()) status = decoder.Finish(pieces);
      EXPECT_EQ(status.ToString(), expected.ToString()) << text << " by " << step;
      if (expected.ok()) {
        EXPECT_EQ(pieces, whole) << text << " by " << step;
      }
    }
  }
}

TEST(Base64, RefusesAndNamesTheFirstBadPlace) {
  const std::pair<std::string, std::string> cases[] = {
      {"Zm9v Zg=", "base64 byte 4"}, {"Zg", "base64 byte 2: padding"}, {"Zm9vZ", "base64 byte 5"}, {"Z===", "base64 byte 1"},
      {"====", "base64 byte 0"},     {"Zg==Zg==", "base64 byte 2"},    {"Zh==", "base64 byte 1"},  {"Zm9=", "base64 byte 2"},
      {"Zm9-", "base64 byte 3"},     {"Zg=a", "base64 byte 2"},        {"Zm9v\n", "base64 byte 5"}};
  for (const auto& [text, reason] : cases) {
    std::string out = "kept";
    const Status status = DecodeBase64(text, out);
    EXPECT_TRUE(status.message().starts_with(reason)) << text << ": " << status.ToString();
    EXPECT_EQ(out, "kept");
  }
}

}  // namespace
}  // namespace coffer::format
