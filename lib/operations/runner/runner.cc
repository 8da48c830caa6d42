#include "operations/runner/runner.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "coffer/limits.h"
#include "operations/runner/operation_kinds.h"
#include "vocabulary/check.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

Json ObjectOf(const std::string& text) {
  Result<Json> json = Json::Parse(text);
  return json.ok() ? std::move(*json) : Json();
}

}  // namespace

Meeting WhenMeeting(OperationKind newcomer, OperationKind other) {
  constexpr Meeting kR = Meeting::kRuns;
  constexpr Meeting kW = Meeting::kWaits;
  constexpr Meeting kB = Meeting::kBusy;
  // Rows (newcomer) and columns (other) are in the order of OperationKind.
  static constexpr Meeting kMatrix[][kOperationKinds] = {
      {kR, kR, kR, kW, kR, kR, kR, kR},  // import
      {kR, kR, kR, kW, kR, kR, kR, kR},  // bulk delete
      {kR, kR, kW, kW, kR, kW, kR, kW},  // backup
      {kW, kW, kW, kB, kW, kW, kW, kW},  // restore
      {kR, kR, kR, kW, kR, kW, kR, kR},  // export
      {kR, kR, kW, kW, kW, kW, kR, kW},  // erase
      {kR, kR, kR, kW, kR, kR, kR, kW},  // verify
      {kR, kR, kW, kW, kR, kW, kW, kW},  // prune
  };
  static_assert(std::size(kMatrix) == kOperationKinds);
  return kMatrix[static_cast<std::size_t>(newcomer) - 1][static_cast<std::size_t>(other) - 1];
}

Runner::~Runner() { Shutdown(); }

void Runner::BeginIdsBehind(std::string_view id) {
  const MutexLock lock(mutex_);
  if (id > last_id_) last_id_ = id;
}

// Threads start on demand: most engines never run an operation.
Status Runner::AddWorker() {
  COFFER_CHECK(!closing_);
  if (workers_.size() >= std::min(kOperationsRunningMax, operations_.size())) return Status::Ok();
  try {
    workers_.emplace_back([this] { Work(); });
  } catch (...) {
    if (workers_.empty()) return StatusOfException().WithContext("operation: no thread could be started");
  }
  return Status::Ok();
}

Result<std::shared_ptr<LiveOperation>> Runner::Reserve(OperationSpec spec) {
  const MutexLock lock(mutex_);
  if (closing_) return Status::Unavailable("operation: the engine is closing");
  std::size_t waiting = 0;
  for (const Entry& entry : operations_) {
    if (WhenMeeting(spec.kind, entry.operation->kind()) == Meeting::kBusy) {
      return Status::Busy(std::string(OperationKindName(spec.kind)) + ": operation " + entry.operation->id() + " is under way");
    }
    if (entry.phase != Phase::kRunning) ++waiting;
  }
  if (waiting >= kOperationsPendingMax) {
    return Status::ResourceExhausted("operation: " + std::to_string(kOperationsPendingMax) + " operations are already waiting");
  }
  // A resumed operation does what its stored request says, so an operation without a valid one must not start.
  COFFER_ASSIGN_CONTEXT(Json request, spec.request.empty() ? Result<Json>(Json()) : Json::Parse(spec.request),
                        "operation: request");
  OperationInfo info;
  info.id = core_.NewIdAfter(last_id_);
  info.kind = spec.kind;
  info.principal = spec.principal;
  info.created_at = core_.Now();
  info.request = std::move(request);
  last_id_ = info.id;
  auto operation = std::make_shared<LiveOperation>(std::move(spec), std::move(info), weak_from_this());
  operations_.push_back({operation, Phase::kReserved});
  if (Status status = AddWorker(); !status.ok()) {
    operations_.pop_back();
    return status;
  }
  return operation;
}

Status Runner::WriteFirstEntry(LiveOperation& operation) {
  COFFER_CHECK(Holds(operation));
  storage::WriteBatch batch;
  if (operation.spec_.first_rows) operation.spec_.first_rows(operation.id(), batch);
  return journal_.Begin(operation.Info(), batch);
}

Result<std::shared_ptr<LiveOperation>> Runner::Start(OperationSpec spec) {
  COFFER_ASSIGN(std::shared_ptr<LiveOperation> operation, Reserve(std::move(spec)));
  // Guarded: Shutdown would wait for ever for an operation that stays reserved.
  if (Status status = Guarded([&] { return WriteFirstEntry(*operation); }); !status.ok()) {
    Remove(*operation);
    return status;
  }
  if (operation->spec_.before_admission) {
    if (Status status = Guarded([&] { return operation->spec_.before_admission(operation->id()); }); !status.ok()) {
      End(*operation, status);
      return status;
    }
  }
  Admit(operation);
  return operation;
}

void Runner::Admit(const std::shared_ptr<LiveOperation>& operation) {
  {
    const MutexLock lock(mutex_);
    const auto entry = std::find_if(operations_.begin(), operations_.end(),
                                    [&](const Entry& candidate) { return candidate.operation == operation; });
    entry->phase = closing_ ? Phase::kEnding : Phase::kPending;
    changed_.notify_all();
    if (!closing_) return;
  }
  End(*operation, Status::Cancelled("cancelled because the engine was closed"));
}

std::shared_ptr<LiveOperation> Runner::Resume(OperationInfo info, OperationSpec spec) {
  info.state = OperationState::kPending;
  info.error = Status::Ok();
  const MutexLock lock(mutex_);
  auto operation = std::make_shared<LiveOperation>(std::move(spec), std::move(info), weak_from_this());
  operations_.push_back({operation, Phase::kPending});
  AddWorker().Ignore();  // without a thread it stays pending until one starts
  changed_.notify_all();
  return operation;
}

Runner::Entry* Runner::FindStartable() {
  for (auto entry = operations_.begin(); entry != operations_.end(); ++entry) {
    if (entry->phase != Phase::kPending) continue;
    const bool free = std::all_of(operations_.begin(), entry, [&](const Entry& ahead) {
      return WhenMeeting(entry->operation->kind(), ahead.operation->kind()) == Meeting::kRuns;
    });
    if (free) return &*entry;
  }
  return nullptr;
}

void Runner::Work() {
  MutexLock lock(mutex_);
  for (;;) {
    Entry* entry = nullptr;
    while (!closing_ && (entry = FindStartable()) == nullptr) changed_.wait(lock);
    if (closing_) return;
    entry->phase = Phase::kRunning;
    COFFER_CHECK(MayRun(*entry));
    const std::shared_ptr<LiveOperation> operation = entry->operation;
    lock.unlock();
    Run(*operation);
    lock.lock();
  }
}

void Runner::Run(LiveOperation& operation) {
  operation.SetRunning(core_.Now());
  Status ready = operation.context_.CheckStop();
  if (ready.ok()) ready = journal_.Update(operation.Info());
  End(operation,
      ready.ok() ? Guarded([&] { return operation.spec_.work(operation.context_); }) : Result<std::string>(std::move(ready)));
}

void Runner::End(LiveOperation& operation, Result<std::string> outcome) {
  OperationInfo info;
  // Waiters learn of the end even if this fails.
  Guarded([&] {
    info = operation.Info();
    TellEnd(operation, std::move(outcome), info);
    return Status::Ok();
  }).Ignore();
  Remove(operation);
  operation.SetEnded(std::move(info));
}

void Runner::TellEnd(LiveOperation& operation, Result<std::string> outcome, OperationInfo& info) {
  info.completed_at = core_.Now();
  if (outcome.ok()) {
    info.state = OperationState::kCompleted;
    info.result = ObjectOf(*outcome);
    info.progress.records_expected = info.progress.records_done;
    info.progress.bytes_expected = info.progress.bytes_done;
  } else {
    const bool stopped = outcome.status().code() == StatusCode::kCancelled && !operation.context_.CheckStop().ok();
    info.state = stopped ? OperationState::kCancelled : OperationState::kFailed;
    info.error = std::move(outcome).status();
  }
  const bool goes_on_later =
      info.state == OperationState::kCancelled && operation.spec_.outlives_closing && !operation.cancelled_.load();
  if (goes_on_later) {
    info.error = Status::Cancelled("the engine was closed; the operation resumes when the store is next opened");
    return;
  }
  // If the journal cannot record the end, the next opening recovers the operation; waiters get the outcome in any case.
  COFFER_CHECK(Holds(operation));
  if (journal_.End(info).ok() && operation.spec_.cleanup) operation.spec_.cleanup(operation.id());
}

void Runner::Remove(const LiveOperation& operation) {
  const MutexLock lock(mutex_);
  operations_.remove_if([&](const Entry& entry) { return entry.operation.get() == &operation; });
  changed_.notify_all();
}

void Runner::CancelOperation(const LiveOperation& operation) {
  std::shared_ptr<LiveOperation> pending;
  {
    const MutexLock lock(mutex_);
    const auto entry = std::find_if(operations_.begin(), operations_.end(),
                                    [&](const Entry& candidate) { return candidate.operation.get() == &operation; });
    if (entry == operations_.end() || !operation.spec_.cancellable) return;
    entry->operation->cancelled_.store(true);
    entry->operation->context_.stop().store(true);
    if (entry->phase != Phase::kPending) return;
    entry->phase = Phase::kEnding;
    pending = entry->operation;
  }
  End(*pending, Status::Cancelled("cancelled"));
}

void Runner::Shutdown() {
  std::vector<std::shared_ptr<LiveOperation>> pending;
  std::vector<std::thread> workers;
  {
    const MutexLock lock(mutex_);
    closing_ = true;
    for (Entry& entry : operations_) {
      entry.operation->context_.stop().store(true);
      if (entry.phase != Phase::kPending) continue;
      entry.phase = Phase::kEnding;
      pending.push_back(entry.operation);
    }
    workers.swap(workers_);
    changed_.notify_all();
  }
  for (const std::shared_ptr<LiveOperation>& operation : pending)
    End(*operation, Status::Cancelled("cancelled because the engine was closed"));
  for (std::thread& worker : workers) worker.join();
  MutexLock lock(mutex_);
  while (!operations_.empty()) changed_.wait(lock);
  COFFER_CHECK(workers_.empty());
}

bool Runner::Holds(const LiveOperation& operation) {
  const MutexLock lock(mutex_);
  return std::any_of(operations_.begin(), operations_.end(),
                     [&](const Entry& entry) { return entry.operation.get() == &operation; });
}

bool Runner::MayRun(const Entry& entry) const {
  return std::all_of(operations_.begin(), operations_.end(), [&](const Entry& other) {
    return &other == &entry || other.phase != Phase::kRunning ||
           WhenMeeting(entry.operation->kind(), other.operation->kind()) == Meeting::kRuns;
  });
}

std::shared_ptr<LiveOperation> Runner::FindLive(std::string_view id) {
  const MutexLock lock(mutex_);
  for (const Entry& entry : operations_) {
    if (entry.phase != Phase::kReserved && entry.operation->id() == id) return entry.operation;
  }
  return nullptr;
}

Result<OperationInfo> Runner::Get(std::string_view id) {
  if (const std::shared_ptr<LiveOperation> operation = FindLive(id)) return operation->Info();
  COFFER_ASSIGN(std::optional<OperationInfo> info, journal_.Read(id));
  if (!info) return Status::NotFound("operation " + std::string(id) + ": not found");
  return std::move(*info);
}

Result<Page<OperationInfo>> Runner::List(const OperationListOptions& options) {
  if (options.limit < 1 || options.limit > kPageItemsMax) {
    return Status::InvalidArgument("limit: 1 to " + std::to_string(kPageItemsMax));
  }
  std::set<std::string, std::greater<>> ids;
  for (std::string& id : journal_.Ids()) ids.insert(std::move(id));
  {
    const MutexLock lock(mutex_);
    for (const Entry& entry : operations_) {
      if (entry.phase != Phase::kReserved) ids.insert(entry.operation->id());
    }
  }
  Page<OperationInfo> page;
  for (const std::string& id : ids) {
    if (!options.after.empty() && id >= options.after) continue;
    Result<OperationInfo> info = Get(id);
    if (!info.ok() && info.status().code() == StatusCode::kNotFound) continue;  // forgotten since the ids were listed
    if (!info.ok()) return std::move(info).status();
    if ((options.kind && info->kind != *options.kind) || (options.state && info->state != *options.state)) continue;
    if (page.items.size() == options.limit) {
      page.next = page.items.back().id;
      break;
    }
    page.items.push_back(std::move(*info));
  }
  return page;
}

Status Runner::Cancel(std::string_view id) {
  if (const std::shared_ptr<LiveOperation> operation = FindLive(id)) {
    CancelOperation(*operation);
    return Status::Ok();
  }
  Result<OperationInfo> info = Get(id);
  return info.ok() ? Status::Ok() : std::move(info).status();
}

}  // namespace coffer::operations
