// Turns exceptions into Statuses: no call of the library that returns a Status or a Result throws.
#pragma once

#include <string_view>

#include "coffer/status.h"

namespace coffer {

// The current exception as a Status: kResourceExhausted if memory or threads ran out, else kInternal. Call in a catch block.
Status StatusOfException() noexcept;

// The same for an exception of `who`, an object of the caller: kResourceExhausted if memory ran out, else kIoError.
Status StatusOfException(std::string_view who) noexcept;

// Whether `status` comes from a failed allocation, and not from a limit.
bool IsOfMemory(const Status& status) noexcept;

// The result of `work`, or its exception as a Status.
template <typename Work>
auto Guarded(Work&& work) noexcept -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    return StatusOfException();
  }
}

}  // namespace coffer
