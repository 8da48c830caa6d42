#include "format/stored/tally.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "support/status_matchers.h"

namespace coffer::format {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

TEST(TallyTest, TheDigestIsXxh3OfTheBytes) {
  // From `printf '' | xxhsum -H128` and `printf 'coffer' | xxhsum -H128`.
  EXPECT_EQ(ContentDigest(""), (Digest128{.low = 0x6001c324468d497fU, .high = 0x99aa06d3014798d8U}));
  EXPECT_EQ(ContentDigest("coffer"), (Digest128{.low = 0xa6efbe38c2585995U, .high = 0x70f294567b251fcdU}));
}

TEST(TallyTest, PartsHaveTheDigestOfTheWhole) {
  for (const std::size_t size : {0U, 1U, 200U, 1000U, 100'000U}) {
    const std::string text(size, 't');
    const std::array<std::string_view, 3> parts = {"a", "key", text};
    EXPECT_EQ(ContentDigest(parts), ContentDigest("akey" + text)) << size;
  }
}

TEST(TallyTest, DigestsAddModuloTwoToThe128AndOrderDoesNotMatter) {
  Digest128 sum = {.low = kMax, .high = kMax};
  sum.Add({.low = 1, .high = 0});
  EXPECT_EQ(sum, Digest128());
  sum.Subtract({.low = 1, .high = 0});
  EXPECT_EQ(sum, (Digest128{.low = kMax, .high = kMax}));
  Digest128 forward;
  Digest128 backward;
  for (int i = 0; i < 100; ++i) {
    forward.Add(ContentDigest(std::to_string(i)));
    backward.Add(ContentDigest(std::to_string(99 - i)));
  }
  EXPECT_EQ(forward, backward);
}

TEST(TallyTest, SubtractingWhatWasAddedGivesBackTheRest) {
  const Tally first = {.count = 3, .bytes = 500, .digest = ContentDigest("first")};
  const Tally second = {.count = 9, .bytes = kMax, .digest = ContentDigest("second")};
  Tally difference;
  difference.Subtract(second);
  Tally total = first;
  total.Add(second);
  EXPECT_NE(total, first);
  total.Add(difference);
  EXPECT_EQ(total, first);
}

TEST(TallyTest, EncodesAsFourLittleEndianNumbers) {
  const Tally tally = {.count = 1, .bytes = 0x0203, .digest = {.low = kMax, .high = 0x0400000000000000U}};
  std::string bytes = "before";
  AppendTally(bytes, tally);
  const std::string expected = "before" + std::string("\x01\0\0\0\0\0\0\0", 8) + std::string("\x03\x02\0\0\0\0\0\0", 8) +
                               std::string(8, '\xff') + std::string("\0\0\0\0\0\0\0\x04", 8);
  EXPECT_EQ(bytes, expected);
  const Result<Tally> decoded = DecodeTally(std::string_view(bytes).substr(6));
  ASSERT_OK(decoded);
  EXPECT_EQ(*decoded, tally);
}

TEST(TallyTest, AnyOtherLengthIsCorruption) {
  for (const std::size_t length : {std::size_t{0}, kTallyBytes - 1, kTallyBytes + 1}) {
    EXPECT_CODE(DecodeTally(std::string(length, 'x')), kCorruption);
  }
}

}  // namespace
}  // namespace coffer::format
