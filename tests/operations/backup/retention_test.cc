#include "operations/backup/retention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace coffer::operations {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr Timestamp kFirstTime{std::numeric_limits<std::int64_t>::min()};
constexpr Timestamp kLastTime{std::numeric_limits<std::int64_t>::max()};

Timestamp At(std::string_view text) { return ParseTimestamp(text).value(); }

using Reasons = std::vector<std::string>;

Reasons IdsOf(const std::vector<RetentionDecision>& decisions) {
  Reasons ids;
  for (const RetentionDecision& decision : decisions) ids.push_back(decision.id);
  return ids;
}

// A history of backups that have all expired, so that only rules keep them. The ids are "1", "2" … by sequence.
class RetentionTest : public ::testing::Test {
 protected:
  RetainedBackup& Add(std::string_view created_at) {
    RetainedBackup& backup = backups_.emplace_back();
    backup.sequence = backups_.size();
    backup.id = std::to_string(backup.sequence);
    backup.lineage = "L";
    backup.created_at = At(created_at);
    backup.expires_at = At("2020-01-01T00:00:00Z");
    return backup;
  }
  RetentionPlan Decide(const RetentionPolicy& policy = {}) { return DecideRetention(backups_, policy, now_); }
  Reasons Kept(const RetentionPolicy& policy = {}) { return IdsOf(Decide(policy).keep); }
  Reasons ReasonsOf(const std::string& id, const RetentionPolicy& policy = {}) {
    const RetentionPlan plan = Decide(policy);
    for (const auto* decisions : {&plan.keep, &plan.drop}) {
      for (const RetentionDecision& decision : *decisions) {
        if (decision.id == id) return decision.reasons;
      }
    }
    return {};
  }

  std::vector<RetainedBackup> backups_;
  Timestamp now_ = At("2026-11-25T12:00:00Z");
};

TEST_F(RetentionTest, NothingIsDecidedOfNothing) {
  EXPECT_TRUE(Decide({1, 1, 1, 1}).keep.empty());
  EXPECT_TRUE(Decide({1, 1, 1, 1}).drop.empty());
}

TEST_F(RetentionTest, WhatHasNotExpiredIsKeptUntilTheVeryMoment) {
  Add("2026-11-01T00:00:00Z").expires_at = now_;
  Add("2026-11-02T00:00:00Z").expires_at = {now_.microseconds + 1};
  Add("2026-11-03T00:00:00Z");
  EXPECT_EQ(Kept(), (Reasons{"3", "2"}));
  EXPECT_EQ(ReasonsOf("1"), Reasons{"expired at 2026-11-25T12:00:00.000000Z; no rule keeps it"});
  EXPECT_EQ(ReasonsOf("2"), Reasons{"not expired until 2026-11-25T12:00:00.000001Z"});
}

TEST_F(RetentionTest, DecisionsAreListedNewestFirstWhateverTheOrderGiven) {
  for (int i = 0; i < 6; ++i) Add("2026-11-01T00:00:00Z");
  std::reverse(backups_.begin() + 1, backups_.end());
  const RetentionPlan plan = Decide({.keep_last = 2});
  EXPECT_EQ(IdsOf(plan.keep), (Reasons{"6", "5"}));
  EXPECT_EQ(IdsOf(plan.drop), (Reasons{"4", "3", "2", "1"}));
}

TEST_F(RetentionTest, EveryReasonThatAppliesIsTold) {
  Add("2026-11-25T09:00:00Z");
  RetainedBackup& newest = Add("2026-11-25T10:00:00Z");
  newest.expires_at = At("2026-12-25T10:00:00Z");
  newest.verified_ok = true;
  EXPECT_EQ(ReasonsOf("2", {3, 7, 4, 12}),
            (Reasons{"not expired until 2026-12-25T10:00:00.000000Z", "one of the newest (last 1 of 3)",
                     "newest of the day 2026-11-25 (daily 1 of 7)", "newest of the week from 2026-11-23 (weekly 1 of 4)",
                     "newest of the month 2026-11 (monthly 1 of 12)", "newest verified backup of lineage L"}));
  EXPECT_EQ(ReasonsOf("1", {3, 7, 4, 12}), Reasons{"one of the newest (last 2 of 3)"});
}

TEST_F(RetentionTest, OfTwoBackupsInOneDayTheLaterStandsForIt) {
  Add("2026-11-20T00:00:00Z");
  Add("2026-11-20T23:59:59.999999Z");
  Add("2026-11-21T00:00:00Z");
  EXPECT_EQ(Kept({.keep_daily = 5}), (Reasons{"3", "2"}));
  EXPECT_EQ(ReasonsOf("2", {.keep_daily = 5}), Reasons{"newest of the day 2026-11-20 (daily 2 of 5)"});
}

TEST_F(RetentionTest, DaysWithoutABackupTakeNoPlace) {
  Add("2026-01-01T00:00:00Z");
  Add("2026-05-01T00:00:00Z");
  Add("2026-11-20T00:00:00Z");
  EXPECT_EQ(Kept({.keep_daily = 2}), (Reasons{"3", "2"}));
  EXPECT_EQ(Kept({.keep_daily = 3}), (Reasons{"3", "2", "1"}));
}

TEST_F(RetentionTest, ALeapDayIsADayOfItsOwn) {
  Add("2028-02-28T12:00:00Z");
  Add("2028-02-29T12:00:00Z");
  Add("2028-03-01T12:00:00Z");
  EXPECT_EQ(Kept({.keep_daily = 3}), (Reasons{"3", "2", "1"}));
  EXPECT_EQ(ReasonsOf("2", {.keep_daily = 3}), Reasons{"newest of the day 2028-02-29 (daily 2 of 3)"});
  EXPECT_EQ(Kept({.keep_monthly = 3}), (Reasons{"3", "2"}));
}

TEST_F(RetentionTest, AWeekGoesFromMondayToSundayAcrossTheYearsEnd) {
  Add("2026-12-27T23:59:59Z");  // Sunday
  Add("2026-12-28T00:00:00Z");  // Monday
  Add("2026-12-31T12:00:00Z");
  Add("2027-01-03T23:59:59Z");  // Sunday
  Add("2027-01-04T00:00:00Z");  // Monday
  EXPECT_EQ(Kept({.keep_weekly = 9}), (Reasons{"5", "4", "1"}));
  EXPECT_EQ(ReasonsOf("4", {.keep_weekly = 9}), Reasons{"newest of the week from 2026-12-28 (weekly 2 of 9)"});
}

TEST_F(RetentionTest, MonthsEndWhereTheyEnd) {
  Add("2026-01-31T23:59:59.999999Z");
  Add("2026-02-01T00:00:00Z");
  Add("2026-02-28T23:59:59Z");
  Add("2026-03-01T00:00:00Z");
  Add("2027-03-01T00:00:00Z");
  EXPECT_EQ(Kept({.keep_monthly = 9}), (Reasons{"5", "4", "3", "1"}));
  EXPECT_EQ(ReasonsOf("1", {.keep_monthly = 9}), Reasons{"newest of the month 2026-01 (monthly 4 of 9)"});
}

// Both zones change their clocks between these times, one of them from one local day to another.
TEST_F(RetentionTest, TheZoneOfTheMachineAndItsSummerTimeDoNotCount) {
  Add("2026-03-29T00:30:00Z");
  Add("2026-03-29T23:30:00Z");
  Add("2026-10-25T00:30:00Z");
  Add("2026-10-25T23:30:00Z");
  for (const char* zone : {"Europe/Berlin", "America/New_York", "UTC"}) {
    ASSERT_EQ(::setenv("TZ", zone, 1), 0);
    ::tzset();
    EXPECT_EQ(Kept({.keep_daily = 9}), (Reasons{"4", "2"})) << zone;
  }
  ::unsetenv("TZ");
  ::tzset();
}

TEST_F(RetentionTest, AClockTurnedBackBetweenBackupsDoesNotMakeTheNewestOld) {
  Add("2026-11-24T10:00:00Z");
  Add("2026-11-25T10:00:00Z");
  Add("2026-11-10T10:00:00Z");  // the clock was turned back
  Add("2026-11-10T11:00:00Z");
  Add("2026-11-25T11:00:00Z");  // and corrected
  EXPECT_EQ(Kept({.keep_last = 2}), (Reasons{"5", "4"}));
  EXPECT_EQ(Kept({.keep_daily = 2}), (Reasons{"5", "4"}));
  EXPECT_EQ(Kept({.keep_daily = 9}), (Reasons{"5", "4", "1"})) << "2 is of the same day as 5, but older";
}

TEST_F(RetentionTest, ABackupFromAClockFarAheadTakesAPlaceOnlyUntilNewerOnesHaveThem) {
  Add("2099-01-01T00:00:00Z");
  Add("2026-11-24T00:00:00Z");
  EXPECT_EQ(Kept({.keep_daily = 2}), (Reasons{"2", "1"}));
  Add("2026-11-25T00:00:00Z");
  EXPECT_EQ(Kept({.keep_daily = 2}), (Reasons{"3", "2"}));
}

TEST_F(RetentionTest, TheNewestVerifiedBackupOfEachLineageStays) {
  Add("2026-01-01T00:00:00Z").verified_ok = true;
  Add("2026-01-02T00:00:00Z").verified_ok = true;
  Add("2026-01-03T00:00:00Z");
  Add("2026-02-01T00:00:00Z").lineage = "M";
  Add("2026-02-02T00:00:00Z").lineage = "M";
  EXPECT_EQ(Kept(), (Reasons{"5", "2"}));
  EXPECT_EQ(ReasonsOf("5"), Reasons{"newest backup of lineage M, which has no verified backup"});
  EXPECT_EQ(ReasonsOf("2"), Reasons{"newest verified backup of lineage L"});
}

TEST_F(RetentionTest, SafetyBackupsTakeNoPlaceInTheRulesAndTheNewestOfThemStays) {
  Add("2026-11-20T00:00:00Z");
  Add("2026-11-20T01:00:00Z").safety = true;
  Add("2026-11-20T02:00:00Z").safety = true;
  Add("2026-11-20T03:00:00Z").lineage = "M";
  EXPECT_EQ(Kept({1, 1, 1, 1}), (Reasons{"4", "3", "1"}));
  EXPECT_EQ(ReasonsOf("3", {1, 1, 1, 1}), Reasons{"newest safety backup"});
  EXPECT_EQ(ReasonsOf("1"), Reasons{"newest backup of lineage L, which has no verified backup"});
}

// Each restore ends a lineage with a safety backup.
TEST_F(RetentionTest, SafetyBackupsOfOlderLineagesExpire) {
  for (const char* lineage : {"L", "M", "N", "O"}) {
    RetainedBackup& safety = Add("2026-11-20T00:00:00Z");
    safety.lineage = lineage;
    safety.safety = true;
    safety.verified_ok = true;
  }
  Add("2026-11-20T01:00:00Z").lineage = "P";
  EXPECT_EQ(Kept(), (Reasons{"5", "4"}));
  backups_[1].expires_at = kLastTime;
  EXPECT_EQ(Kept(), (Reasons{"5", "4", "2"}));
}

TEST_F(RetentionTest, TimesAtTheEndsOfTheScaleAreDecidedLikeAnyOther) {
  Add("2026-11-20T00:00:00Z").created_at = kFirstTime;
  Add("2026-11-20T00:00:00Z").created_at = kLastTime;
  backups_[0].expires_at = kLastTime;
  backups_[1].expires_at = kFirstTime;
  const RetentionPolicy all{9, 9, 9, 9};
  EXPECT_EQ(ReasonsOf("1", all),
            (Reasons{"not expired until 9999-12-31T23:59:59.999999Z", "one of the newest (last 2 of 9)",
                     "newest of the day 0001-01-01 (daily 2 of 9)", "newest of the week from 0001-01-01 (weekly 2 of 9)",
                     "newest of the month 0001-01 (monthly 2 of 9)"}));
  EXPECT_EQ(ReasonsOf("2", all).at(3), "newest of the month 9999-12 (monthly 1 of 9)");
  for (const Timestamp now : {kFirstTime, kLastTime}) {
    now_ = now;
    EXPECT_EQ(Kept().size(), now == kFirstTime ? 2U : 1U) << "2 is the newest of its lineage";
  }
}

TEST_F(RetentionTest, ARepositoryThatGivesASequenceNumberTwiceIsDecidedOneWay) {
  Add("2026-11-20T00:00:00Z");
  Add("2026-11-20T00:00:00Z").sequence = 1;
  EXPECT_EQ(Kept({.keep_last = 1}), Reasons{"2"});
  std::swap(backups_[0], backups_[1]);
  EXPECT_EQ(Kept({.keep_last = 1}), Reasons{"2"});
}

TEST(ClockJumpTest, IsATimeBeforeTheNewestOperationOrTooFarBehindIt) {
  const Timestamp newest = At("2026-11-25T12:00:00Z");
  const std::int64_t allowed = kClockJumpDays * kDay;
  EXPECT_FALSE(ClockJumped(newest, newest));
  EXPECT_TRUE(ClockJumped(newest, {newest.microseconds - 1}));
  EXPECT_FALSE(ClockJumped(newest, {newest.microseconds + allowed}));
  EXPECT_TRUE(ClockJumped(newest, {newest.microseconds + allowed + 1}));
  EXPECT_TRUE(ClockJumped(kFirstTime, kLastTime));
  EXPECT_TRUE(ClockJumped(kLastTime, kFirstTime));
  EXPECT_FALSE(ClockJumped(kLastTime, kLastTime));
}

// Compared with another formulation of the same rules, and properties of every decision.

// The period's name by the C library.
std::string PeriodBy(const char* format, Timestamp time) {
  const std::int64_t last = At("9999-12-31T23:59:59Z").microseconds;
  const std::int64_t first = At("0001-01-01T00:00:00Z").microseconds;
  const std::int64_t inside = std::clamp(time.microseconds, first, last);
  const std::time_t seconds = inside / kSecond - (inside % kSecond < 0 ? 1 : 0);
  std::tm parts = {};
  EXPECT_NE(::gmtime_r(&seconds, &parts), nullptr);
  char text[64];
  EXPECT_GT(std::strftime(text, sizeof text, format, &parts), 0U);
  return text;
}

// Decides for one backup alone, with a new walk over the newer ones for each question.
class SlowDecision {
 public:
  SlowDecision(const std::vector<RetainedBackup>& all, const RetainedBackup& backup) : all_(all), backup_(backup) {}

  bool Keeps(const RetentionPolicy& policy, Timestamp now) const {
    if (now < backup_.expires_at || IsFloor()) return true;
    if (backup_.safety) return false;
    return NewerNonSafety() < policy.keep_last || StandsFor("%Y-%m-%d", policy.keep_daily) ||
           StandsFor("%G-%V", policy.keep_weekly) || StandsFor("%Y-%m", policy.keep_monthly);
  }

  bool IsFloor() const {
    if (backup_.safety) return NoneNewer([](const RetainedBackup& newer) { return newer.safety; });
    const auto of_lineage = [&](const RetainedBackup& b) { return b.lineage == backup_.lineage && !b.safety; };
    const bool lineage_verified =
        std::any_of(all_.begin(), all_.end(), [&](const auto& b) { return of_lineage(b) && b.verified_ok; });
    return (backup_.verified_ok || !lineage_verified) &&
           NoneNewer([&](const RetainedBackup& newer) { return of_lineage(newer) && newer.verified_ok == lineage_verified; });
  }

 private:
  template <typename Wanted>
  bool NoneNewer(Wanted wanted) const {
    return std::none_of(all_.begin(), all_.end(), [&](const auto& b) { return b.sequence > backup_.sequence && wanted(b); });
  }
  std::size_t NewerNonSafety() const {
    return static_cast<std::size_t>(
        std::count_if(all_.begin(), all_.end(), [&](const auto& b) { return b.sequence > backup_.sequence && !b.safety; }));
  }
  bool StandsFor(const char* format, std::size_t keep) const {
    std::set<std::string> newer;
    for (const RetainedBackup& other : all_) {
      if (other.sequence > backup_.sequence && !other.safety) newer.insert(PeriodBy(format, other.created_at));
    }
    return newer.size() < keep && !newer.contains(PeriodBy(format, backup_.created_at));
  }

  const std::vector<RetainedBackup>& all_;
  const RetainedBackup& backup_;
};

// A set of backups, a policy and a time; the same for the same seed.
class History {
 public:
  explicit History(std::uint64_t seed) : engine_(seed) {
    backups = RandomBackups();
    policy = RandomPolicy();
    now = RandomTime();
  }

  // Below `end`.
  std::uint64_t Pick(std::uint64_t end) { return engine_() % end; }

  // Within a hundred days, by quarters of a day; sometimes an extreme value.
  Timestamp RandomTime() {
    constexpr std::array<Timestamp, 4> kEnds = {kFirstTime, kLastTime, Timestamp{}, Timestamp{-1}};
    if (Pick(20) == 0) return kEnds[Pick(kEnds.size())];
    return {At("2026-11-25T00:00:00Z").microseconds + static_cast<std::int64_t>(Pick(400)) * (kDay / 4)};
  }
  void Shuffle() { std::shuffle(backups.begin(), backups.end(), engine_); }
  RetentionPlan Decide() const { return DecideRetention(backups, policy, now); }

  std::vector<RetainedBackup> backups;
  RetentionPolicy policy;
  Timestamp now;

 private:
  std::vector<RetainedBackup> RandomBackups() {
    std::vector<RetainedBackup> made(Pick(40));
    std::uint64_t sequence = 0;
    for (RetainedBackup& backup : made) {
      sequence += 1 + Pick(3);
      backup.id = "b" + std::to_string(sequence);
      backup.sequence = sequence;
      backup.lineage = std::string(1, "LMN"[Pick(3)]);
      backup.created_at = RandomTime();
      backup.expires_at = RandomTime();
      backup.safety = Pick(4) == 0;
      backup.verified_ok = Pick(5) == 0;
    }
    return made;
  }
  RetentionPolicy RandomPolicy() {
    const auto number = [this] { return static_cast<std::uint32_t>(Pick(3) == 0 ? 0 : Pick(8)); };
    return {number(), number(), number(), number()};
  }

  std::mt19937_64 engine_;
};

template <typename Check>
void OverManyHistories(Check check) {
  for (std::uint64_t seed = 1; seed <= 300 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History history(seed);
    check(history);
  }
}

std::set<std::string> KeptIds(const RetentionPlan& plan) {
  const Reasons ids = IdsOf(plan.keep);
  return {ids.begin(), ids.end()};
}

bool Contains(const std::set<std::string>& all, const std::set<std::string>& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

TEST(RetentionPropertyTest, DecidesAsTheSlowFormulationDoes) {
  OverManyHistories([](const History& history) {
    const std::set<std::string> kept = KeptIds(history.Decide());
    for (const RetainedBackup& backup : history.backups) {
      const SlowDecision slow(history.backups, backup);
      EXPECT_EQ(kept.contains(backup.id), slow.Keeps(history.policy, history.now)) << backup.id;
    }
  });
}

TEST(RetentionPropertyTest, EachBackupIsDecidedOnceWithAReason) {
  OverManyHistories([](const History& history) {
    const RetentionPlan plan = history.Decide();
    std::multiset<std::string> decided;
    for (const auto* decisions : {&plan.keep, &plan.drop}) {
      for (const RetentionDecision& decision : *decisions) {
        decided.insert(decision.id);
        EXPECT_FALSE(decision.reasons.empty());
      }
    }
    std::multiset<std::string> given;
    for (const RetainedBackup& backup : history.backups) given.insert(backup.id);
    EXPECT_EQ(decided, given);
  });
}

TEST(RetentionPropertyTest, WithoutAPolicyAndAtTheEndOfTimeTheFloorsAloneStay) {
  OverManyHistories([](const History& history) {
    const std::set<std::string> kept = KeptIds(DecideRetention(history.backups, {}, kLastTime));
    for (const RetainedBackup& backup : history.backups) {
      EXPECT_EQ(kept.contains(backup.id), SlowDecision(history.backups, backup).IsFloor()) << backup.id;
    }
    EXPECT_EQ(kept.empty(), history.backups.empty());
  });
}

TEST(RetentionPropertyTest, WhatHasNotExpiredStays) {
  OverManyHistories([](const History& history) {
    const std::set<std::string> kept = KeptIds(history.Decide());
    for (const RetainedBackup& backup : history.backups) {
      EXPECT_TRUE(backup.expires_at <= history.now || kept.contains(backup.id)) << backup.id;
    }
  });
}

TEST(RetentionPropertyTest, AHigherNumberKeepsNoLess) {
  constexpr std::array kNumbers = {&RetentionPolicy::keep_last, &RetentionPolicy::keep_daily, &RetentionPolicy::keep_weekly,
                                   &RetentionPolicy::keep_monthly};
  OverManyHistories([&](History& history) {
    const std::set<std::string> kept = KeptIds(history.Decide());
    for (const auto number : kNumbers) {
      History higher = history;
      higher.policy.*number += 1 + static_cast<std::uint32_t>(history.Pick(3));
      EXPECT_TRUE(Contains(KeptIds(higher.Decide()), kept));
    }
  });
}

TEST(RetentionPropertyTest, AnEarlierTimeKeepsNoLess) {
  OverManyHistories([](History& history) {
    const std::set<std::string> kept = KeptIds(history.Decide());
    history.now = std::min(history.now, history.RandomTime());
    EXPECT_TRUE(Contains(KeptIds(history.Decide()), kept));
  });
}

TEST(RetentionPropertyTest, TheOrderGivenDoesNotMatter) {
  OverManyHistories([](History& history) {
    const RetentionPlan plan = history.Decide();
    history.Shuffle();
    const RetentionPlan again = history.Decide();
    EXPECT_EQ(IdsOf(again.keep), IdsOf(plan.keep));
    EXPECT_EQ(IdsOf(again.drop), IdsOf(plan.drop));
  });
}

TEST(RetentionPropertyTest, DecidingAgainOnWhatWasKeptDropsNothing) {
  OverManyHistories([](History& history) {
    const std::set<std::string> kept = KeptIds(history.Decide());
    std::erase_if(history.backups, [&](const RetainedBackup& backup) { return !kept.contains(backup.id); });
    EXPECT_TRUE(history.Decide().drop.empty());
  });
}

}  // namespace
}  // namespace coffer::operations
