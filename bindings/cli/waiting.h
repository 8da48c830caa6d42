// Waiting for an operation as a command does: with a bar on a terminal, and Ctrl-C cancels it.
#pragma once

#include <string>

#include "coffer/operation.h"
#include "coffer/result.h"

namespace coffer::cli {

// Returns when it has ended. The first Ctrl-C asks it to stop; a second one ends the process.
void AwaitEnd(const Operation& operation, const std::string& label);

// Waits for what `started` holds, if anything, and gives its report.
template <typename Report>
Result<Report> Await(const Result<OperationOf<Report>>& started, const std::string& label) {
  if (!started.ok()) return started.status();
  AwaitEnd(*started, label);
  return started->Finish();
}

}  // namespace coffer::cli
