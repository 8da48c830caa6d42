// Expiry of finished exports in the data folder.
#pragma once

#include <optional>
#include <string_view>

#include "coffer/export.h"
#include "coffer/timestamp.h"
#include "engine/core.h"

namespace coffer::operations {

// When the export with this id or file name expires: kExportKept after its start. The start is read from the id, since the
// journal forgets operations before their files expire. Nothing if the name is not an export's.
std::optional<Timestamp> ExpiryOf(std::string_view id_or_file_name);

// Removes expired exports and leaves other files alone. A file that cannot be removed is tried again by the next call.
void SweepExpiredExports(engine::EngineCore& core);

}  // namespace coffer::operations
