// Where exceptions end: no call of the library that answers a Status or a Result lets one out.
#pragma once

#include <string_view>

#include "coffer/status.h"

namespace coffer {

// The exception that is being handled as a Status: kResourceExhausted where memory or threads ran out, else kInternal.
Status StatusOfException() noexcept;

// The same for what `who`, an object of the caller's, has thrown: kIoError, but for memory.
Status StatusOfException(std::string_view who) noexcept;

// Whether it is what a failed allocation became, and no named limit.
bool IsOfMemory(const Status& status) noexcept;

// What `work` answers, or what it threw.
template <typename Work>
auto Guarded(Work&& work) noexcept -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    return StatusOfException();
  }
}

}  // namespace coffer
