// Seven days of use, each with an incremental backup by Coffer, BackupEngine and restic, and one more after a forced full
// compaction.
#ifndef COFFER_BENCH_BACKUP_WEEK_H_
#define COFFER_BENCH_BACKUP_WEEK_H_

#include <functional>
#include <string>
#include <vector>

#include "figures.h"

namespace coffer::bench {

// One day's figures, by contender.
struct DayFigures {
  double changed_mb = 0;  // the day's records as NDJSON in zstd
  double coffer_mb = 0;
  double coffer_s = 0;
  double engine_mb = 0;
  double engine_s = 0;
  double restic_mb = 0;  // 0: not installed
  double restic_s = 0;
};

struct WeekFigures {
  std::vector<DayFigures> days;
  DayFigures compacted;
};

std::string WeekTable(const std::string& title, const WeekFigures& week);
void AddWeekRows(const std::string& store, double engine_time_max, const WeekFigures& week, std::vector<Row>& rows);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_BACKUP_WEEK_H_
