// A writing process is killed by SIGKILL at any moment. The store opens, its counters equal a recount, every acknowledged step
// is there, and the current one is there in whole or not at all.
//
// Seeds are fixed; COFFER_CRASH_SEED=<number> in the environment selects others.
#include <array>
#include <filesystem>

#include "crash/crash_fixture.h"

namespace coffer::crash {
namespace {

namespace fs = std::filesystem;

class WriteKillTest : public CrashTest {
 protected:
  void Begin(std::uint64_t test) {
    seed_ = SeedFor(test);
    for (int i = 0; i < 2; ++i) {
      lanes_[static_cast<std::size_t>(i)].number = i;
      lanes_[static_cast<std::size_t>(i)].seed = seed_;
    }
  }
  std::vector<std::string> Words(std::uint64_t steps) const {
    return {"write",
            store(),
            Word("seed", seed_),
            Word("lane0", lanes_[0].next),
            Word("lane1", lanes_[1].next),
            Word("steps", steps)};
  }
  // Checks a copy, so that the next worker finds the store as the last one left it.
  void TakeOverAndCheck(const WorkerRun& run) {
    SCOPED_TRACE(run.LastWords());
    for (Lane& lane : lanes_) lane.TakeOver(run);
    CopyFolder(store(), kept());
    const std::unique_ptr<Engine> engine = OpenAndCheck(kept());
    ASSERT_NE(engine, nullptr);
    const State found = StateOf(*engine);
    for (const auto& [key, value] : found) {
      const std::string id = key.substr(key.find(' ') + 1);
      EXPECT_TRUE(id.starts_with(LanePrefix(0)) || id.starts_with(LanePrefix(1))) << key << ": not written by any worker";
    }
    for (Lane& lane : lanes_) lane.Settle(found);
  }

  // One worker after another on one store, each killed at another call.
  void WriteAndDie(std::uint64_t test, std::uint64_t kills);
  void WriteUntilKilled(std::uint64_t test, std::uint64_t kills);
  void DieWhileRecovering(std::uint64_t test, std::uint64_t rounds);

  std::array<Lane, 2> lanes_;
};

void WriteKillTest::WriteAndDie(std::uint64_t test, std::uint64_t kills) {
  constexpr std::uint64_t kSteps = 25;
  Begin(test);
  const std::vector<Death> deaths = DeathsIn(Work(Words(kSteps)), kills);
  fs::remove_all(store());
  for (const Death& death : deaths) {
    SCOPED_TRACE(Describe(death));
    TakeOverAndCheck(WorkAndDie(Words(kSteps), death));
    if (HasFailure()) return;
  }
}

void WriteKillTest::WriteUntilKilled(std::uint64_t test, std::uint64_t kills) {
  constexpr std::uint64_t kSteps = 60;
  Begin(test);
  for (const Death& death : DeathsBetween(1, kSteps, kills)) {
    SCOPED_TRACE("seed " + std::to_string(seed_) + ", killed from outside after line " + std::to_string(death.call));
    TakeOverAndCheck(WorkUntilKilled(Words(kSteps), death.call));
    if (HasFailure()) return;
  }
}

void WriteKillTest::DieWhileRecovering(std::uint64_t test, std::uint64_t rounds) {
  constexpr std::uint64_t kDeaths = 5;
  Begin(test);
  for (std::uint64_t round = 0; round < rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed_) + ", round " + std::to_string(round));
    const WorkerRun run = WorkUntilKilled(Words(60), 30);
    CopyFolder(store(), kept());
    const std::uint64_t calls = Work({"open", kept()}).LastNumber("opened");
    ASSERT_GT(calls, 10U);
    for (const Death& death : DeathsBetween(1, calls, kDeaths)) WorkAndDie({"open", store()}, death);
    TakeOverAndCheck(run);
  }
}

TEST_F(WriteKillTest, EveryAcknowledgedStepIsThereAndNoneByHalfSeed1) { WriteAndDie(1, 14); }
TEST_F(WriteKillTest, EveryAcknowledgedStepIsThereAndNoneByHalfSeed2) { WriteAndDie(2, 14); }
TEST_F(WriteKillTest, EveryAcknowledgedStepIsThereAndNoneByHalfSeed3) { WriteAndDie(3, 14); }
TEST_F(WriteKillTest, EveryAcknowledgedStepIsThereAfterAKillFromOutsideSeed4) { WriteUntilKilled(4, 8); }
TEST_F(WriteKillTest, EveryAcknowledgedStepIsThereAfterAKillFromOutsideSeed5) { WriteUntilKilled(5, 8); }
TEST_F(WriteKillTest, RecoveryThatIsKilledTooLosesNothing) { DieWhileRecovering(6, 3); }

TEST_F(WriteKillTest, FirstOpeningThatIsKilledIsTakenUpByTheNext) {
  Begin(7);
  const std::uint64_t calls = Work({"open", store()}).LastNumber("opened");
  ASSERT_GT(calls, 20U);
  std::vector<Death> deaths = DeathsBetween(1, calls, 12);
  fs::remove_all(store());
  for (const Death& death : DeathsAtEachCall({"open", store()}, "/store/CURRENT")) deaths.push_back(death);
  for (const Death& death : deaths) {
    SCOPED_TRACE(Describe(death));
    fs::remove_all(store());
    const WorkerRun run = WorkAndDie({"open", store()}, death);
    SCOPED_TRACE(run.LastWords());
    const std::unique_ptr<Engine> engine = OpenAndCheck(store());
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(StateOf(*engine), State());
    EXPECT_OK(CommitStep(*engine, MakeStock(seed_).front(), Durability::kDurable));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace coffer::crash
