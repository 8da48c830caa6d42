// Makes a backup within an operation that has the repository to itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "operations/repository/manifest.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

Status CheckBackupOptions(const BackupOptions& options);
Result<BackupInfo> MakeBackup(engine::EngineCore& core, const BackupOptions& options, const BackupRole& role,
                              OperationContext& context);

// The result of a backup as the text that the journal keeps.
std::string BackupReportText(const BackupInfo& info);

}  // namespace coffer::operations
