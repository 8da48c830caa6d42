// A process is killed during bulk deletes: acknowledged deletes are done, and no record is there in part.
#include <algorithm>

#include "crash/crash_fixture.h"

namespace coffer::crash {
namespace {

class DeleteKillTest : public CrashTest {
 protected:
  void DeleteAndDie(std::uint64_t test, std::uint64_t kills, bool second_dies_too);
};

// The first commits of a bulk delete, and no others, are there in whole.
void ExpectCommitsOf(const DeleteRound* round, Model model, const State& found) {
  if (found == model.ToState()) return;
  const std::string difference = DifferenceOf(found, model.ToState());
  if (round != nullptr) {
    for (const std::vector<std::string>& commit : model.CommitsOf(*round)) {
      model.Drop(round->selection.kind, commit);
      if (found == model.ToState()) return;
    }
  }
  ADD_FAILURE()
      << "the store's state is neither that after the acknowledged deletes, nor that after whole commits of the next one:\n"
      << difference;
}

void DeleteKillTest::DeleteAndDie(std::uint64_t test, std::uint64_t kills, bool second_dies_too) {
  seed_ = SeedFor(test);
  Model stock;
  for (const Step& step : MakeStock(seed_)) stock.Apply(step);
  KeepStoreWith(MakeStock(seed_));
  const std::vector<DeleteRound> rounds = MakeDeleteRounds();
  std::vector<Model> models = {stock};  // after each number of rounds
  for (const DeleteRound& round : rounds) {
    Model model = models.back();
    for (const std::vector<std::string>& commit : model.CommitsOf(round)) model.Drop(round.selection.kind, commit);
    models.push_back(std::move(model));
  }
  CopyFolder(kept(), store());
  for (Death death : DeathsIn(Work({"delete", store()}), kills)) {
    CopyFolder(kept(), store());
    SCOPED_TRACE(Describe(death));
    WorkerRun run = WorkAndDie({"delete", store()}, death);
    std::size_t acknowledged = run.Said("deleted").size();
    if (second_dies_too) {
      death.call = death.call / 2 + 1;  // it starts again with the first round, and finds less to do
      run = WorkAndDie({"delete", store()}, death);
      acknowledged = std::max(acknowledged, run.Said("deleted").size());
    }
    SCOPED_TRACE(std::to_string(acknowledged) + " rounds acknowledged, " + run.LastWords());
    const std::unique_ptr<Engine> engine = OpenAndCheck(store());
    ASSERT_NE(engine, nullptr);
    const bool all = acknowledged == rounds.size();
    ExpectCommitsOf(all ? nullptr : &rounds[acknowledged], models[acknowledged], StateOf(*engine));
    for (const DeleteRound& round : rounds) ASSERT_OK(RunDeleteRound(*engine, round, Durability::kDurable));
    EXPECT_EQ(DifferenceOf(StateOf(*engine), models.back().ToState()), "");
    ASSERT_OK(engine->Reclaim());
    const Result<IntegrityReport> report = engine->CheckIntegrity();
    EXPECT_TRUE(report.ok() && report->ok);
    if (HasFailure()) return;
  }
}

TEST_F(DeleteKillTest, EveryAcknowledgedDeleteIsDoneAndNoRecordIsGoneByHalf) { DeleteAndDie(21, 14, false); }
TEST_F(DeleteKillTest, DeletesThatAreKilledTwiceGoOnWhereTheyWere) { DeleteAndDie(22, 5, true); }

}  // namespace
}  // namespace coffer::crash
