#include "format/records/ulid.h"

#include <gtest/gtest.h>

namespace coffer::format {
namespace {

TEST(Ulids, SpellTimeAndRandomBits) {
  EXPECT_EQ(MakeUlid(0, 0, 0), "00000000000000000000000000");
  EXPECT_EQ(MakeUlid((std::int64_t{1} << 48) - 1, 0xFFFF, ~std::uint64_t{0}), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  // The specification's example.
  EXPECT_EQ(MakeUlid(1469918176385, 0, 0).substr(0, 10), "01ARYZ6S41");
  EXPECT_EQ(MakeUlid(0, 1, 1), "0000000000000G000000000001");
}

TEST(Ulids, SortByTimeAndClampIt) {
  EXPECT_LT(MakeUlid(1, 0xFFFF, ~std::uint64_t{0}), MakeUlid(2, 0, 0));
  EXPECT_EQ(MakeUlid(-5, 0, 7), MakeUlid(0, 0, 7));
  EXPECT_EQ(MakeUlid(INT64_MAX, 0, 0).substr(0, 10), "7ZZZZZZZZZ");
}

TEST(Ulids, AreFollowedByTheNextOneInOrder) {
  EXPECT_EQ(NextUlid("00000000000000000000000000"), "00000000000000000000000001");
  EXPECT_EQ(NextUlid("0000000000000000000000000H"), "0000000000000000000000000J");
  EXPECT_EQ(NextUlid("01ARYZ6S41ZZZZZZZZZZZZZZZZ"), "01ARYZ6S420000000000000000");
  EXPECT_EQ(NextUlid("ZZ"), "ZZ");
}

}  // namespace
}  // namespace coffer::format
