// Reads everything in a store to check that it can be read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coffer/engine.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// Reads every value of every family, including blob files, and returns their number. Fails at the first that cannot be read.
Result<std::uint64_t> CountValues(engine::EngineCore& core, const OperationContext& context);

// Owners with a record whose text, messages or content cannot be read. Fails if the index of owners cannot be read.
Result<std::vector<std::string>> FindTouchedOwners(Engine& engine, const OperationContext& context);

}  // namespace coffer::operations
