// FieldLosses: counts, by field and reason, what an import of chats could not store unchanged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/import.h"

namespace coffer::operations {

// Keeps kImportLossesKeptMax pairs of field and reason, each with its first place. Others count only in the total.
// One thread.
class FieldLosses {
 public:
  // The current place of the reader: prefix of each place noted from now on.
  void SetPlace(std::string place) { place_ = std::move(place); }
  // `where`: the position within the place; may be empty.
  void Note(std::string_view field, std::string_view reason, std::string_view where);

  std::uint64_t total() const { return total_; }
  // Sorted by field, then reason.
  std::vector<ImportLoss> Take();

 private:
  std::map<std::pair<std::string, std::string>, ImportLoss> losses_;
  std::uint64_t total_ = 0;
  std::string place_;
};

}  // namespace coffer::operations
