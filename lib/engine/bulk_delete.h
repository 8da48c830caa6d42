// Bulk delete: many records by ids or by a selection, in bounded atomic commits.
#pragma once

#include <span>
#include <string>

#include "coffer/bulk_delete.h"
#include "coffer/selection.h"
#include "engine/core.h"

namespace coffer::engine {

Result<BulkDeleteReport> BulkDeleteIds(EngineCore& core, Kind kind, std::span<const std::string> ids,
                                       const BulkDeleteOptions& options);
Result<BulkDeleteReport> BulkDeleteSelected(EngineCore& core, const Selection& selection, const BulkDeleteOptions& options);

}  // namespace coffer::engine
