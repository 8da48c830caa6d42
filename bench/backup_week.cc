#include "backup_week.h"

#include <algorithm>
#include <cstdio>

namespace coffer::bench {
namespace {

template <typename... Values>
std::string Text(const char* form, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, form, values...);
  return text;
}

std::string TableRow(const std::string& day, const DayFigures& d) {
  return "| " + day +
         Text(" | %.2f | %.2f | %.2f | %.2f | %.0f | %.0f | %.0f |\n", d.changed_mb, d.coffer_mb, d.engine_mb, d.restic_mb,
              d.coffer_s * 1e3, d.engine_s * 1e3, d.restic_s * 1e3);
}

template <typename Ratio>
std::vector<double> Sorted(const WeekFigures& week, Ratio ratio) {
  std::vector<double> ratios;
  for (const DayFigures& day : week.days) ratios.push_back(ratio(day));
  std::sort(ratios.begin(), ratios.end());
  return ratios;
}

}  // namespace

std::string WeekTable(const std::string& title, const WeekFigures& week) {
  std::string text = "\n| " + title +
                     " | changed, MB | stored, MB | BackupEngine | restic | time, ms | BackupEngine | restic |\n"
                     "|---|---|---|---|---|---|---|---|\n";
  for (std::size_t day = 0; day < week.days.size(); ++day) text += TableRow("day " + std::to_string(day + 1), week.days[day]);
  return text + TableRow("after a forced full compaction", week.compacted);
}

void AddWeekRows(const std::string& store, double engine_time_max, const WeekFigures& week, std::vector<Row>& rows) {
  const auto stored = Sorted(week, [](const DayFigures& d) { return d.coffer_mb / d.changed_mb; });
  const auto time = Sorted(week, [](const DayFigures& d) { return d.coffer_s / d.engine_s; });
  constexpr double kStoredMax = 3;
  rows.push_back({"bytes of a day's incremental, worst of 7, " + store, Text("median %.2f", stored[stored.size() / 2]),
                  stored.back(), "× changed", kStoredMax, true});
  rows.push_back({"time of a day's incremental, worst of 7, " + store,
                  Text("median %.2f; first day %.0f ms; BackupEngine %.0f", time[time.size() / 2], week.days[0].coffer_s * 1e3,
                       week.days[0].engine_s * 1e3),
                  time.back(), "× BackupEngine", engine_time_max, true});
  const DayFigures& compacted = week.compacted;
  rows.push_back(
      {"bytes after a forced full compaction, " + store,
       Text("%.1f MB; BackupEngine %.1f, restic %.1f", compacted.coffer_mb, compacted.engine_mb, compacted.restic_mb),
       compacted.coffer_mb / compacted.engine_mb, "× BackupEngine", 0, true});
}

}  // namespace coffer::bench
