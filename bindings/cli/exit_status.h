// The exit statuses of the command line. Scripts rely on them.
#pragma once

#include "coffer/status.h"

namespace coffer::cli {

enum class ExitStatus : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kPartial = 3,  // some items failed; the counts say how many
  kNotFound = 4,
  kCorruption = 5,
  kBusy = 6,
};

ExitStatus ExitStatusOf(StatusCode code);

}  // namespace coffer::cli
