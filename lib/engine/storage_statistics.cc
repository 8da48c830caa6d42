// Statistics from the counters in memory and the sizes of files.
#include "engine/storage_statistics.h"

#include <cmath>
#include <utility>
#include <vector>

namespace coffer::engine {
namespace {

constexpr std::size_t kGrowthDaysMax = 30;
constexpr double kProjectionDays = 30;

}  // namespace

std::optional<double> GrowthBytesPerDay(const std::map<std::int32_t, KindTallies>& by_day) {
  std::vector<std::pair<double, double>> points;
  std::uint64_t bytes = 0;
  for (const auto& [day, added] : by_day) {
    bytes += added.LogicalBytes();  // negative differences wrap around, and so does the sum
    points.emplace_back(static_cast<double>(day), static_cast<double>(bytes));
  }
  if (points.size() > kGrowthDaysMax) points.erase(points.begin(), points.end() - kGrowthDaysMax);
  if (points.size() < 2) return std::nullopt;

  // The least-squares line through the points. Days count from the first point, for precision.
  const double count = static_cast<double>(points.size());
  double day_mean = 0;
  double bytes_mean = 0;
  for (const auto& [day, value] : points) {
    day_mean += (day - points.front().first) / count;
    bytes_mean += value / count;
  }
  double covariance = 0;
  double variance = 0;
  for (const auto& [day, value] : points) {
    const double from_mean = day - points.front().first - day_mean;
    covariance += from_mean * (value - bytes_mean);
    variance += from_mean * from_mean;
  }
  return covariance / variance;
}

StorageStatistics TakeStatistics(EngineCore& core) {
  StorageStatistics statistics;
  statistics.last_updated = core.Now();
  {
    const StoreAccess access = core.Access();
    for (const storage::FamilyName& family : storage::kFamilies) {
      const bool contents = family.family == storage::Family::kContents;
      (contents ? statistics.contents_bytes : statistics.database_bytes) += access->FamilyBytes(family.family);
    }
    statistics.database_bytes += access->LogBytes();
  }
  statistics.backups_bytes = core.backups_bytes;
  statistics.exports_bytes = core.exports_bytes;
  statistics.total_backups = core.backups_count;
  statistics.total_bytes =
      statistics.database_bytes + statistics.contents_bytes + statistics.backups_bytes + statistics.exports_bytes;

  std::optional<double> growth;
  core.totals().Read([&](const CounterState& counters) {
    const KindTallies sum = counters.Sum();
    for (Kind kind : kAllKinds) {
      const std::string name(KindNamePlural(kind));
      statistics.logical_bytes_by_kind[name] = sum[kind].bytes;
      if (kind == Kind::kContent) {
        statistics.total_contents = sum[kind].count;
        continue;
      }
      statistics.records_by_kind[name] = sum[kind].count;
      statistics.total_records += sum[kind].count;
    }
    for (const auto& [owner, tallies] : counters.by_owner) {
      if (!(tallies == KindTallies())) statistics.logical_bytes_by_owner[owner] = tallies.LogicalBytes();
    }
    growth = GrowthBytesPerDay(counters.by_day);
  });
  if (!growth) return statistics;
  statistics.growth_bytes_per_day = *growth;
  const double projected = static_cast<double>(statistics.total_bytes) + kProjectionDays * *growth;
  if (projected > 0) statistics.projected_bytes_30_days = static_cast<std::uint64_t>(std::llround(projected));
  return statistics;
}

}  // namespace coffer::engine
