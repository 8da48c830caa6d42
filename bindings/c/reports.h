// Reports as JSON objects. Members have the names of the public headers.
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
// The same object as in the journal's result.
std::string ReportText(const BulkDeleteReport& report);
std::string ReportText(const OperationInfo& operation);
std::string ReportText(const BackupInfo& backup);
std::string ReportText(const KeyInfo& keys);
std::string ReportText(const TokenInfo& token);
std::string ReportText(const CreatedToken& token);
std::string ReportText(const Principal& principal);

}  // namespace coffer::c
