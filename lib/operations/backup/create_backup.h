// Making a backup, for a caller who holds the engine's repository mutex.
#pragma once

#include <string_view>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/core.h"

namespace coffer::operations {

// As CreateBackup; `reason` is one of manifest.h's.
Result<BackupInfo> MakeBackup(engine::EngineCore& core, const BackupOptions& options, std::string_view reason);

// The options under which a second store is opened beside the live one: enough to look at it, in little memory.
storage::StoreOptions SmallStoreOptions(const engine::EngineCore& core, bool read_only);

}  // namespace coffer::operations
