#include "coffer/status.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "coffer/version.h"
#include "support/status_matchers.h"

namespace coffer {
namespace {

TEST(StatusTest, OkHasNoMessageAndStaysOkWithContext) {
  const Status ok;
  EXPECT_TRUE(ok.ok());
  EXPECT_EQ(ok.code(), StatusCode::kOk);
  EXPECT_EQ(ok.message(), "");
  EXPECT_EQ(ok.ToString(), "ok");
  EXPECT_TRUE(ok.WithContext("opening").ok());
  EXPECT_TRUE(Status(StatusCode::kOk, "dropped").ok());
}

TEST(StatusTest, ContextComesBeforeTheMessageAndKeepsTheCode) {
  const Status status = Status::NotFound("no such file").WithContext("reading CURRENT").WithContext("opening /data");
  EXPECT_CODE(status, kNotFound);
  EXPECT_EQ(status.message(), "opening /data: reading CURRENT: no such file");
  EXPECT_EQ(status.ToString(), "not_found: opening /data: reading CURRENT: no such file");
}

TEST(StatusTest, CopiesAreIndependentAndMovesEmptyTheSource) {
  Status first = Status::Busy("held");
  Status second = first;
  first = Status::Conflict("changed");
  EXPECT_EQ(second.ToString(), "busy: held");
  second = first;
  EXPECT_EQ(second.ToString(), "conflict: changed");
  const Status& same = second;
  second = same;
  EXPECT_EQ(second.ToString(), "conflict: changed");
  const Status moved = std::move(second);
  EXPECT_EQ(moved.ToString(), "conflict: changed");
  first = Status();
  EXPECT_TRUE(first.ok());
}

TEST(StatusTest, EachCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(StatusCode::kInternal); ++code) {
    names.insert(StatusCodeName(static_cast<StatusCode>(code)));
  }
  EXPECT_EQ(names.size(), 13U);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(StatusCodeName(static_cast<StatusCode>(99)), "unknown");
}

TEST(ResultTest, HoldsAValueOrAFailure) {
  Result<std::string> value = std::string("text");
  ASSERT_OK(value);
  EXPECT_EQ(*value, "text");
  EXPECT_EQ(value->size(), 4U);
  EXPECT_EQ(*std::move(value), "text");
  const Result<std::string> failure = Status::Corruption("bad");
  EXPECT_FALSE(failure.ok());
  EXPECT_CODE(failure, kCorruption);
}

TEST(KindTest, NamesAreReadInEitherForm) {
  for (const Kind kind : kAllKinds) {
    EXPECT_EQ(ParseKind(KindName(kind)), kind);
    EXPECT_EQ(ParseKind(KindNamePlural(kind)), kind);
  }
  EXPECT_EQ(ParseKind("Conversation"), std::nullopt);
  EXPECT_EQ(ParseKind(""), std::nullopt);
}

TEST(VersionTest, HasThreeNumbers) {
  int dots = 0;
  for (const char letter : Version()) {
    dots += letter == '.' ? 1 : 0;
    EXPECT_TRUE(letter == '.' || (letter >= '0' && letter <= '9')) << Version();
  }
  EXPECT_EQ(dots, 2);
}

}  // namespace
}  // namespace coffer
