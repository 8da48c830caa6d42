// Retention: which backups stay. A pure function of what is there, the policy and the time, which tells a reason for each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/timestamp.h"

namespace coffer::operations {

// What the decision looks at.
struct RetainedBackup {
  std::string id;
  std::uint64_t sequence = 0;
  std::string lineage;
  Timestamp created_at;
  Timestamp expires_at;
  bool safety = false;
  bool verified_ok = false;
};

// Each backup is in one of the two, with every reason that applies, the newest first.
struct RetentionPlan {
  std::vector<RetentionDecision> keep;
  std::vector<RetentionDecision> drop;
};

// Kept is what has not expired, what a rule of the policy names, the newest verified backup of each lineage (the newest, where
// none is verified), and the newest safety backup. The policy's rules pass over safety backups and look at all others, expired or
// not. "Newest" is by sequence, so that no clock decides what is lost: the last days, weeks and months are those that are met
// first from the newest backup on. Any time is taken; for a day one outside the years 1 to 9999 counts as the nearest inside.
// Deciding again on what was kept, for the same time, keeps all of it.
RetentionPlan DecideRetention(std::vector<RetainedBackup> backups, const RetentionPolicy& policy, Timestamp now);

// Whether `now` is before the newest recorded operation, or more than kClockJumpDays behind it: then no age can be trusted.
bool ClockJumped(Timestamp newest_operation, Timestamp now);

}  // namespace coffer::operations
