// StorageStatsResponse of the contract.
#pragma once

#include "coffer/statistics.h"
#include "json/value.h"

namespace coffer::json {

Value StorageStatsResponse(const StorageStatistics& statistics);

}  // namespace coffer::json
