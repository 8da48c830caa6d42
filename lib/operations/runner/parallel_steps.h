// Runs the steps of one operation on a few threads.
#pragma once

#include <cstddef>
#include <functional>

#include "coffer/status.h"

namespace coffer::operations {

// Two threads keep both cores of a small machine busy; more would only use more memory.
inline constexpr std::size_t kParallelStepsMax = 2;

// Calls `step` with 0 to `count` - 1, in this order, on at most kParallelStepsMax threads including the caller's. After the
// first failure no further step starts; that failure is returned once all started steps have ended.
Status RunInParallel(std::size_t count, const std::function<Status(std::size_t)>& step);

}  // namespace coffer::operations
