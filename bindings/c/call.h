// Call: the border that no exception crosses. Behind it a bad argument or a failed Result is thrown as a Failure, since a
// hundred functions of five arguments each would else be mostly checks; in front of it there are codes alone.
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

[[noreturn]] void Refuse(std::string message);  // kInvalidArgument
void Check(Status status);

template <typename T>
T Value(Result<T> result) {
  if (!result.ok()) throw Failure{std::move(result).status()};
  return *std::move(result);
}

// To be called where an exception is being handled.
coffer_status TellException(coffer_error** error) noexcept;

template <typename Work>
coffer_status Call(coffer_error** error, Work&& work) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    work();
    return COFFER_OK;
  } catch (...) {
    return TellException(error);
  }
}

// What `work` answers, a unique_ptr, goes to *out.
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
