// Runner: schedules operations and runs them on its own threads.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
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
#include "vocabulary/mutex.h"
#include "vocabulary/try.h"

namespace coffer::operations {

// What happens when an operation starts while another is pending or running: the matrix of operation.h.
enum class Meeting { kRuns, kWaits, kBusy };
Meeting WhenMeeting(OperationKind newcomer, OperationKind other);

// Owned by its engine's core as the attachment. Safe for use from many threads.
//
// Invariants:
// * An operation is in operations_ from before its first journal entry until its last one is durable.
// * An operation runs only when no operation ahead of it in operations_ blocks it, so it is never overtaken by one that it must
//   wait for.
// * After Shutdown none of its threads is alive.
class Runner final : public engine::Attachment, public std::enable_shared_from_this<Runner> {
 public:
  explicit Runner(engine::EngineCore& core) : core_(core), journal_(core.control(), !core.options().read_only) {}
  ~Runner() override;

  Journal& journal() { return journal_; }
  // Makes the ids of new operations greater than `id`.
  void BeginIdsBehind(std::string_view id);

  // kBusy: another operation excludes it (see the matrix).
  // kResourceExhausted: kOperationsPendingMax operations are waiting, or no thread could be started.
  // kUnavailable: the engine is closing.
  // Others: the journal could not be written, or before_admission failed.
  Result<std::shared_ptr<LiveOperation>> Start(OperationSpec spec);
  // Resumes an operation that has not ended according to the journal, ahead of all new ones.
  std::shared_ptr<LiveOperation> Resume(OperationInfo info, OperationSpec spec);

  Result<OperationInfo> Get(std::string_view id);
  Result<Page<OperationInfo>> List(const OperationListOptions& options);
  Status Cancel(std::string_view id);
  void CancelOperation(const LiveOperation& operation);

  // Cancels all operations and waits for their end.
  void Shutdown() override;

 private:
  enum class Phase { kReserved, kPending, kRunning, kEnding };
  struct Entry {
    std::shared_ptr<LiveOperation> operation;
    Phase phase = Phase::kReserved;
  };

  Result<std::shared_ptr<LiveOperation>> Reserve(OperationSpec spec) COFFER_EXCLUDES(mutex_);
  Status WriteFirstEntry(LiveOperation& operation) COFFER_EXCLUDES(mutex_);
  void Admit(const std::shared_ptr<LiveOperation>& operation) COFFER_EXCLUDES(mutex_);
  Status AddWorker() COFFER_REQUIRES(mutex_);
  Entry* FindStartable() COFFER_REQUIRES(mutex_);
  void Work() COFFER_EXCLUDES(mutex_);
  void Run(LiveOperation& operation) COFFER_EXCLUDES(mutex_);
  void End(LiveOperation& operation, Result<std::string> outcome) COFFER_EXCLUDES(mutex_);
  void TellEnd(LiveOperation& operation, Result<std::string> outcome, OperationInfo& info) COFFER_EXCLUDES(mutex_);
  void Remove(const LiveOperation& operation) COFFER_EXCLUDES(mutex_);
  std::shared_ptr<LiveOperation> FindLive(std::string_view id) COFFER_EXCLUDES(mutex_);
  bool Holds(const LiveOperation& operation) COFFER_EXCLUDES(mutex_);
  // Whether no running operation excludes it.
  bool MayRun(const Entry& entry) const COFFER_REQUIRES(mutex_);

  engine::EngineCore& core_;
  Journal journal_;
  Mutex mutex_;
  CondVar changed_;
  std::list<Entry> operations_ COFFER_GUARDED_BY(mutex_);  // in order of start
  std::vector<std::thread> workers_ COFFER_GUARDED_BY(mutex_);
  std::string last_id_ COFFER_GUARDED_BY(mutex_);
  bool closing_ COFFER_GUARDED_BY(mutex_) = false;
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

// Starts `work`. The handle returns its report, and the journal keeps the text that `to_text` makes of it.
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
