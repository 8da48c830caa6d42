// Reports as JSON, member for member as the public headers name them.
#pragma once

#include <string>

#include "coffer/backup.h"
#include "coffer/bulk_delete.h"
#include "coffer/integrity.h"
#include "coffer/key.h"
#include "coffer/operation.h"
#include "coffer/statistics.h"
#include "coffer/token.h"

namespace coffer::c {

std::string ReportText(const StorageStatistics& statistics);
std::string ReportText(const IntegrityReport& report);
// As the journal tells it.
std::string ReportText(const BulkDeleteReport& report);
std::string ReportText(const OperationInfo& operation);
std::string ReportText(const BackupInfo& backup);
std::string ReportText(const KeyInfo& keys);
std::string ReportText(const TokenInfo& token);
std::string ReportText(const CreatedToken& token);
std::string ReportText(const Principal& principal);

}  // namespace coffer::c
