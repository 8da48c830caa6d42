// coffer_batch and coffer_outcomes.
#pragma once

#include <vector>

#include "coffer/batch.h"
#include "engine_use.h"

struct coffer_batch {
  coffer::c::EngineUse use;
  coffer::Batch batch;
};

struct coffer_outcomes {
  std::vector<coffer::ItemResult> items;
};

namespace coffer::c {

// Throws a Failure for a batch of another engine.
Batch& BatchOf(coffer_batch* batch, const EngineUse& use);

}  // namespace coffer::c
