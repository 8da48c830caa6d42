// Runner: which operation runs when, and on which thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "operations/runner/job.h"
#include "operations/runner/journal.h"

namespace coffer::operations {

// The matrix of operation.h.
enum class Meeting { kRuns, kWaits, kBusy };
Meeting WhenMeeting(OperationKind newcomer, OperationKind other);

// Belongs to its engine's core as the attachment. Safe for use from many threads.
//
// Invariants:
// * An operation is in jobs_ from before its first journal entry until its last one is durable.
// * It starts when none ahead of it in jobs_ stands in its way, so nobody is overtaken by those it would have to wait for.
// * No thread of its own is alive behind Shutdown.
class Runner final : public engine::Attachment, public std::enable_shared_from_this<Runner> {
 public:
  explicit Runner(engine::EngineCore& core) : core_(core), journal_(core.control(), !core.options().read_only) {}
  ~Runner() override;

  Journal& journal() { return journal_; }
  // Ids of new operations are greater than this one.
  void BeginIdsBehind(std::string_view id);

  // kBusy by the matrix, kResourceExhausted (kOperationsPendingMax), or what keeps the journal from being written.
  Result<std::shared_ptr<Job>> Start(JobSpec spec);
  // Takes up again an operation that the journal has as unfinished, ahead of all new ones.
  std::shared_ptr<Job> Resume(OperationInfo info, JobSpec spec);

  Result<OperationInfo> Get(std::string_view id);
  Result<Page<OperationInfo>> List(const OperationListOptions& options);
  Status Cancel(std::string_view id);
  void CancelJob(const Job& job);

  // Cancels what runs or is pending, and waits for it.
  void Shutdown() override;

 private:
  enum class Phase { kReserved, kPending, kRunning, kEnding };
  struct Entry {
    std::shared_ptr<Job> job;
    Phase phase = Phase::kReserved;
  };

  Result<std::shared_ptr<Job>> Reserve(JobSpec spec);
  Status WriteFirstEntry(Job& job);
  void Admit(const std::shared_ptr<Job>& job);
  Status AddWorker();
  Entry* FindStartable();
  void Work();
  void Run(Job& job);
  void End(Job& job, Result<std::string> outcome);
  void TellEnd(Job& job, Result<std::string> outcome, OperationInfo& info);
  void Remove(const Job& job);
  std::shared_ptr<Job> FindLive(std::string_view id);

  engine::EngineCore& core_;
  Journal journal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Entry> jobs_;  // in the order of their starts
  std::vector<std::thread> workers_;
  std::string last_id_;
  bool closing_ = false;
};

// The runner of an open engine.
inline Runner& RunnerOf(engine::EngineCore& core) { return static_cast<Runner&>(*core.attachment()); }

// Starts `work`, whose report the handle gives and, by `to_text`, the journal keeps.
template <typename Report>
Result<OperationOf<Report>> StartReporting(engine::EngineCore& core, JobSpec spec,
                                           std::function<Result<Report>(JobContext&)> work,
                                           std::string (*to_text)(const Report&)) {
  auto report = std::make_shared<std::optional<Report>>();
  spec.work = [report, work = std::move(work), to_text](JobContext& context) -> Result<std::string> {
    Result<Report> made = work(context);
    if (!made.ok()) return std::move(made).status();
    std::string text = to_text(*made);
    *report = std::move(*made);
    return text;
  };
  Result<std::shared_ptr<Job>> job = RunnerOf(core).Start(std::move(spec));
  if (!job.ok()) return std::move(job).status();
  return OperationOf<Report>(std::move(*job), std::move(report));
}

}  // namespace coffer::operations
