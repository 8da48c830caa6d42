// SelectionScan: the ids of the records that a Selection holds, by index rows and headers alone.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "coffer/selection.h"
#include "engine/record_reads.h"

namespace coffer::engine {

// kInvalidArgument: a kind that cannot be selected, or a status that the kind does not have.
Status CheckSelection(const Selection& selection);

// Calls `visit` with each id; a failed answer ends the scan and is handed on. With an owner in the order of created_at, else
// in the order of ids.
Status ForEachSelected(const ReadView& view, const Selection& selection,
                       const std::function<Status(std::string_view id)>& visit);

}  // namespace coffer::engine
