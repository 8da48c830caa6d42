// A process is killed in the middle of a backup or a restore: backups are complete or not listed, and a store has the state
// before its restore or the one behind it.
#include "coffer/backup.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "crash/crash_fixture.h"

namespace coffer::crash {
namespace {

namespace fs = std::filesystem;

class BackupKillTest : public CrashTest {
 protected:
  void Begin(std::uint64_t test) {
    seed_ = SeedFor(test);
    lane_.seed = seed_;
  }
  // What the store held behind so many steps.
  const State& StateBehind(std::uint64_t steps) {
    for (; states_.size() <= steps; states_.push_back(replay_.ToState())) {
      if (!states_.empty()) replay_.Apply(MakeStep(seed_, 0, states_.size() - 1));
    }
    return states_[steps];
  }
  std::vector<Step> Steps(std::uint64_t count) const {
    std::vector<Step> steps;
    for (std::uint64_t number = 0; number < count; ++number) steps.push_back(MakeStep(seed_, 0, number));
    return steps;
  }
  // Restores the backup into a store of its own that shares the repository.
  State StateOfBackup(const std::string& id) {
    const std::string folder = directory_.File("restored");
    fs::remove_all(folder);
    OpenOptions options;
    options.repository = store() + "/backups";
    const Result<std::unique_ptr<Engine>> engine = Engine::Open(folder, options);
    EXPECT_OK(engine);
    RestoreOptions restore;
    restore.safety_backup = false;
    EXPECT_OK(Restore(**engine, id, restore));
    const Result<IntegrityReport> report = (*engine)->Verify();
    EXPECT_TRUE(report.ok() && report->ok);
    return StateOf(**engine);
  }
  void ExpectNoLeftovers() {
    for (const auto& entry : fs::directory_iterator(store() + "/backups")) {
      EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
    }
  }
  // Writes and backs up, twice.
  std::vector<std::string> Words() const {
    return {"backup", store(), Word("seed", seed_), Word("lane0", lane_.next), "rounds=2"};
  }
  // Lets a worker die, and looks at the store and at each backup that is listed for the first time.
  void Die(const Death& death);
  void ExpectTheNextBackupToSweep();
  void BackUpAndDie(std::uint64_t test, std::uint64_t kills);

  Lane lane_;
  std::set<std::string> checked_;  // backups seen and found good

 private:
  Model replay_;
  std::vector<State> states_;
};

void BackupKillTest::Die(const Death& death) {
  SCOPED_TRACE(Describe(death));
  const WorkerRun run = WorkAndDie(Words(), death);
  SCOPED_TRACE(run.LastWords());
  lane_.TakeOver(run);
  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  ASSERT_NE(engine, nullptr);
  lane_.Settle(StateOf(*engine));

  const Result<std::vector<BackupInfo>> backups = ListBackups(*engine);
  ASSERT_OK(backups);
  std::set<std::string> listed;
  std::size_t fresh = 0;
  for (const BackupInfo& info : *backups) {
    listed.insert(info.id);
    if (!checked_.insert(info.id).second) continue;
    ++fresh;
    ASSERT_LE(std::stoull(info.name), lane_.next) << "a backup of what was not yet written";
    EXPECT_EQ(DifferenceOf(StateOfBackup(info.id), StateBehind(std::stoull(info.name))), "") << "backup " << info.id;
  }
  EXPECT_EQ(listed.size(), checked_.size()) << "a backup has gone";
  const auto acknowledged = run.Said("backup");
  for (const auto& line : acknowledged) EXPECT_TRUE(listed.contains(line.at(0))) << "backup " << line.at(0);
  EXPECT_LE(fresh, acknowledged.size() + 1);
  EXPECT_EQ(engine->Statistics()->total_backups, listed.size());
}

void BackupKillTest::ExpectTheNextBackupToSweep() {
  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  ASSERT_NE(engine, nullptr);
  const Result<BackupInfo> info = CreateBackup(*engine);
  ASSERT_OK(info);
  ExpectNoLeftovers();
  EXPECT_EQ(DifferenceOf(StateOfBackup(info->id), lane_.model.ToState()), "");
  const Result<std::vector<BackupInfo>> backups = ListBackups(*engine);
  ASSERT_OK(backups);
  EXPECT_EQ(backups->size(), checked_.size() + 1);
}

void BackupKillTest::BackUpAndDie(std::uint64_t test, std::uint64_t kills) {
  Begin(test);
  const std::vector<Death> deaths = DeathsIn(Work(Words()), kills);
  fs::remove_all(store());
  for (const Death& death : deaths) {
    Die(death);
    if (HasFailure()) return;
  }
  ExpectTheNextBackupToSweep();
}

TEST_F(BackupKillTest, OnlyCompleteBackupsAreListedAndEachRestoresItsMomentSeed31) { BackUpAndDie(31, 10); }
TEST_F(BackupKillTest, OnlyCompleteBackupsAreListedAndEachRestoresItsMomentSeed32) { BackUpAndDie(32, 10); }

// The manifest gets its name, and then the backup.
TEST_F(BackupKillTest, KilledWhereItGetsItsNameItIsCompleteOrNotListed) {
  Begin(33);
  const std::vector<Death> deaths = DeathsAtEachCall(Words(), "rename " + store() + "/backups/");
  fs::remove_all(store());
  for (const Death& death : deaths) {
    Die(death);
    if (HasFailure()) return;
  }
  ExpectTheNextBackupToSweep();
}

class RestoreKillTest : public BackupKillTest {
 protected:
  // Keeps a store with a backup and some steps since, and says what each state must be.
  void MakeStore(std::uint64_t test);
  std::vector<std::string> RestoreWords(bool safety) const;
  void Die(const Death& death, bool safety);
  void DieTwice(const Death& first, const Death& second);
  // Each backup holds what it should, and the store can be restored from the first one.
  void ExpectBackupsToHold(Engine& engine, const std::vector<State>& safety_states);

  static constexpr std::uint64_t kBackedUp = 20;
  static constexpr std::uint64_t kPresent = 35;
  static constexpr std::uint64_t kAfterwards = 2;

  std::string backup_;
  State before_;
  std::vector<State> restored_;  // behind the restore, and behind each step written then
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
    const Result<BackupInfo> info = CreateBackup(**engine);
    ASSERT_OK(info);
    backup_ = info->id;
    for (std::uint64_t step = kBackedUp; step < kPresent; ++step) {
      CommitStep(**engine, MakeStep(seed_, 0, step), Durability::kBuffered).Ignore();  // not found is an answer too
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

void RestoreKillTest::ExpectBackupsToHold(Engine& engine, const std::vector<State>& safety_states) {
  const Result<std::vector<BackupInfo>> backups = ListBackups(engine);
  ASSERT_OK(backups);
  for (const BackupInfo& info : *backups) {
    const State held = StateOfBackup(info.id);
    EXPECT_TRUE(info.id == backup_ ? held == restored_[0] : IsAmong(held, safety_states)) << "backup " << info.name;
  }
  ASSERT_OK(Restore(engine, backup_));
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

}  // namespace
}  // namespace coffer::crash
