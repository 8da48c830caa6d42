// Statistics from the counters in memory and from what the files occupy.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "coffer/statistics.h"
#include "engine/core.h"

namespace coffer::engine {

StorageStatistics TakeStatistics(EngineCore& core);

// The slope of the totals at the ends of the last 30 days with changes; nullopt if there are fewer than two such days.
std::optional<double> GrowthBytesPerDay(const std::map<std::int32_t, KindTallies>& by_day);

}  // namespace coffer::engine
