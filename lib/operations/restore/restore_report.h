// A restore's report as the text that the journal keeps.
#pragma once

#include <string>

#include "coffer/backup.h"

namespace coffer::operations {

std::string RestoreReportText(const RestoreReport& report);

}  // namespace coffer::operations
