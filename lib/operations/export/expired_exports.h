// Finished exports in the data folder that have been kept long enough.
#pragma once

#include <optional>
#include <string_view>

#include "coffer/export.h"
#include "coffer/timestamp.h"
#include "engine/core.h"

namespace coffer::operations {

// When the export of this id, or of a file of its name, expires: kExportKept after its start, which is the time in the id. The
// journal forgets sooner than files go. Nothing where the name is none of an export.
std::optional<Timestamp> ExpiryOf(std::string_view id_or_file_name);

// Removes them. Names that are no export's are left alone; what cannot be removed is left to the next call.
void SweepExpiredExports(engine::EngineCore& core);

}  // namespace coffer::operations
