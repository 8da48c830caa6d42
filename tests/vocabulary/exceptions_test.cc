// Exceptions become codes by what the caller can do; objects that cannot return a failure cannot throw.
#include "vocabulary/exceptions.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "coffer/clock.h"
#include "coffer/random_source.h"
#include "support/status_matchers.h"

namespace coffer {
namespace {

static_assert(noexcept(std::declval<Clock&>().NowMicroseconds()));
static_assert(noexcept(std::declval<RandomSource&>().Next()));

template <typename Exception>
Status Thrown(Exception exception) {
  return Guarded([&]() -> Status { throw exception; });
}

template <typename Exception>
Status ThrownBySource(Exception exception) {
  try {
    throw exception;
  } catch (...) {
    return StatusOfException("the source");
  }
}

TEST(ExceptionsTest, WhatRanOutIsToldAsThat) {
  EXPECT_CODE(Thrown(std::bad_alloc()), kResourceExhausted);
  EXPECT_CODE(Thrown(std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again))), kResourceExhausted);
  EXPECT_CODE(ThrownBySource(std::bad_alloc()), kResourceExhausted);
}

TEST(ExceptionsTest, AnythingElseIsABrokenInvariantWithItsWords) {
  const Status failure = Thrown(std::runtime_error("out of luck"));
  EXPECT_CODE(failure, kInternal);
  EXPECT_EQ(failure.message(), "out of luck");
  EXPECT_CODE(Thrown(std::system_error(std::make_error_code(std::errc::invalid_argument))), kInternal);
  EXPECT_CODE(Thrown(7), kInternal);
}

TEST(ExceptionsTest, WhatAnObjectOfTheCallersThrowsIsAFailureOfItsDevice) {
  const Status failure = ThrownBySource(std::runtime_error("out of luck"));
  EXPECT_CODE(failure, kIoError);
  EXPECT_EQ(failure.message(), "the source threw an exception: out of luck");
  EXPECT_CODE(ThrownBySource(7), kIoError);
}

TEST(ExceptionsTest, WithoutOneTheAnswerIsThatOfTheWork) {
  EXPECT_OK(Guarded([] { return Status::Ok(); }));
  EXPECT_EQ(*Guarded([] { return Result<int>(3); }), 3);
  EXPECT_CODE(Guarded([] { return Status::Busy("later"); }), kBusy);
}

}  // namespace
}  // namespace coffer
