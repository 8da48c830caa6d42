// Call: the boundary between C++ and C, which no exception crosses. Inside it a bad argument or a failed Result is thrown as a
// Failure; without that, a hundred functions with five arguments each would consist mostly of checks. Callers in C see codes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "coffer/c.h"
#include "coffer/result.h"

struct coffer_error {
  coffer_status status;
  std::string message;
};

namespace coffer::c {

struct Failure {
  Status status;
};

// Throws a Failure with kInvalidArgument.
[[noreturn]] void Refuse(std::string message);
// Throws a Failure if `status` is not OK.
void Check(Status status);

// The value, or throws a Failure.
template <typename T>
T Value(Result<T> result) {
  if (!result.ok()) throw Failure{std::move(result).status()};
  return *std::move(result);
}

// Turns the exception that is being handled into a code and *error. Call it only inside a catch block.
coffer_status ReportException(coffer_error** error) noexcept;

template <typename Work>
coffer_status Call(coffer_error** error, Work&& work) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    work();
    return COFFER_OK;
  } catch (...) {
    return ReportException(error);
  }
}

// `work` returns a unique_ptr; *out receives its pointer.
template <typename Handle, typename Work>
coffer_status CallFor(Handle** out, coffer_error** error, Work&& work) noexcept {
  if (out != nullptr) *out = nullptr;
  return Call(error, [&] {
    if (out == nullptr) Refuse("the out parameter is NULL");
    std::unique_ptr<Handle> made = work();
    *out = made.release();
  });
}

}  // namespace coffer::c
