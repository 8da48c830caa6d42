// Scans the ids of the records in a Selection. Reads only index rows and headers.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "coffer/selection.h"
#include "engine/record_reads.h"

namespace coffer::engine {

// kInvalidArgument: the kind cannot be selected, or has no such status.
Status CheckSelection(const Selection& selection);

// Calls `visit` with each id; stops at the first failure of `visit` and returns it. The order is that of created_at if the
// selection has an owner, else that of ids.
Status ForEachSelected(const ReadView& view, const Selection& selection,
                       const std::function<Status(std::string_view id)>& visit);

}  // namespace coffer::engine
