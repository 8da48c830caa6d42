#include "operations/runner/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "engine/internals.h"
#include "operations/operations_fixture.h"
#include "support/gate.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

using std::chrono::milliseconds;

constexpr std::array<OperationKind, 8> kAllOperationKinds = {
    OperationKind::kImport, OperationKind::kBulkDelete, OperationKind::kBackup, OperationKind::kRestore,
    OperationKind::kExport, OperationKind::kErase,      OperationKind::kVerify, OperationKind::kPrune};
// Long enough for a thread to start, if it may; only a failing test needs it.
constexpr milliseconds kWouldHaveStarted(20);

// An operation that runs until it is released or cancelled.
struct BlockedOperation {
  Gate started;
  std::atomic<bool> let_go{false};
  std::shared_ptr<LiveOperation> operation;
};

class RunnerTest : public OperationsTest {
 protected:
  Runner& runner() { return RunnerOf(engine::CoreOf(engine())); }

  static OperationSpec Spec(OperationKind kind, OperationWork work) {
    OperationSpec spec;
    spec.kind = kind;
    spec.work = std::move(work);
    return spec;
  }
  static OperationSpec Trivial(OperationKind kind = OperationKind::kImport) {
    return Spec(kind, [](OperationContext&) { return std::string("{}"); });
  }
  static OperationSpec Held(OperationKind kind, BlockedOperation& held) {
    return Spec(kind, [&held](OperationContext& context) -> Result<std::string> {
      held.started.Open();
      while (!held.let_go) {
        if (Status status = context.CheckStop(); !status.ok()) return status;
        std::this_thread::sleep_for(milliseconds(1));
      }
      return std::string("{}");
    });
  }
  void Start(OperationKind kind, BlockedOperation& held) {
    Result<std::shared_ptr<LiveOperation>> operation = runner().Start(Held(kind, held));
    ASSERT_OK(operation);
    held.operation = *operation;
  }
  std::shared_ptr<LiveOperation> StartOk(OperationSpec spec) {
    Result<std::shared_ptr<LiveOperation>> operation = runner().Start(std::move(spec));
    EXPECT_OK(operation);
    return operation.ok() ? *operation : nullptr;
  }
};

TEST_F(RunnerTest, TheMatrixHoldsForEveryPair) {
  for (OperationKind other : kAllOperationKinds) {
    for (OperationKind newcomer : kAllOperationKinds) {
      SCOPED_TRACE(std::string(OperationKindName(newcomer)) + " meets " + std::string(OperationKindName(other)));
      BlockedOperation running;
      ASSERT_NO_FATAL_FAILURE(Start(other, running));
      running.started.Wait();
      const Meeting meeting = WhenMeeting(newcomer, other);
      BlockedOperation next;
      Result<std::shared_ptr<LiveOperation>> operation = runner().Start(Held(newcomer, next));
      if (meeting == Meeting::kBusy) {
        EXPECT_CODE(operation, kBusy);
        running.let_go = true;
        EXPECT_OK(running.operation->Wait());
        continue;
      }
      ASSERT_OK(operation);
      if (meeting == Meeting::kWaits) {
        EXPECT_FALSE(next.started.WaitFor(kWouldHaveStarted));
        EXPECT_EQ((*operation)->Info().state, OperationState::kPending);
        running.let_go = true;
      }
      next.started.Wait();
      EXPECT_EQ((*operation)->Info().state, OperationState::kRunning);
      running.let_go = true;
      next.let_go = true;
      EXPECT_OK(running.operation->Wait());
      EXPECT_OK((*operation)->Wait());
    }
  }
}

TEST_F(RunnerTest, TheMatrixIsTheOneInTheHeader) {
  const auto row = [](OperationKind newcomer) {
    std::string text;
    for (OperationKind other : kAllOperationKinds) text += "rwb"[static_cast<int>(WhenMeeting(newcomer, other))];
    return text;
  };
  EXPECT_EQ(row(OperationKind::kImport), "rrrwrrrr");
  EXPECT_EQ(row(OperationKind::kBulkDelete), "rrrwrrrr");
  EXPECT_EQ(row(OperationKind::kBackup), "rrwwrwrw");
  EXPECT_EQ(row(OperationKind::kRestore), "wwwbwwww");
  EXPECT_EQ(row(OperationKind::kExport), "rrrwrwrr");
  EXPECT_EQ(row(OperationKind::kErase), "rrwwwwrw");
  EXPECT_EQ(row(OperationKind::kVerify), "rrrwrrrw");
  EXPECT_EQ(row(OperationKind::kPrune), "rrwwrwww");
}

TEST_F(RunnerTest, NobodyOvertakesOneThatItWouldWaitFor) {
  BlockedOperation first;
  BlockedOperation restore;
  BlockedOperation second;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, first));
  first.started.Wait();
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kRestore, restore));
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, second));
  EXPECT_FALSE(second.started.WaitFor(kWouldHaveStarted)) << "the restore was there before";
  EXPECT_CODE(runner().Start(Trivial(OperationKind::kRestore)), kBusy) << "a pending one counts as well";
  first.let_go = true;
  restore.started.Wait();
  EXPECT_FALSE(second.started.WaitFor(kWouldHaveStarted));
  restore.let_go = true;
  second.started.Wait();
  second.let_go = true;
  EXPECT_OK(second.operation->Wait());
}

TEST_F(RunnerTest, ThoseWithoutConflictPassOneThatWaits) {
  BlockedOperation backup;
  BlockedOperation second_backup;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, backup));
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, second_backup));
  EXPECT_OK(StartOk(Trivial(OperationKind::kImport))->Wait());
  EXPECT_EQ(second_backup.operation->Info().state, OperationState::kPending);
  backup.let_go = second_backup.let_go = true;
  EXPECT_OK(second_backup.operation->Wait());
}

TEST_F(RunnerTest, NoMoreThanTheLimitRunAtOnce) {
  std::vector<std::unique_ptr<BlockedOperation>> operations;
  for (std::size_t i = 0; i < kOperationsRunningMax + 2; ++i) {
    operations.push_back(std::make_unique<BlockedOperation>());
    ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, *operations.back()));
  }
  for (std::size_t i = 0; i < kOperationsRunningMax; ++i) operations[i]->started.Wait();
  EXPECT_FALSE(operations[kOperationsRunningMax]->started.WaitFor(kWouldHaveStarted));
  operations[2]->let_go = true;
  operations[kOperationsRunningMax]->started.Wait();
  EXPECT_EQ(operations[kOperationsRunningMax + 1]->operation->Info().state, OperationState::kPending)
      << "in the order of the starts";
  for (const auto& operation : operations) operation->let_go = true;
  for (const auto& operation : operations) EXPECT_OK(operation->operation->Wait());
}

TEST_F(RunnerTest, OneMoreThanMayWaitIsRefused) {
  BlockedOperation restore;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kRestore, restore));
  restore.started.Wait();
  std::vector<std::shared_ptr<LiveOperation>> waiting;
  for (std::size_t i = 0; i < kOperationsPendingMax; ++i) waiting.push_back(StartOk(Trivial()));
  EXPECT_CODE(runner().Start(Trivial()), kResourceExhausted);
  waiting.front()->Cancel();
  waiting.push_back(StartOk(Trivial()));
  restore.let_go = true;
  EXPECT_CODE(waiting.front()->Wait(), kCancelled);
  for (std::size_t i = 1; i < waiting.size(); ++i) EXPECT_OK(waiting[i]->Wait());
}

TEST_F(RunnerTest, APendingOneIsCancelledAtOnceAndNeverRuns) {
  BlockedOperation backup;
  BlockedOperation second;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, backup));
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, second));
  EXPECT_OK(CancelOperation(engine(), second.operation->id()));
  EXPECT_CODE(second.operation->Wait(), kCancelled) << "while the one before it still runs";
  EXPECT_FALSE(second.started.WaitFor(milliseconds(0)));
  const OperationInfo info = GetOperation(engine(), second.operation->id()).value();
  EXPECT_EQ(info.state, OperationState::kCancelled);
  EXPECT_FALSE(info.started_at);
  EXPECT_TRUE(info.completed_at);
  backup.let_go = true;
  EXPECT_OK(backup.operation->Wait());
  EXPECT_OK(CancelOperation(engine(), backup.operation->id())) << "it has ended already";
  EXPECT_EQ(GetOperation(engine(), backup.operation->id()).value().state, OperationState::kCompleted);
}

TEST_F(RunnerTest, ARunningOneSeesTheCancel) {
  BlockedOperation held;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kExport, held));
  held.started.Wait();
  held.operation->Cancel();
  EXPECT_CODE(held.operation->Wait(), kCancelled);
  EXPECT_EQ(held.operation->Info().state, OperationState::kCancelled);
  EXPECT_CODE(held.operation->Info().error, kCancelled);
}

TEST_F(RunnerTest, OneThatIsPastItsLastStepCompletesInSpiteOfACancel) {
  Gate started;
  Gate cancelled;
  const std::shared_ptr<LiveOperation> operation = StartOk(Spec(OperationKind::kExport, [&](OperationContext&) {
    started.Open();
    cancelled.Wait();
    return std::string("{}");
  }));
  started.Wait();
  operation->Cancel();
  cancelled.Open();
  EXPECT_OK(operation->Wait());
  EXPECT_EQ(operation->Info().state, OperationState::kCompleted);
}

TEST_F(RunnerTest, OneThatCannotBeCancelledIsNot) {
  BlockedOperation held;
  OperationSpec spec = Held(OperationKind::kErase, held);
  spec.cancellable = false;
  const std::shared_ptr<LiveOperation> operation = StartOk(std::move(spec));
  held.started.Wait();
  operation->Cancel();
  EXPECT_FALSE(operation->WaitFor(kWouldHaveStarted));
  held.let_go = true;
  EXPECT_OK(operation->Wait());
}

TEST_F(RunnerTest, FailuresAndExceptionsEndAsFailed) {
  const std::shared_ptr<LiveOperation> failed = StartOk(Spec(
      OperationKind::kBackup, [](OperationContext&) -> Result<std::string> { return Status::Corruption("file 7 is bad"); }));
  EXPECT_CODE(failed->Wait(), kCorruption);
  const std::shared_ptr<LiveOperation> threw = StartOk(
      Spec(OperationKind::kBackup, [](OperationContext&) -> Result<std::string> { throw std::runtime_error("out of luck"); }));
  EXPECT_CODE(threw->Wait(), kInternal);
  const OperationInfo info = GetOperation(engine(), failed->id()).value();
  EXPECT_EQ(info.state, OperationState::kFailed);
  EXPECT_EQ(info.error.message(), "file 7 is bad");
  EXPECT_EQ(info.result, Json());
}

TEST_F(RunnerTest, TheEndIsCalledOnceAndAtOnceWhereItIsOver) {
  BlockedOperation held;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, held));
  std::atomic<int> calls{0};
  Gate called;
  held.operation->OnEnd([&] {
    ++calls;
    EXPECT_EQ(held.operation->Info().state, OperationState::kCompleted);
    called.Open();
  });
  EXPECT_EQ(calls, 0);
  held.let_go = true;
  called.Wait();
  held.operation->OnEnd([&] { ++calls; });
  EXPECT_EQ(calls, 2);
}

TEST_F(RunnerTest, ClosingCancelsWhatRunsAndWhatWaitsAndHandlesOutliveIt) {
  BlockedOperation running;
  BlockedOperation waiting;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, running));
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, waiting));
  running.started.Wait();
  std::atomic<int> ends{0};
  running.operation->OnEnd([&] { ++ends; });
  waiting.operation->OnEnd([&] { ++ends; });
  ASSERT_OK(engine().Close());
  EXPECT_EQ(ends, 2);
  engine_.reset();
  EXPECT_CODE(running.operation->Wait(), kCancelled);
  EXPECT_CODE(waiting.operation->Wait(), kCancelled);
  running.operation->Cancel();
  Open();
  EXPECT_EQ(GetOperation(engine(), running.operation->id()).value().state, OperationState::kCancelled);
  EXPECT_EQ(GetOperation(engine(), waiting.operation->id()).value().state, OperationState::kCancelled);
}

TEST_F(RunnerTest, ProgressGrowsAndEndsAtWhatIsExpected) {
  Gate checked;
  Gate half;
  const std::shared_ptr<LiveOperation> operation = StartOk(Spec(OperationKind::kImport, [&](OperationContext& context) {
    context.ExpectBytes(1000);
    context.AddBytes(400);
    context.AddRecords(3);
    half.Open();
    checked.Wait();
    context.AddBytes(500);
    context.AddRecords(1);
    return std::string("{}");
  }));
  half.Wait();
  EXPECT_EQ(operation->Info().progress.Percent(), 40);
  EXPECT_EQ(GetOperation(engine(), operation->id()).value().progress.records_done, 3U) << "live, not the journal's last entry";
  checked.Open();
  EXPECT_OK(operation->Wait());
  for (const OperationInfo& info : {operation->Info(), GetOperation(engine(), operation->id()).value()}) {
    EXPECT_EQ(info.progress.bytes_done, 900U);
    EXPECT_EQ(info.progress.bytes_expected, 900U) << "estimates have become facts";
    EXPECT_EQ(info.progress.records_expected, 4U);
    EXPECT_EQ(info.progress.Percent(), 100);
  }
}

TEST_F(RunnerTest, IdsFollowTheOrderOfTheStartsAlsoWhenTheClockGoesBack) {
  ManualClock clock(1'700'000'000'000'000);
  OpenOptions options;
  options.clock = &clock;
  Open(options);
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) {
    if (i == 3) Open(options);
    clock.Advance(-ManualClock::kMicrosecondsPerDay);
    const std::shared_ptr<LiveOperation> operation = StartOk(Trivial());
    EXPECT_OK(operation->Wait());
    ids.push_back(operation->id());
  }
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  const Page<OperationInfo> page = ListOperations(engine()).value();
  ASSERT_EQ(page.items.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(page.items[i].id, ids[5 - i]) << "the newest first";
  engine_.reset();  // before its clock
}

TEST_F(RunnerTest, ListsByPagesKindsAndStates) {
  for (int i = 0; i < 5; ++i) EXPECT_OK(StartOk(Trivial(i % 2 == 0 ? OperationKind::kImport : OperationKind::kExport))->Wait());
  BlockedOperation held;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, held));
  held.started.Wait();
  OperationListOptions options;
  options.limit = 4;
  const Page<OperationInfo> first = ListOperations(engine(), options).value();
  ASSERT_EQ(first.items.size(), 4U);
  EXPECT_EQ(first.items.front().state, OperationState::kRunning);
  options.after = first.next;
  const Page<OperationInfo> second = ListOperations(engine(), options).value();
  EXPECT_EQ(second.items.size(), 2U);
  EXPECT_TRUE(second.next.empty());
  options = {};
  options.kind = OperationKind::kImport;
  EXPECT_EQ(ListOperations(engine(), options).value().items.size(), 4U);
  options.state = OperationState::kCompleted;
  EXPECT_EQ(ListOperations(engine(), options).value().items.size(), 3U);
  options.limit = 0;
  EXPECT_CODE(ListOperations(engine(), options), kInvalidArgument);
  EXPECT_CODE(GetOperation(engine(), "none"), kNotFound);
  EXPECT_CODE(CancelOperation(engine(), "none"), kNotFound);
  held.let_go = true;
  EXPECT_OK(held.operation->Wait());
}

TEST_F(RunnerTest, ManyThreadsStartCancelAndListAtOnce) {
  std::vector<std::thread> threads;
  // Shared with the callbacks, because a wait may return before they are called.
  const auto ended = std::make_shared<std::atomic<int>>(0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const OperationKind kind = kAllOperationKinds[static_cast<std::size_t>((t + i) % 6)];
        Result<std::shared_ptr<LiveOperation>> operation =
            runner().Start(Spec(kind, [](OperationContext& context) -> Result<std::string> {
              context.AddRecords(1);
              if (Status status = context.CheckStop(); !status.ok()) return status;
              return std::string("{}");
            }));
        if (!operation.ok()) {
          EXPECT_CODE(operation, kBusy);
          continue;
        }
        (*operation)->OnEnd([ended] { ++*ended; });
        if (i % 3 == 0) (*operation)->Cancel();
        EXPECT_OK(ListOperations(engine()));
        const Status status = (*operation)->Wait();
        EXPECT_TRUE(status.ok() || status.code() == StatusCode::kCancelled) << status.ToString();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  OperationListOptions options;
  options.limit = 1000;
  const Page<OperationInfo> all = ListOperations(engine(), options).value();
  EXPECT_LE(static_cast<std::size_t>(ended->load()), all.items.size());
  for (const OperationInfo& info : all.items) EXPECT_GE(info.state, OperationState::kCompleted);
}

TEST_F(RunnerTest, ACallbackThatThrowsHarmsNobody) {
  BlockedOperation held;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, held));
  Gate called;
  held.operation->OnEnd([] { throw std::runtime_error("out of luck"); });
  held.operation->OnEnd(nullptr);
  held.operation->OnEnd([] { throw 7; });
  held.operation->OnEnd([&] { called.Open(); });
  held.let_go = true;
  called.Wait();
  EXPECT_OK(held.operation->Wait());
  held.operation->OnEnd([] { throw std::runtime_error("out of luck"); });
  held.operation->OnEnd(nullptr);
  // The thread that ended it runs the next one.
  EXPECT_OK(StartOk(Spec(OperationKind::kImport, [](OperationContext&) { return std::string("{}"); }))->Wait());
}

}  // namespace
}  // namespace coffer::operations
