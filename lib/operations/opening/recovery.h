// Recovery: what opening an engine does with operations that a crash interrupted.
#pragma once

#include "coffer/result.h"
#include "engine/core.h"
#include "operations/runner/runner.h"

namespace coffer::operations {

// Reads the journal. A writable engine also resumes, completes or fails every operation that has not ended, by the table in
// recovery.cc and by what it finds: a published backup and a restored store are complete. It also sweeps what crashes left:
// temporary files of exports and backups, expired exports, and rows of progress. What cannot be swept now is left to the next
// opening.
Status TakeUpInterrupted(engine::EngineCore& core, Runner& runner);

}  // namespace coffer::operations
