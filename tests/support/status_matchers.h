// Expectations on a Status or a Result that show the whole message when they fail.
#pragma once

#include <gtest/gtest.h>

#include "coffer/result.h"
#include "coffer/status.h"

namespace coffer {

inline Status StatusOf(const Status& status) { return status; }
template <typename T>
Status StatusOf(const Result<T>& result) {
  return result.status();
}

inline ::testing::AssertionResult IsOk(const Status& status) {
  return status.ok() ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << status.ToString();
}

inline ::testing::AssertionResult HasCode(const Status& status, StatusCode code) {
  return status.code() == code
             ? ::testing::AssertionSuccess()
             : ::testing::AssertionFailure() << "expected " << StatusCodeName(code) << ", got " << status.ToString();
}

}  // namespace coffer

#define EXPECT_OK(expression) EXPECT_TRUE(::coffer::IsOk(::coffer::StatusOf(expression)))
#define ASSERT_OK(expression) ASSERT_TRUE(::coffer::IsOk(::coffer::StatusOf(expression)))
#define EXPECT_CODE(expression, expected) \
  EXPECT_TRUE(::coffer::HasCode(::coffer::StatusOf(expression), ::coffer::StatusCode::expected))
