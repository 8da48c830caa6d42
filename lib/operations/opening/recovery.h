// Recovery: what the opening of an engine does about operations that a crash cut off.
#pragma once

#include "coffer/result.h"
#include "engine/core.h"
#include "operations/runner/runner.h"

namespace coffer::operations {

// Reads the journal. In an engine that writes it also goes on with what can go on, fails the rest with "interrupted", and
// sweeps what that left behind: unfinished exports and backups, rows of progress. What cannot be swept now is left to the next
// opening.
Status TakeUpInterrupted(engine::EngineCore& core, Runner& runner);

}  // namespace coffer::operations
