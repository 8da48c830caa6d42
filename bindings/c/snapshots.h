// coffer_snapshot.
#pragma once

#include <memory>

#include "coffer/options.h"
#include "coffer/snapshot.h"
#include "engine_use.h"

struct coffer_snapshot {
  coffer::c::EngineUse use;
  std::unique_ptr<coffer::Snapshot> snapshot;
};

namespace coffer::c {

// Null, which means the newest state, if `snapshot` is NULL. Throws a Failure for a snapshot of another engine.
const Snapshot* At(const coffer_snapshot* snapshot, const EngineUse& use);

}  // namespace coffer::c
