#include "operations/export/owned_ids.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "format/stored/keys.h"
#include "operations/export/record_stream.h"
#include "vocabulary/try.h"

namespace coffer::operations {

void OwnedIds::Add(std::string_view id) {
  text_ += id;
  ends_.push_back(static_cast<std::uint32_t>(text_.size()));
}

Result<bool> OwnedIds::List(storage::Store& store, const storage::StoreSnapshot* snapshot, Kind kind,
                            const RecordFilter& filter) {
  const std::string prefix = format::OwnerPrefix(kind, filter.owner);
  const std::string end =
      filter.created_before ? format::OwnerKey(kind, filter.owner, *filter.created_before, {}) : format::PrefixEnd(prefix);
  storage::ScanOptions options;
  options.snapshot = snapshot;
  options.fill_cache = false;
  const std::unique_ptr<storage::Scan> scan = store.NewScan(
      storage::Family::kByOwner, filter.created_from ? format::OwnerKey(kind, filter.owner, *filter.created_from, {}) : prefix,
      end, options);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const std::optional<format::OwnerKeyParts> key = format::ParseOwnerKey(scan->key());
    if (!key) return Status::Corruption("by_owner: malformed key");
    if (ends_.size() == kWalkIdsMax || text_.size() + key->id.size() > kWalkIdBytesMax) return false;
    Add(key->id);
  }
  COFFER_TRY_CONTEXT(scan->status(), "by_owner");
  Sort();
  return true;
}

// The index sorts by time, so ids that grow with time are already sorted.
void OwnedIds::Sort() {
  std::vector<std::uint32_t> order(size());
  std::iota(order.begin(), order.end(), 0U);
  const auto id_at = [this](std::uint32_t i) {
    const std::size_t begin = Begin(i);
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  };
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return id_at(a) < id_at(b); };
  if (std::ranges::is_sorted(order, before)) return;
  std::ranges::sort(order, before);
  order_ = std::move(order);
}

}  // namespace coffer::operations
