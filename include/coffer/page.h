// Page<T>: one page of a listing, and the cursor of the next one.
#pragma once

#include <string>
#include <vector>

namespace coffer {

// A plain value. A page may be empty and not the last.
template <typename T>
struct Page {
  std::vector<T> items;
  // The cursor: pass it as `after` to read the next page. Empty on the last page. Opaque text without blanks.
  // It stays valid across reopening. If records are added or deleted meanwhile, the listing continues after this page's last
  // item.
  std::string next;
};

}  // namespace coffer
