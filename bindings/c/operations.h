// coffer_operation.
#pragma once

#include <memory>
#include <utility>

#include "call.h"
#include "coffer/operation.h"

struct coffer_operation {
  coffer::Operation operation;
};

namespace coffer::c {

// coffer_operation_finish reads the report from the journal, so the type of the report is not kept.
template <typename Report>
std::unique_ptr<coffer_operation> NewOperation(Result<OperationOf<Report>> started) {
  return std::make_unique<coffer_operation>(coffer_operation{Value(std::move(started))});
}

}  // namespace coffer::c
