// A process is killed while it erases a user: once the erasure has begun, the next opening completes it; before that, nothing
// has happened. What the user writes after the deletion stays.
#include "coffer/operation.h"
#include "crash/crash_fixture.h"

namespace coffer::crash {
namespace {

class EraseKillTest : public CrashTest {};

TEST_F(EraseKillTest, AnErasureThatWasBegunIsFinishedByTheNextOpening) {
  constexpr std::uint64_t kKills = 16;
  seed_ = SeedFor(61);
  Model whole;
  for (const Step& step : MakeStock(seed_)) whole.Apply(step);
  KeepStoreWith(MakeStock(seed_));
  Model erased = whole;
  for (Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
    DeleteRound round;
    round.selection.kind = kind;
    round.selection.owner = StockOwner(0);
    for (const std::vector<std::string>& commit : whole.CommitsOf(round)) erased.Drop(kind, commit);
  }
  ASSERT_NE(DifferenceOf(erased.ToState(), whole.ToState()), "");

  CopyFolder(kept(), store());
  const std::vector<std::string> words = {"erase", store(), "user=" + StockOwner(0)};
  for (const Death& death : DeathsIn(Work(words), kKills)) {
    SCOPED_TRACE(Describe(death));
    CopyFolder(kept(), store());
    const WorkerRun run = WorkAndDie(words, death);
    SCOPED_TRACE(run.LastWords());
    const std::unique_ptr<Engine> engine = OpenAndCheck(store());
    ASSERT_NE(engine, nullptr);
    State found = StateOf(*engine);
    const bool returned = found.erase("prompt returned") > 0;
    EXPECT_TRUE(returned || run.Said("returned").empty()) << "the user's later record is gone";
    if (!run.Said("erasing").empty() || found != whole.ToState()) {
      EXPECT_EQ(DifferenceOf(found, erased.ToState()), "");
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace coffer::crash
