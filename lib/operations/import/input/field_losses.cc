#include "operations/import/input/field_losses.h"

namespace coffer::operations {
namespace {

// A name from the export may be as long as the export.
constexpr std::size_t kWhereBytesMax = 256;

}  // namespace

void FieldLosses::Note(std::string_view field, std::string_view reason, std::string_view where) {
  ++total_;
  std::pair<std::string, std::string> key(field, reason);
  auto loss = losses_.find(key);
  if (loss == losses_.end()) {
    if (losses_.size() >= kImportLossesKeptMax) return;
    loss = losses_.try_emplace(std::move(key)).first;
    loss->second.field = field;
    loss->second.reason = reason;
    loss->second.first = place_;
    if (!where.empty() && !place_.empty()) loss->second.first += ", ";
    loss->second.first += where.substr(0, kWhereBytesMax);
  }
  ++loss->second.count;
}

std::vector<ImportLoss> FieldLosses::Take() {
  std::vector<ImportLoss> all;
  all.reserve(losses_.size());
  for (auto& [key, loss] : losses_) all.push_back(std::move(loss));
  losses_.clear();
  return all;
}

}  // namespace coffer::operations
