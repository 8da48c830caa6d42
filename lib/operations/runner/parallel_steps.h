// Steps of one operation on a few threads.
#pragma once

#include <cstddef>
#include <functional>

#include "coffer/status.h"

namespace coffer::operations {

// Two keep both cores of a small machine at work; more would only add memory.
inline constexpr std::size_t kParallelStepsMax = 2;

// Calls `step` with 0 to `count` - 1, in this order, on at most kParallelStepsMax threads, the caller's among them. The first
// failure keeps further steps from beginning and is answered when all that have begun are over.
Status RunInParallel(std::size_t count, const std::function<Status(std::size_t)>& step);

}  // namespace coffer::operations
