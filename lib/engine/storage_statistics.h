// Statistics from the counters in memory and from what the files occupy.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "coffer/statistics.h"
#include "engine/core.h"

namespace coffer::engine {

StorageStatistics TakeStatistics(EngineCore& core);

// The slope through the totals at the end of each of the last 30 days that have one; nothing with fewer than two.
std::optional<double> GrowthBytesPerDay(const std::map<std::int32_t, KindTallies>& by_day);

}  // namespace coffer::engine
