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

#include "operations_fixture.h"
#include "support/gate.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

using std::chrono::milliseconds;

constexpr std::array<OperationKind, 8> kAllOperationKinds = {
    OperationKind::kImport, OperationKind::kBulkDelete, OperationKind::kBackup, OperationKind::kRestore,
    OperationKind::kExport, OperationKind::kErase,      OperationKind::kVerify, OperationKind::kPrune};
// Long enough for a thread that may start to do so; only a test that is to fail needs it.
constexpr milliseconds kWouldHaveStarted(20);

// A job that runs until it is let go, or told to stop.
struct HeldJob {
  Gate started;
  std::atomic<bool> let_go{false};
  std::shared_ptr<Job> job;
};

class RunnerTest : public OperationsTest {
 protected:
  Runner& runner() { return RunnerOf(engine().core()); }

  static JobSpec Spec(OperationKind kind, JobWork work) {
    JobSpec spec;
    spec.kind = kind;
    spec.work = std::move(work);
    return spec;
  }
  static JobSpec Trivial(OperationKind kind = OperationKind::kImport) {
    return Spec(kind, [](JobContext&) { return std::string("{}"); });
  }
  static JobSpec Held(OperationKind kind, HeldJob& held) {
    return Spec(kind, [&held](JobContext& context) -> Result<std::string> {
      held.started.Open();
      while (!held.let_go) {
        if (Status status = context.CheckStop(); !status.ok()) return status;
        std::this_thread::sleep_for(milliseconds(1));
      }
      return std::string("{}");
    });
  }
  void Start(OperationKind kind, HeldJob& held) {
    Result<std::shared_ptr<Job>> job = runner().Start(Held(kind, held));
    ASSERT_OK(job);
    held.job = *job;
  }
  std::shared_ptr<Job> StartOk(JobSpec spec) {
    Result<std::shared_ptr<Job>> job = runner().Start(std::move(spec));
    EXPECT_OK(job);
    return job.ok() ? *job : nullptr;
  }
};

TEST_F(RunnerTest, TheMatrixHoldsForEveryPair) {
  for (OperationKind other : kAllOperationKinds) {
    for (OperationKind newcomer : kAllOperationKinds) {
      SCOPED_TRACE(std::string(OperationKindName(newcomer)) + " meets " + std::string(OperationKindName(other)));
      HeldJob running;
      ASSERT_NO_FATAL_FAILURE(Start(other, running));
      running.started.Wait();
      const Meeting meeting = WhenMeeting(newcomer, other);
      HeldJob next;
      Result<std::shared_ptr<Job>> job = runner().Start(Held(newcomer, next));
      if (meeting == Meeting::kBusy) {
        EXPECT_CODE(job, kBusy);
        running.let_go = true;
        EXPECT_OK(running.job->Wait());
        continue;
      }
      ASSERT_OK(job);
      if (meeting == Meeting::kWaits) {
        EXPECT_FALSE(next.started.WaitFor(kWouldHaveStarted));
        EXPECT_EQ((*job)->Info().state, OperationState::kPending);
        running.let_go = true;
      }
      next.started.Wait();
      EXPECT_EQ((*job)->Info().state, OperationState::kRunning);
      running.let_go = true;
      next.let_go = true;
      EXPECT_OK(running.job->Wait());
      EXPECT_OK((*job)->Wait());
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
  HeldJob first;
  HeldJob restore;
  HeldJob second;
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
  EXPECT_OK(second.job->Wait());
}

TEST_F(RunnerTest, ThoseWithoutConflictPassOneThatWaits) {
  HeldJob backup;
  HeldJob second_backup;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, backup));
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, second_backup));
  EXPECT_OK(StartOk(Trivial(OperationKind::kImport))->Wait());
  EXPECT_EQ(second_backup.job->Info().state, OperationState::kPending);
  backup.let_go = second_backup.let_go = true;
  EXPECT_OK(second_backup.job->Wait());
}

TEST_F(RunnerTest, NoMoreThanTheLimitRunAtOnce) {
  std::vector<std::unique_ptr<HeldJob>> jobs;
  for (std::size_t i = 0; i < kOperationsRunningMax + 2; ++i) {
    jobs.push_back(std::make_unique<HeldJob>());
    ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, *jobs.back()));
  }
  for (std::size_t i = 0; i < kOperationsRunningMax; ++i) jobs[i]->started.Wait();
  EXPECT_FALSE(jobs[kOperationsRunningMax]->started.WaitFor(kWouldHaveStarted));
  jobs[2]->let_go = true;
  jobs[kOperationsRunningMax]->started.Wait();
  EXPECT_EQ(jobs[kOperationsRunningMax + 1]->job->Info().state, OperationState::kPending) << "in the order of the starts";
  for (const auto& job : jobs) job->let_go = true;
  for (const auto& job : jobs) EXPECT_OK(job->job->Wait());
}

TEST_F(RunnerTest, OneMoreThanMayWaitIsRefused) {
  HeldJob restore;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kRestore, restore));
  restore.started.Wait();
  std::vector<std::shared_ptr<Job>> waiting;
  for (std::size_t i = 0; i < kOperationsPendingMax; ++i) waiting.push_back(StartOk(Trivial()));
  EXPECT_CODE(runner().Start(Trivial()), kResourceExhausted);
  waiting.front()->Cancel();
  waiting.push_back(StartOk(Trivial()));
  restore.let_go = true;
  EXPECT_CODE(waiting.front()->Wait(), kCancelled);
  for (std::size_t i = 1; i < waiting.size(); ++i) EXPECT_OK(waiting[i]->Wait());
}

TEST_F(RunnerTest, APendingOneIsCancelledAtOnceAndNeverRuns) {
  HeldJob backup;
  HeldJob second;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, backup));
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, second));
  EXPECT_OK(CancelOperation(engine(), second.job->id()));
  EXPECT_CODE(second.job->Wait(), kCancelled) << "while the one ahead still runs";
  EXPECT_FALSE(second.started.WaitFor(milliseconds(0)));
  const OperationInfo info = GetOperation(engine(), second.job->id()).value();
  EXPECT_EQ(info.state, OperationState::kCancelled);
  EXPECT_FALSE(info.started_at);
  EXPECT_TRUE(info.completed_at);
  backup.let_go = true;
  EXPECT_OK(backup.job->Wait());
  EXPECT_OK(CancelOperation(engine(), backup.job->id())) << "it has ended already";
  EXPECT_EQ(GetOperation(engine(), backup.job->id()).value().state, OperationState::kCompleted);
}

TEST_F(RunnerTest, ARunningOneSeesTheCancel) {
  HeldJob held;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kExport, held));
  held.started.Wait();
  held.job->Cancel();
  EXPECT_CODE(held.job->Wait(), kCancelled);
  EXPECT_EQ(held.job->Info().state, OperationState::kCancelled);
  EXPECT_CODE(held.job->Info().error, kCancelled);
}

TEST_F(RunnerTest, OneThatIsPastItsLastStepCompletesInSpiteOfACancel) {
  Gate started;
  Gate cancelled;
  const std::shared_ptr<Job> job = StartOk(Spec(OperationKind::kExport, [&](JobContext&) {
    started.Open();
    cancelled.Wait();
    return std::string("{}");
  }));
  started.Wait();
  job->Cancel();
  cancelled.Open();
  EXPECT_OK(job->Wait());
  EXPECT_EQ(job->Info().state, OperationState::kCompleted);
}

TEST_F(RunnerTest, OneThatCannotBeCancelledIsNot) {
  HeldJob held;
  JobSpec spec = Held(OperationKind::kErase, held);
  spec.cancellable = false;
  const std::shared_ptr<Job> job = StartOk(std::move(spec));
  held.started.Wait();
  job->Cancel();
  EXPECT_FALSE(job->WaitFor(kWouldHaveStarted));
  held.let_go = true;
  EXPECT_OK(job->Wait());
}

TEST_F(RunnerTest, FailuresAndExceptionsEndAsFailed) {
  const std::shared_ptr<Job> failed = StartOk(
      Spec(OperationKind::kBackup, [](JobContext&) -> Result<std::string> { return Status::Corruption("file 7 is bad"); }));
  EXPECT_CODE(failed->Wait(), kCorruption);
  const std::shared_ptr<Job> threw = StartOk(
      Spec(OperationKind::kBackup, [](JobContext&) -> Result<std::string> { throw std::runtime_error("out of luck"); }));
  EXPECT_CODE(threw->Wait(), kInternal);
  const OperationInfo info = GetOperation(engine(), failed->id()).value();
  EXPECT_EQ(info.state, OperationState::kFailed);
  EXPECT_EQ(info.error.message(), "file 7 is bad");
  EXPECT_EQ(info.result, Json());
}

TEST_F(RunnerTest, TheEndIsCalledOnceAndAtOnceWhereItIsOver) {
  HeldJob held;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, held));
  std::atomic<int> calls{0};
  Gate called;
  held.job->OnEnd([&] {
    ++calls;
    EXPECT_EQ(held.job->Info().state, OperationState::kCompleted);
    called.Open();
  });
  EXPECT_EQ(calls, 0);
  held.let_go = true;
  called.Wait();
  held.job->OnEnd([&] { ++calls; });
  EXPECT_EQ(calls, 2);
}

TEST_F(RunnerTest, ClosingCancelsWhatRunsAndWhatWaitsAndHandlesOutliveIt) {
  HeldJob running;
  HeldJob waiting;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, running));
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kBackup, waiting));
  running.started.Wait();
  std::atomic<int> ends{0};
  running.job->OnEnd([&] { ++ends; });
  waiting.job->OnEnd([&] { ++ends; });
  ASSERT_OK(engine().Close());
  EXPECT_EQ(ends, 2);
  engine_.reset();
  EXPECT_CODE(running.job->Wait(), kCancelled);
  EXPECT_CODE(waiting.job->Wait(), kCancelled);
  running.job->Cancel();
  Open();
  EXPECT_EQ(GetOperation(engine(), running.job->id()).value().state, OperationState::kCancelled);
  EXPECT_EQ(GetOperation(engine(), waiting.job->id()).value().state, OperationState::kCancelled);
}

TEST_F(RunnerTest, ProgressGrowsAndEndsAtWhatIsExpected) {
  Gate checked;
  Gate half;
  const std::shared_ptr<Job> job = StartOk(Spec(OperationKind::kImport, [&](JobContext& context) {
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
  EXPECT_EQ(job->Info().progress.Percent(), 40);
  EXPECT_EQ(GetOperation(engine(), job->id()).value().progress.records_done, 3U) << "live, not what the journal last heard";
  checked.Open();
  EXPECT_OK(job->Wait());
  for (const OperationInfo& info : {job->Info(), GetOperation(engine(), job->id()).value()}) {
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
    const std::shared_ptr<Job> job = StartOk(Trivial());
    EXPECT_OK(job->Wait());
    ids.push_back(job->id());
  }
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  const Page<OperationInfo> page = ListOperations(engine()).value();
  ASSERT_EQ(page.items.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(page.items[i].id, ids[5 - i]) << "the newest first";
  engine_.reset();  // before its clock
}

TEST_F(RunnerTest, ListsByPagesKindsAndStates) {
  for (int i = 0; i < 5; ++i) EXPECT_OK(StartOk(Trivial(i % 2 == 0 ? OperationKind::kImport : OperationKind::kExport))->Wait());
  HeldJob held;
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
  EXPECT_OK(held.job->Wait());
}

TEST_F(RunnerTest, ManyThreadsStartCancelAndListAtOnce) {
  std::vector<std::thread> threads;
  // Kept by the callbacks too: a wait may return before they are called.
  const auto ended = std::make_shared<std::atomic<int>>(0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const OperationKind kind = kAllOperationKinds[static_cast<std::size_t>((t + i) % 6)];
        Result<std::shared_ptr<Job>> job = runner().Start(Spec(kind, [](JobContext& context) -> Result<std::string> {
          context.AddRecords(1);
          if (Status status = context.CheckStop(); !status.ok()) return status;
          return std::string("{}");
        }));
        if (!job.ok()) {
          EXPECT_CODE(job, kBusy);
          continue;
        }
        (*job)->OnEnd([ended] { ++*ended; });
        if (i % 3 == 0) (*job)->Cancel();
        EXPECT_OK(ListOperations(engine()));
        const Status status = (*job)->Wait();
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
  HeldJob held;
  ASSERT_NO_FATAL_FAILURE(Start(OperationKind::kImport, held));
  Gate called;
  held.job->OnEnd([] { throw std::runtime_error("out of luck"); });
  held.job->OnEnd(nullptr);
  held.job->OnEnd([] { throw 7; });
  held.job->OnEnd([&] { called.Open(); });
  held.let_go = true;
  called.Wait();
  EXPECT_OK(held.job->Wait());
  held.job->OnEnd([] { throw std::runtime_error("out of luck"); });
  held.job->OnEnd(nullptr);
  // The thread that ended it runs the next one.
  EXPECT_OK(StartOk(Spec(OperationKind::kImport, [](JobContext&) { return std::string("{}"); }))->Wait());
}

}  // namespace
}  // namespace coffer::operations
