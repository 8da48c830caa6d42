// FieldLosses: what of another program's export the records do not carry as it stood, counted by field and reason.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/import.h"

namespace coffer::operations {

// Keeps kImportLossesKeptMax pairs of field and reason, each with the first place; what is beyond is in the total alone.
// One thread.
class FieldLosses {
 public:
  // Where the reader is: stands before each place noted from now on.
  void SetPlace(std::string place) { place_ = std::move(place); }
  // `where`: within the place; may be empty.
  void Note(std::string_view field, std::string_view reason, std::string_view where);

  std::uint64_t total() const { return total_; }
  // By field, then reason.
  std::vector<ImportLoss> Take();

 private:
  std::map<std::pair<std::string, std::string>, ImportLoss> losses_;
  std::uint64_t total_ = 0;
  std::string place_;
};

}  // namespace coffer::operations
