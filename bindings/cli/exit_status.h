// The exit statuses of the command line: a contract that scripts rely on.
#pragma once

#include "coffer/status.h"

namespace coffer::cli {

enum class ExitStatus : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kPartial = 3,  // some items failed; the counts say what
  kNotFound = 4,
  kCorruption = 5,
  kBusy = 6,
};

ExitStatus ExitStatusOf(StatusCode code);

}  // namespace coffer::cli
