// A process is killed while it prunes or verifies backups: the remaining backups are intact, none is in two places, and another
// prune does the rest.
#include <algorithm>
#include <array>
#include <set>

#include "crash/backup_kill_fixture.h"

namespace coffer::crash {
namespace {

class PruneKillTest : public RepositoryKillTest {
 protected:
  // Keeps a store with five backups: a full and an incremental one, whose time in the trash is over at the prune, two more that
  // it drops, and one that it keeps as the newest.
  void MakeStore(std::uint64_t test) {
    Begin(test);
    KeepStoreWith(Steps(kSteps));
    const Result<std::unique_ptr<Engine>> engine = Engine::Open(kept());
    ASSERT_OK(engine);
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      BackupOptions options;
      options.type = i % 2 == 0 ? BackupType::kFull : BackupType::kIncremental;
      options.retention_days = 1;
      options.name = std::to_string(kSteps + i);
      const Result<BackupInfo> info = RunBackup(**engine, options);
      ASSERT_OK(info);
      ids_[i] = info->id;
      CommitStep(**engine, MakeStep(seed_, 0, kSteps + i), Durability::kBuffered).Ignore();  // kNotFound is fine too
    }
    ASSERT_OK(DeleteBackup(**engine, ids_[0]));
    ASSERT_OK(DeleteBackup(**engine, ids_[1]));
    ASSERT_OK((*engine)->Close());
    CopyFolder(kept(), store());
  }
  std::vector<std::string> PruneWords() const { return {"prune", store(), "days=30"}; }
  void ExpectToHold(const std::string& id) {
    const auto place = static_cast<std::size_t>(std::find(ids_.begin(), ids_.end(), id) - ids_.begin());
    ASSERT_LT(place, ids_.size()) << id;
    EXPECT_EQ(DifferenceOf(StateInPlace(id), StateBehind(kSteps + place)), "") << "backup " << place;
  }
  void ExpectEachInOnePlace(Engine& engine);
  void ExpectPruned(Engine& engine);
  void Die(const Death& death);

  static constexpr std::uint64_t kSteps = 6;
  std::array<std::string, 5> ids_;
};

void PruneKillTest::ExpectEachInOnePlace(Engine& engine) {
  const std::set<std::string> live = IdsOf(ListBackups(engine));
  const std::set<std::string> trash = IdsOf(ListDeletedBackups(engine));
  for (const std::string& id : live) {
    ExpectToHold(id);
    EXPECT_FALSE(trash.contains(id)) << id << " is also in the trash";
  }
  EXPECT_FALSE(live.contains(ids_[0]) || live.contains(ids_[1])) << "a deleted backup is back";
  EXPECT_TRUE(live.contains(ids_[4]));
  for (const std::size_t dropped : {2, 3}) EXPECT_TRUE(live.contains(ids_[dropped]) || trash.contains(ids_[dropped]));
}

void PruneKillTest::ExpectPruned(Engine& engine) {
  EXPECT_EQ(IdsOf(ListBackups(engine)), std::set<std::string>({ids_[4]}));
  EXPECT_EQ(IdsOf(ListDeletedBackups(engine)), std::set<std::string>({ids_[2], ids_[3]}));
}

void PruneKillTest::Die(const Death& death) {
  SCOPED_TRACE(Describe(death));
  CopyFolder(kept(), store());
  const WorkerRun run = WorkAndDie(PruneWords(), death);
  SCOPED_TRACE(run.LastWords());
  {
    const std::unique_ptr<Engine> engine = OpenAndCheck(store());
    ASSERT_NE(engine, nullptr);
    ExpectEachInOnePlace(*engine);
    if (!run.Said("pruned").empty()) ExpectPruned(*engine);
    ExpectTheNextSessionToSweep(*engine);
  }
  Work(PruneWords());
  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  ASSERT_NE(engine, nullptr);
  ExpectPruned(*engine);
  ExpectNoLeftovers();
  for (const std::size_t back : {2, 3}) {
    ASSERT_OK(UndeleteBackup(*engine, ids_[back]));
    ExpectToHold(ids_[back]);
  }
}

TEST_F(PruneKillTest, EachBackupIsInOnePlaceAndPruningAgainDoesTheRest) {
  MakeStore(51);
  for (const Death& death : DeathsIn(Work(PruneWords()), 8)) {
    Die(death);
    if (HasFailure()) return;
  }
}

TEST_F(PruneKillTest, KilledWhereABackupMovesItIsInOnePlace) {
  MakeStore(52);
  for (const Death& death : DeathsAtEachCall(PruneWords(), store() + "/backups/manifests")) {
    Die(death);
    if (HasFailure()) return;
  }
}

TEST_F(PruneKillTest, AVerificationThatIsCutOffLeavesEverythingAsItWas) {
  MakeStore(53);
  const std::vector<std::string> words = {"verify", store(), "backup=" + ids_[3]};
  const State present = StateBehind(kSteps + ids_.size());
  for (const Death& death : DeathsIn(Work(words), 6)) {
    SCOPED_TRACE(Describe(death));
    CopyFolder(kept(), store());
    const WorkerRun run = WorkAndDie(words, death);
    SCOPED_TRACE(run.LastWords());
    const std::unique_ptr<Engine> engine = OpenAndCheck(store());
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(DifferenceOf(StateOf(*engine), present), "");
    const Result<std::vector<BackupInfo>> backups = ListBackups(*engine);
    ASSERT_OK(backups);
    EXPECT_EQ(backups->size(), 3U);
    if (!run.Said("verified").empty()) {
      EXPECT_EQ(backups->at(1).verified->level, kVerifyLevelMax);
    }
    ExpectNoLeftovers();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace coffer::crash
