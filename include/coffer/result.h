// Result<T>: a value, or the Status that says why there is none.
#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include "coffer/status.h"

namespace coffer {

// Holds exactly one of a T and a failed Status. value() on a failed Result, and a Result made of an OK Status, are programming
// errors: asserted in debug builds, undefined otherwise, as with std::optional. Test ok() first.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return status;` both read naturally.
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) { assert(!status_.ok()); }

  bool ok() const noexcept { return value_.has_value(); }
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
