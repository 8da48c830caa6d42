// A process is killed during a backup: the backup is complete or not listed, and the next session removes its temporary files.
#include <filesystem>
#include <set>

#include "crash/backup_kill_fixture.h"

namespace coffer::crash {
namespace {

namespace fs = std::filesystem;

class BackupKillTest : public RepositoryKillTest {
 protected:
  // Writes and backs up, in full and then incrementally.
  std::vector<std::string> Words() const {
    return {"backup", store(), Word("seed", seed_), Word("lane0", lane_.next), "rounds=2"};
  }
  // Lets a worker die, and checks the store and each newly listed backup.
  void Die(const Death& death);
  void ExpectTheNextBackupToSweep();
  void BackUpAndDie(std::uint64_t test, std::uint64_t kills);

  std::set<std::string> checked_;  // backups already checked
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
    ASSERT_LE(std::stoull(info.name), lane_.next) << "a backup of steps not yet written";
    EXPECT_EQ(DifferenceOf(StateOfBackup(info.id), StateBehind(std::stoull(info.name))), "") << "backup " << info.id;
  }
  EXPECT_EQ(listed.size(), checked_.size()) << "a backup is missing";
  for (const OperationInfo& operation : OperationsOf(*engine, OperationKind::kBackup)) {
    EXPECT_EQ(operation.state == OperationState::kCompleted, listed.contains(operation.id)) << operation.error.ToString();
  }
  const auto acknowledged = run.Said("backup");
  for (const auto& line : acknowledged) EXPECT_TRUE(listed.contains(line.at(0))) << "backup " << line.at(0);
  EXPECT_LE(fresh, acknowledged.size() + 1);
  EXPECT_EQ(engine->Statistics()->total_backups, listed.size());
  ExpectTheNextSessionToSweep(*engine);
}

void BackupKillTest::ExpectTheNextBackupToSweep() {
  const std::unique_ptr<Engine> engine = OpenAndCheck(store());
  ASSERT_NE(engine, nullptr);
  const Result<BackupInfo> info = RunBackup(*engine, {.type = BackupType::kIncremental});
  ASSERT_OK(info);
  ExpectNoLeftovers();
  EXPECT_EQ(DifferenceOf(StateOfBackup(info->id), lane_.model.ToState()), "");
  EXPECT_EQ(IdsOf(ListBackups(*engine)).size(), checked_.size() + 1);
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

TEST_F(BackupKillTest, KilledWhereItGetsItsNameItIsCompleteOrNotListed) {
  Begin(33);
  const std::vector<Death> deaths = DeathsAtEachCall(Words(), "/backups/manifests");
  fs::remove_all(store());
  for (const Death& death : deaths) {
    Die(death);
    if (HasFailure()) return;
  }
  ExpectTheNextBackupToSweep();
}

}  // namespace
}  // namespace coffer::crash
