// Result<T>: a value, or the Status that says why there is no value.
#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include "coffer/status.h"

namespace coffer {

// Holds either a T or a failed Status. Test ok() first. A plain value: use one object from one thread at a time.
// Two programming errors are asserted in debug builds and undefined otherwise, as with std::optional: value() of a failed
// Result, and a Result made from an OK Status.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function can `return value;` and `return status;`.
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) { assert(!status_.ok()); }

  bool ok() const noexcept { return value_.has_value(); }
  // OK if there is a value.
  const Status& status() const& noexcept { return status_; }
  Status status() && noexcept { return std::move(status_); }

  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return *std::move(value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace coffer
