// Bulk delete: many records by ids or by a selection, in bounded atomic commits.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/bulk_delete.h"
#include "coffer/selection.h"
#include "engine/core.h"

namespace coffer::engine {

class Transaction;

// Within one call, whatever their number.
Result<BulkDeleteReport> BulkDeleteIds(EngineCore& core, Kind kind, std::span<const std::string> ids,
                                       const BulkDeleteOptions& options);
Result<BulkDeleteReport> BulkDeleteSelected(EngineCore& core, const Selection& selection, const BulkDeleteOptions& options);

// What stands against a bulk delete before it begins. Of a selection: it, with the options' owner.
Status CheckBulkDelete(const EngineCore& core, Kind kind, std::size_t ids, const BulkDeleteOptions& options);
Result<Selection> CheckBulkDelete(const EngineCore& core, const Selection& selection, const BulkDeleteOptions& options);

// The ids to look for, and those that cannot be there or were given before. Views into the ids given.
struct DistinctIds {
  std::vector<std::string_view> ids;
  std::vector<BulkDeleteError> refused;
};
DistinctIds SortOutIds(Kind kind, std::span<const std::string> ids);

// Called before the commit, with what it does, to add rows to it.
using BatchNote = std::function<void(Transaction& transaction, const BulkDeleteReport& added)>;

// One commit: at most kDeleteBatchRecordsMax distinct ids. `note` may be null. `requested` stays 0.
Result<BulkDeleteReport> DeleteOneBatch(EngineCore& core, Kind kind, std::span<const std::string_view> ids,
                                        const BulkDeleteOptions& options, const BatchNote& note);
void AddTo(BulkDeleteReport added, BulkDeleteReport& report);

}  // namespace coffer::engine
