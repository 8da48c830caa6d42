#include "format/records/sha256.h"

#include <gtest/gtest.h>

namespace coffer::format {
namespace {

TEST(Sha256Test, GivesTheKnownDigestsAndStartsAnew) {
  Sha256 sha;
  EXPECT_EQ(HexText(sha.Finish()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  sha.Update("a");
  sha.Update("bc");
  const std::string digest = sha.Finish();
  EXPECT_EQ(digest.size(), kSha256Bytes);
  EXPECT_EQ(HexText(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  sha.Update("abc");
  Sha256 moved = std::move(sha);
  EXPECT_EQ(moved.Finish(), digest);
}

}  // namespace
}  // namespace coffer::format
