// A process is killed during a restore: the store has the state before it or after it; after a partial restore, whole batches
// of it.
#include <algorithm>
#include <filesystem>

#include "crash/backup_kill_fixture.h"

namespace coffer::crash {
namespace {

class RestoreKillTest : public RepositoryKillTest {
 protected:
  // Keeps a store with a backup and some later steps, and computes the states it may have.
  void MakeStore(std::uint64_t test);
  std::vector<std::string> RestoreWords(bool safety) const;
  void Die(const Death& death, bool safety);
  void DieTwice(const Death& first, const Death& second);
  // A restore has completed according to the journal if and only if the store is a restored one.
  void ExpectTrueOutcomes(Engine& engine, bool restored);
  // Each backup holds its state, and the store can be restored from the first one.
  void ExpectBackupsToHold(Engine& engine, const std::vector<State>& safety_states);

  static constexpr std::uint64_t kBackedUp = 20;
  static constexpr std::uint64_t kPresent = 35;
  static constexpr std::uint64_t kAfterwards = 2;

  std::string backup_;
  State before_;
  std::vector<State> restored_;  // after the restore, and after each step written then
};

bool IsAmong(const State& state, const std::vector<State>& states) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

void RestoreKillTest::MakeStore(std::uint64_t test) {
  Begin(test);
  KeepStoreWith(Steps(kBackedUp));
  {
    const Result<std::unique_ptr<Engine>> engine = Engine::Open(kept());
    ASSERT_OK(engine);
    const Result<BackupInfo> info = RunBackup(**engine);
    ASSERT_OK(info);
    backup_ = info->id;
    for (std::uint64_t step = kBackedUp; step < kPresent; ++step) {
      CommitStep(**engine, MakeStep(seed_, 0, step), Durability::kBuffered).Ignore();  // kNotFound is fine too
    }
  }
  before_ = StateBehind(kPresent);
  restored_ = {StateBehind(kBackedUp)};
  Model model;
  for (const Step& step : Steps(kBackedUp)) model.Apply(step);
  for (std::uint64_t step = kPresent; step < kPresent + kAfterwards; ++step) {
    model.Apply(MakeStep(seed_, 0, step));
    restored_.push_back(model.ToState());
  }
  CopyFolder(kept(), store());
}

std::vector<std::string> RestoreKillTest::RestoreWords(bool safety) const {
  std::vector<std::string> words = {
      "restore", store(), Word("seed", seed_), Word("lane0", kPresent), Word("steps", kAfterwards), "backup=" + backup_};
  if (safety) words.emplace_back("safety");
  return words;
}

void RestoreKillTest::ExpectTrueOutcomes(Engine& engine, bool restored) {
  bool completed = false;
  for (const OperationInfo& operation : OperationsOf(engine, OperationKind::kRestore)) {
    if (operation.state != OperationState::kCompleted) continue;
    completed = true;
    EXPECT_NE(operation.result.text().find(backup_), std::string_view::npos) << operation.result.text();
  }
  EXPECT_EQ(completed, restored) << "the journal does not say what the store is";
}

void RestoreKillTest::ExpectBackupsToHold(Engine& engine, const std::vector<State>& safety_states) {
  const Result<std::vector<BackupInfo>> backups = ListBackups(engine);
  ASSERT_OK(backups);
  for (const BackupInfo& info : *backups) {
    const State held = StateInPlace(info.id);
    EXPECT_TRUE(info.id == backup_ ? held == restored_[0] : IsAmong(held, safety_states)) << "backup " << info.name;
  }
  ASSERT_OK(RunRestore(engine, backup_));
  EXPECT_EQ(DifferenceOf(StateOf(engine), restored_[0]), "");
  ExpectNoLeftovers();
}

void RestoreKillTest::Die(const Death& death, bool safety) {
  CopyFolder(kept(), store());
  SCOPED_TRACE(Describe(death));
  const WorkerRun run = WorkAndDie(RestoreWords(safety), death);
  SCOPED_TRACE(run.LastWords());
  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  ASSERT_NE(engine, nullptr);
  const State found = StateOf(*engine);
  if (run.Said("restored").empty()) {
    EXPECT_TRUE(found == before_ || found == restored_[0]) << "from the state before:\n"
                                                           << DifferenceOf(found, before_) << "from the restored one:\n"
                                                           << DifferenceOf(found, restored_[0]);
  } else {
    const std::size_t steps = run.Said("step").size();
    const bool one_more = steps < kAfterwards && found == restored_[steps + 1];
    EXPECT_TRUE(found == restored_[steps] || one_more) << DifferenceOf(found, restored_[steps]);
  }
  ExpectTrueOutcomes(*engine, found != before_);
  ExpectBackupsToHold(*engine, {before_});
}

void RestoreKillTest::DieTwice(const Death& first, const Death& second) {
  CopyFolder(kept(), store());
  SCOPED_TRACE(Describe(first) + " and then " + Describe(second));
  const WorkerRun run = WorkAndDie(RestoreWords(true), first);
  const WorkerRun again = WorkAndDie(RestoreWords(true), second);
  SCOPED_TRACE(run.LastWords() + "\n" + again.LastWords());
  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  ASSERT_NE(engine, nullptr);
  const State found = StateOf(*engine);
  const bool must_be_restored = !run.Said("restored").empty() || !again.Said("restored").empty();
  EXPECT_TRUE(IsAmong(found, restored_) || (!must_be_restored && found == before_)) << DifferenceOf(found, before_);
  ExpectTrueOutcomes(*engine, found != before_);
  std::vector<State> safety_states = restored_;
  safety_states.push_back(before_);
  ExpectBackupsToHold(*engine, safety_states);
}

TEST_F(RestoreKillTest, TheOldStateOrTheNewIsThere) {
  MakeStore(41);
  for (const Death& death : DeathsIn(Work(RestoreWords(false)), 14)) {
    Die(death, false);
    if (HasFailure()) return;
  }
}

TEST_F(RestoreKillTest, TheOldStateOrTheNewIsThereAndSoIsTheSafetyBackup) {
  MakeStore(42);
  for (const Death& death : DeathsIn(Work(RestoreWords(true)), 14)) {
    Die(death, true);
    if (HasFailure()) return;
  }
}

TEST_F(RestoreKillTest, KilledTwiceItLeavesOneStateOrTheOther) {
  MakeStore(43);
  const std::vector<Death> deaths = DeathsIn(Work(RestoreWords(true)), 12);
  for (std::size_t i = 0; i + 1 < deaths.size() && !HasFailure(); i += 2) DieTwice(deaths[i], deaths[i + 1]);
}

TEST_F(RestoreKillTest, KilledAtAnyCallOnCurrentOrAnyRenameItLeavesOneStateOrTheOther) {
  MakeStore(44);
  for (const std::string only : {"/store/CURRENT", "rename "}) {
    CopyFolder(kept(), store());
    for (const Death& death : DeathsAtEachCall(RestoreWords(false), only)) {
      Die(death, false);
      if (HasFailure()) return;
    }
  }
}

// The keys whose records are neither as before the restore nor as in the backup.
std::string NeitherOf(const State& found, const State& before, const State& behind) {
  std::string keys;
  for (const State* state : {&found, &before, &behind}) {
    for (const auto& [key, value] : *state) {
      const auto at = [&key](const State& in) { return in.contains(key) ? in.at(key) : std::string(); };
      if (at(found) != at(before) && at(found) != at(behind)) keys += key + "\n";
    }
  }
  return keys;
}

TEST_F(RestoreKillTest, APartialOneLeavesWholeRecordsAndAskingAgainDoesTheRest) {
  constexpr std::uint64_t kKills = 7;
  MakeStore(45);
  State behind = restored_[0];
  std::erase_if(behind, [](const auto& record) { return !record.first.starts_with("conversation "); });
  for (const auto& [key, value] : before_) {
    if (!key.starts_with("conversation ")) behind.emplace(key, value);
  }
  ASSERT_NE(DifferenceOf(behind, before_), "");
  const std::vector<std::string> words = {"restore_conversations", store(), "backup=" + backup_};
  for (const Death& death : DeathsIn(Work(words), kKills)) {
    SCOPED_TRACE(Describe(death));
    CopyFolder(kept(), store());
    const WorkerRun run = WorkAndDie(words, death);
    SCOPED_TRACE(run.LastWords());
    {
      const std::unique_ptr<Engine> engine = OpenAndCheck(store());
      ASSERT_NE(engine, nullptr);
      const State found = StateOf(*engine);
      EXPECT_EQ(NeitherOf(found, before_, behind), "");
      if (!run.Said("restored").empty()) {
        EXPECT_EQ(DifferenceOf(found, behind), "");
      }
    }
    Work(words);
    const std::unique_ptr<Engine> engine = OpenAndCheck(store());
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(DifferenceOf(StateOf(*engine), behind), "");
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace coffer::crash
