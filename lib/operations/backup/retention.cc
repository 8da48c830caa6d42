#include "operations/backup/retention.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace coffer::operations {
namespace {

namespace chrono = std::chrono;

constexpr std::uint64_t kMicrosecondsPerDay = std::uint64_t{86'400} * 1'000'000;

// A backup, and why it is kept.
struct Candidate {
  RetainedBackup backup;
  std::vector<std::string> reasons;
};

// The newest first.
using Candidates = std::vector<Candidate>;

Candidates NewestFirst(std::vector<RetainedBackup> backups) {
  // The id decides if a damaged repository used a sequence number twice.
  std::sort(backups.begin(), backups.end(), [](const RetainedBackup& a, const RetainedBackup& b) {
    return std::tie(a.sequence, a.id) > std::tie(b.sequence, b.id);
  });
  Candidates candidates;
  candidates.reserve(backups.size());
  for (RetainedBackup& backup : backups) candidates.push_back({std::move(backup), {}});
  return candidates;
}

chrono::sys_days DayOf(Timestamp time) {
  constexpr chrono::sys_days kFirst = chrono::year(1) / chrono::January / 1;
  constexpr chrono::sys_days kLast = chrono::year(9999) / chrono::December / 31;
  const chrono::sys_time<chrono::microseconds> instant{chrono::microseconds(time.microseconds)};
  return std::clamp(chrono::floor<chrono::days>(instant), kFirst, kLast);
}

// "2026-11-25"
std::string DateText(chrono::sys_days day) {
  constexpr std::size_t kDateBytes = 10;
  return FormatTimestamp({chrono::microseconds(day.time_since_epoch()).count()}).substr(0, kDateBytes);
}

std::string DayText(Timestamp time) { return DateText(DayOf(time)); }

std::string WeekText(Timestamp time) {
  const chrono::sys_days day = DayOf(time);
  return "from " + DateText(day - (chrono::weekday(day) - chrono::Monday));
}

std::string MonthText(Timestamp time) {
  constexpr std::size_t kMonthBytes = 7;
  return DayText(time).substr(0, kMonthBytes);
}

// "daily 1 of 7"
std::string PlaceText(std::string_view rule, std::size_t place, std::uint32_t keep) {
  return std::string(rule) + " " + std::to_string(place) + " of " + std::to_string(keep);
}

void KeepUnexpired(Candidates& candidates, Timestamp now) {
  for (Candidate& candidate : candidates) {
    const Timestamp expires_at = candidate.backup.expires_at;
    if (expires_at > now) candidate.reasons.push_back("not expired until " + FormatTimestamp(expires_at));
  }
}

void KeepLast(Candidates& candidates, std::uint32_t keep) {
  std::size_t place = 0;
  for (Candidate& candidate : candidates) {
    if (place == keep) return;
    if (candidate.backup.safety || candidate.backup.known_bad) continue;
    ++place;
    candidate.reasons.push_back("one of the newest (" + PlaceText("last", place, keep) + ")");
  }
}

// A rule that keeps the newest backup of each of the last periods.
struct PeriodRule {
  std::string_view name;
  std::string_view period;
  std::uint32_t keep;
  std::string (*text_of)(Timestamp);
};

void KeepNewestOfEach(const PeriodRule& rule, Candidates& candidates) {
  std::set<std::string> met;
  for (Candidate& candidate : candidates) {
    if (met.size() == rule.keep) return;
    if (candidate.backup.safety || candidate.backup.known_bad) continue;
    const auto [text, is_new] = met.insert(rule.text_of(candidate.backup.created_at));
    if (!is_new) continue;
    candidate.reasons.push_back("newest of the " + std::string(rule.period) + " " + *text + " (" +
                                PlaceText(rule.name, met.size(), rule.keep) + ")");
  }
}

// Without this, a policy could leave no backup that is known to restore. A safety backup stands for no lineage: each restore
// ends a lineage with one, which would be kept for ever.
void KeepNewestOfLineages(Candidates& candidates) {
  std::set<std::string_view> served;
  for (Candidate& candidate : candidates) {
    if (candidate.backup.safety || !candidate.backup.verified_ok || !served.insert(candidate.backup.lineage).second) continue;
    candidate.reasons.push_back("newest verified backup of lineage " + candidate.backup.lineage);
  }
  for (const bool known_bad : {false, true}) {
    for (Candidate& candidate : candidates) {
      if (candidate.backup.safety || candidate.backup.known_bad != known_bad || !served.insert(candidate.backup.lineage).second)
        continue;
      candidate.reasons.push_back("newest backup of lineage " + candidate.backup.lineage + ", which has no verified backup");
    }
  }
}

void KeepNewestSafety(Candidates& candidates) {
  const auto newest = std::find_if(candidates.begin(), candidates.end(), [](const Candidate& c) { return c.backup.safety; });
  if (newest != candidates.end()) newest->reasons.emplace_back("newest safety backup");
}

RetentionPlan PlanOf(Candidates candidates) {
  RetentionPlan plan;
  for (Candidate& candidate : candidates) {
    if (!candidate.reasons.empty()) {
      plan.keep.push_back({std::move(candidate.backup.id), std::move(candidate.reasons)});
      continue;
    }
    std::string reason = "expired at " + FormatTimestamp(candidate.backup.expires_at) + "; no rule keeps it";
    plan.drop.push_back({std::move(candidate.backup.id), {std::move(reason)}});
  }
  return plan;
}

}  // namespace

RetentionPlan DecideRetention(std::vector<RetainedBackup> backups, const RetentionPolicy& policy, Timestamp now) {
  Candidates candidates = NewestFirst(std::move(backups));
  KeepUnexpired(candidates, now);
  KeepLast(candidates, policy.keep_last);
  KeepNewestOfEach({"daily", "day", policy.keep_daily, DayText}, candidates);
  KeepNewestOfEach({"weekly", "week", policy.keep_weekly, WeekText}, candidates);
  KeepNewestOfEach({"monthly", "month", policy.keep_monthly, MonthText}, candidates);
  KeepNewestOfLineages(candidates);
  KeepNewestSafety(candidates);
  return PlanOf(std::move(candidates));
}

bool ClockJumped(Timestamp newest_operation, Timestamp now) {
  if (now < newest_operation) return true;
  // Unsigned, because the distance of two times can exceed a signed number.
  const std::uint64_t since =
      static_cast<std::uint64_t>(now.microseconds) - static_cast<std::uint64_t>(newest_operation.microseconds);
  return since > kClockJumpDays * kMicrosecondsPerDay;
}

}  // namespace coffer::operations
