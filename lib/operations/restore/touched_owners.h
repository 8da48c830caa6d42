// Reading everything that a store holds, for those who want to know whether it can be read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coffer/engine.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// Reads every value of every family, blob files included, and answers how many there are. Fails at the first that cannot be read.
Result<std::uint64_t> CountValues(engine::EngineCore& core, const OperationContext& context);

// Owners of whom a record, its messages or its content cannot be read. Fails where the index of owners itself cannot be read.
Result<std::vector<std::string>> FindTouchedOwners(Engine& engine, const OperationContext& context);

}  // namespace coffer::operations
