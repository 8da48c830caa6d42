// Page<T>: one bounded piece of a listing and the cursor to go on from.
#pragma once

#include <string>
#include <vector>

namespace coffer {

template <typename T>
struct Page {
  std::vector<T> items;
  // Give it as `after` to get the next page; empty when there is none. Opaque text without blanks; it stays good across
  // reopening, and when records are added or deleted meanwhile the listing goes on behind the last item seen.
  std::string next;
};

}  // namespace coffer
