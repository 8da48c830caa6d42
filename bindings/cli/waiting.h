// Waits for an operation, with a progress bar on a terminal. Ctrl-C cancels the operation.
#pragma once

#include <string>

#include "coffer/operation.h"
#include "coffer/result.h"

namespace coffer::cli {

// Returns when the operation has ended. The first Ctrl-C cancels it; a second one ends the process.
void AwaitEnd(const Operation& operation, const std::string& label);

// Waits for the operation in `started` and returns its report, or the failure to start.
template <typename Report>
Result<Report> Await(const Result<OperationOf<Report>>& started, const std::string& label) {
  if (!started.ok()) return started.status();
  AwaitEnd(*started, label);
  return started->Finish();
}

}  // namespace coffer::cli
