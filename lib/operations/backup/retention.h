// Retention: decides which backups to keep. A pure function of the backups, the policy and the time; it gives reasons for each
// decision.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/timestamp.h"

namespace coffer::operations {

// What the decision needs to know about a backup.
struct RetainedBackup {
  std::string id;
  std::uint64_t sequence = 0;
  std::string lineage;
  Timestamp created_at;
  Timestamp expires_at;
  bool safety = false;
  bool verified_ok = false;
  bool known_bad = false;  // a check found it damaged: no rule counts it, and it represents its lineage only if all are damaged
};

// Each backup is in one of the two lists, with every reason that applies. The newest is first.
struct RetentionPlan {
  std::vector<RetentionDecision> keep;
  std::vector<RetentionDecision> drop;
};

// Keeps backups that have not expired, those that a rule of the policy selects, the newest verified backup of each lineage (or
// its newest, if no backup of it is verified), and the newest safety backup. Otherwise the rules ignore safety backups and
// consider all others, expired or not. "Newest" is by sequence, so that no clock decides what is dropped: the last days, weeks
// and months are the first ones found when counting back from the newest backup. Every time is valid; one outside the years 1
// to 9999 counts as the nearest day inside. A second decision about the kept backups, for the same time, keeps all of them.
RetentionPlan DecideRetention(std::vector<RetainedBackup> backups, const RetentionPolicy& policy, Timestamp now);

// Whether `now` is before the newest recorded operation, or more than kClockJumpDays after it. Then no age can be trusted.
bool ClockJumped(Timestamp newest_operation, Timestamp now);

}  // namespace coffer::operations
