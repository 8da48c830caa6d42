// OwnedIds: a compact, sorted list of the ids of one owner's records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "storage/store.h"

namespace coffer::operations {

struct RecordFilter;

// Ids are stored back to back in one string: a std::string each would take four times the memory of a ULID.
class OwnedIds {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = order_.empty() ? Begin(i) : Begin(order_[i]);
    const std::size_t end = order_.empty() ? ends_[i] : ends_[order_[i]];
    return std::string_view(text_).substr(begin, end - begin);
  }

  void Add(std::string_view id);
  // Reads the ids of the filter's owner and time window from the index. False: more than kWalkIdsMax or kWalkIdBytesMax.
  Result<bool> List(storage::Store& store, const storage::StoreSnapshot* snapshot, Kind kind, const RecordFilter& filter);

 private:
  std::size_t Begin(std::size_t i) const { return i == 0 ? 0 : ends_[i - 1]; }
  void Sort();

  std::string text_;
  std::vector<std::uint32_t> ends_;
  std::vector<std::uint32_t> order_;  // empty: in the order of adding
};

}  // namespace coffer::operations
