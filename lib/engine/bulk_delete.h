// Bulk delete: deletes many records, by ids or by a selection, in atomic commits of bounded size.
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

// Any number of records in one call.
Result<BulkDeleteReport> BulkDeleteIds(EngineCore& core, Kind kind, std::span<const std::string> ids,
                                       const BulkDeleteOptions& options);
Result<BulkDeleteReport> BulkDeleteSelected(EngineCore& core, const Selection& selection, const BulkDeleteOptions& options);

// Checks the arguments of a bulk delete before it begins. The second returns the selection with the owner of the options.
// kInvalidArgument: a kind that cannot be deleted in bulk, an invalid selection, different owners, or too many ids.
// kPermissionDenied, kUnavailable: the store cannot be written, and it is not a dry run.
Status CheckBulkDelete(const EngineCore& core, Kind kind, std::size_t ids, const BulkDeleteOptions& options);
Result<Selection> CheckBulkDelete(const EngineCore& core, const Selection& selection, const BulkDeleteOptions& options);

// The ids to look up, and those that are malformed or occur twice. `ids` are views into the argument.
struct DistinctIds {
  std::vector<std::string_view> ids;
  std::vector<BulkDeleteError> refused;
};
DistinctIds SortOutIds(Kind kind, std::span<const std::string> ids);

// Called before a commit, with its report, to add rows to it.
using BatchNote = std::function<void(Transaction& transaction, const BulkDeleteReport& added)>;

// Deletes at most kDeleteBatchRecordsMax distinct ids in one commit. `note` may be null. `requested` in the report stays 0.
Result<BulkDeleteReport> DeleteOneBatch(EngineCore& core, Kind kind, std::span<const std::string_view> ids,
                                        const BulkDeleteOptions& options, const BatchNote& note);
void AddTo(BulkDeleteReport added, BulkDeleteReport& report);

}  // namespace coffer::engine
