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
#include "operations/runner/journal.h"
#include "operations/runner/live_operation.h"
#include "vocabulary/try.h"

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
  Result<std::shared_ptr<LiveOperation>> Start(OperationSpec spec);
  // Takes up again an operation that the journal has as unfinished, ahead of all new ones.
  std::shared_ptr<LiveOperation> Resume(OperationInfo info, OperationSpec spec);

  Result<OperationInfo> Get(std::string_view id);
  Result<Page<OperationInfo>> List(const OperationListOptions& options);
  Status Cancel(std::string_view id);
  void CancelOperation(const LiveOperation& operation);

  // Cancels what runs or is pending, and waits for it.
  void Shutdown() override;

 private:
  enum class Phase { kReserved, kPending, kRunning, kEnding };
  struct Entry {
    std::shared_ptr<LiveOperation> operation;
    Phase phase = Phase::kReserved;
  };

  Result<std::shared_ptr<LiveOperation>> Reserve(OperationSpec spec);
  Status WriteFirstEntry(LiveOperation& operation);
  void Admit(const std::shared_ptr<LiveOperation>& operation);
  Status AddWorker();
  Entry* FindStartable();
  void Work();
  void Run(LiveOperation& operation);
  void End(LiveOperation& operation, Result<std::string> outcome);
  void TellEnd(LiveOperation& operation, Result<std::string> outcome, OperationInfo& info);
  void Remove(const LiveOperation& operation);
  std::shared_ptr<LiveOperation> FindLive(std::string_view id);

  engine::EngineCore& core_;
  Journal journal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Entry> operations_;  // in the order of their starts
  std::vector<std::thread> workers_;
  std::string last_id_;
  bool closing_ = false;
};

// The runner of an open engine.
inline Runner& RunnerOf(engine::EngineCore& core) { return static_cast<Runner&>(*core.attachment()); }

// Makes the public handles.
class OperationHandles {
 public:
  static Operation Make(std::shared_ptr<LiveOperation> operation) { return Operation(std::move(operation)); }
  template <typename Report>
  static OperationOf<Report> Make(std::shared_ptr<LiveOperation> operation,
                                  std::shared_ptr<const std::optional<Report>> report) {
    return OperationOf<Report>(std::move(operation), std::move(report));
  }
};

// Starts `work`, whose report the handle gives and, by `to_text`, the journal keeps.
template <typename Report>
Result<OperationOf<Report>> StartReporting(engine::EngineCore& core, OperationSpec spec,
                                           std::function<Result<Report>(OperationContext&)> work,
                                           std::string (*to_text)(const Report&)) {
  auto report = std::make_shared<std::optional<Report>>();
  spec.work = [report, work = std::move(work), to_text](OperationContext& context) -> Result<std::string> {
    COFFER_ASSIGN(Report made, work(context));
    std::string text = to_text(made);
    *report = std::move(made);
    return text;
  };
  COFFER_ASSIGN(std::shared_ptr<LiveOperation> operation, RunnerOf(core).Start(std::move(spec)));
  return OperationHandles::Make<Report>(std::move(operation), std::move(report));
}

}  // namespace coffer::operations
