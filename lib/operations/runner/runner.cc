#include "operations/runner/runner.h"

#include <algorithm>
#include <array>
#include <set>

#include "coffer/limits.h"
#include "vocabulary/exceptions.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kKinds = 8;

Json ObjectOf(const std::string& text) {
  Result<Json> json = Json::Parse(text);
  return json.ok() ? std::move(*json) : Json();
}

}  // namespace

Meeting WhenMeeting(OperationKind newcomer, OperationKind other) {
  constexpr Meeting kR = Meeting::kRuns;
  constexpr Meeting kW = Meeting::kWaits;
  constexpr Meeting kB = Meeting::kBusy;
  // In the order of OperationKind, both ways.
  static constexpr std::array<std::array<Meeting, kKinds>, kKinds> kMatrix = {{
      {kR, kR, kR, kW, kR, kR, kR, kR},  // import
      {kR, kR, kR, kW, kR, kR, kR, kR},  // bulk delete
      {kR, kR, kW, kW, kR, kW, kR, kW},  // backup
      {kW, kW, kW, kB, kW, kW, kW, kW},  // restore
      {kR, kR, kR, kW, kR, kW, kR, kR},  // export
      {kR, kR, kW, kW, kW, kW, kR, kW},  // erase
      {kR, kR, kR, kW, kR, kR, kR, kW},  // verify
      {kR, kR, kW, kW, kR, kW, kW, kW},  // prune
  }};
  return kMatrix[static_cast<std::size_t>(newcomer) - 1][static_cast<std::size_t>(other) - 1];
}

Runner::~Runner() { Shutdown(); }

void Runner::BeginIdsBehind(std::string_view id) {
  const std::lock_guard lock(mutex_);
  if (id > last_id_) last_id_ = id;
}

// Threads come as they are needed: most engines never run an operation.
Status Runner::AddWorker() {
  if (workers_.size() >= std::min(kOperationsRunningMax, jobs_.size())) return Status::Ok();
  try {
    workers_.emplace_back([this] { Work(); });
  } catch (...) {
    if (workers_.empty()) return StatusOfException().WithContext("operation: no thread to run it");
  }
  return Status::Ok();
}

Result<std::shared_ptr<Job>> Runner::Reserve(JobSpec spec) {
  const std::lock_guard lock(mutex_);
  if (closing_) return Status::Unavailable("operation: the engine is closing");
  std::size_t waiting = 0;
  for (const Entry& entry : jobs_) {
    if (WhenMeeting(spec.kind, entry.job->kind()) == Meeting::kBusy) {
      return Status::Busy(std::string(OperationKindName(spec.kind)) + ": operation " + entry.job->id() + " is under way");
    }
    if (entry.phase != Phase::kRunning) ++waiting;
  }
  if (waiting >= kOperationsPendingMax) {
    return Status::ResourceExhausted("operation: " + std::to_string(kOperationsPendingMax) + " are waiting already");
  }
  // Taken up again, an operation does what its request says: without it, it must not begin.
  Result<Json> request = spec.request.empty() ? Result<Json>(Json()) : Json::Parse(spec.request);
  if (!request.ok()) return std::move(request).status().WithContext("operation: its request");
  OperationInfo info;
  info.id = core_.NewIdAfter(last_id_);
  info.kind = spec.kind;
  info.principal = spec.principal;
  info.created_at = core_.Now();
  info.request = std::move(*request);
  last_id_ = info.id;
  auto job = std::make_shared<Job>(std::move(spec), std::move(info), weak_from_this());
  jobs_.push_back({job, Phase::kReserved});
  if (Status status = AddWorker(); !status.ok()) {
    jobs_.pop_back();
    return status;
  }
  return job;
}

Status Runner::WriteFirstEntry(Job& job) {
  storage::WriteBatch batch;
  if (job.spec_.first_rows) job.spec_.first_rows(job.id(), batch);
  return journal_.Begin(job.Info(), batch);
}

Result<std::shared_ptr<Job>> Runner::Start(JobSpec spec) {
  Result<std::shared_ptr<Job>> job = Reserve(std::move(spec));
  if (!job.ok()) return job;
  // Guarded, since one that stayed reserved would be waited for by Shutdown.
  if (Status status = Guarded([&] { return WriteFirstEntry(**job); }); !status.ok()) {
    Remove(**job);
    return status;
  }
  if ((*job)->spec_.before_admission) {
    if (Status status = Guarded([&] { return (*job)->spec_.before_admission((*job)->id()); }); !status.ok()) {
      End(**job, status);
      return status;
    }
  }
  Admit(*job);
  return job;
}

void Runner::Admit(const std::shared_ptr<Job>& job) {
  {
    const std::lock_guard lock(mutex_);
    const auto entry = std::find_if(jobs_.begin(), jobs_.end(), [&](const Entry& candidate) { return candidate.job == job; });
    entry->phase = closing_ ? Phase::kEnding : Phase::kPending;
    changed_.notify_all();
    if (!closing_) return;
  }
  End(*job, Status::Cancelled("cancelled, since the engine was closed"));
}

std::shared_ptr<Job> Runner::Resume(OperationInfo info, JobSpec spec) {
  info.state = OperationState::kPending;
  info.error = Status::Ok();
  const std::lock_guard lock(mutex_);
  auto job = std::make_shared<Job>(std::move(spec), std::move(info), weak_from_this());
  jobs_.push_back({job, Phase::kPending});
  AddWorker().Ignore();  // it stays pending until there is one
  changed_.notify_all();
  return job;
}

Runner::Entry* Runner::FindStartable() {
  for (auto entry = jobs_.begin(); entry != jobs_.end(); ++entry) {
    if (entry->phase != Phase::kPending) continue;
    const bool free = std::all_of(jobs_.begin(), entry, [&](const Entry& ahead) {
      return WhenMeeting(entry->job->kind(), ahead.job->kind()) == Meeting::kRuns;
    });
    if (free) return &*entry;
  }
  return nullptr;
}

void Runner::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || FindStartable() != nullptr; });
    if (closing_) return;
    Entry* entry = FindStartable();
    entry->phase = Phase::kRunning;
    const std::shared_ptr<Job> job = entry->job;
    lock.unlock();
    Run(*job);
    lock.lock();
  }
}

void Runner::Run(Job& job) {
  job.SetRunning(core_.Now());
  Status ready = job.context_.CheckStop();
  if (ready.ok()) ready = journal_.Update(job.Info());
  End(job, ready.ok() ? Guarded([&] { return job.spec_.work(job.context_); }) : Result<std::string>(std::move(ready)));
}

void Runner::End(Job& job, Result<std::string> outcome) {
  OperationInfo info;
  // Whatever fails here, those who wait are told.
  Guarded([&] {
    info = job.Info();
    TellEnd(job, std::move(outcome), info);
    return Status::Ok();
  }).Ignore();
  Remove(job);
  job.SetEnded(std::move(info));
}

void Runner::TellEnd(Job& job, Result<std::string> outcome, OperationInfo& info) {
  info.completed_at = core_.Now();
  if (outcome.ok()) {
    info.state = OperationState::kCompleted;
    info.result = ObjectOf(*outcome);
    info.progress.records_expected = info.progress.records_done;
    info.progress.bytes_expected = info.progress.bytes_done;
  } else {
    const bool stopped = outcome.status().code() == StatusCode::kCancelled && !job.context_.CheckStop().ok();
    info.state = stopped ? OperationState::kCancelled : OperationState::kFailed;
    info.error = std::move(outcome).status();
  }
  const bool goes_on_later = info.state == OperationState::kCancelled && job.spec_.outlives_closing && !job.cancelled_.load();
  if (goes_on_later) {
    info.error = Status::Cancelled("the engine was closed; the operation goes on when it is next opened");
  } else if (journal_.End(info).ok() && job.spec_.cleanup) {
    // Where the journal cannot tell the end, the next opening finds the operation unfinished and does what is right then;
    // what it came to is told to those who wait all the same.
    job.spec_.cleanup(job.id());
  }
}

void Runner::Remove(const Job& job) {
  const std::lock_guard lock(mutex_);
  jobs_.remove_if([&](const Entry& entry) { return entry.job.get() == &job; });
  changed_.notify_all();
}

void Runner::CancelJob(const Job& job) {
  std::shared_ptr<Job> pending;
  {
    const std::lock_guard lock(mutex_);
    const auto entry =
        std::find_if(jobs_.begin(), jobs_.end(), [&](const Entry& candidate) { return candidate.job.get() == &job; });
    if (entry == jobs_.end() || !job.spec_.cancellable) return;
    entry->job->cancelled_.store(true);
    entry->job->context_.stop().store(true);
    if (entry->phase != Phase::kPending) return;
    entry->phase = Phase::kEnding;
    pending = entry->job;
  }
  End(*pending, Status::Cancelled("cancelled"));
}

void Runner::Shutdown() {
  std::vector<std::shared_ptr<Job>> pending;
  std::vector<std::thread> workers;
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (Entry& entry : jobs_) {
      entry.job->context_.stop().store(true);
      if (entry.phase != Phase::kPending) continue;
      entry.phase = Phase::kEnding;
      pending.push_back(entry.job);
    }
    workers.swap(workers_);
    changed_.notify_all();
  }
  for (const std::shared_ptr<Job>& job : pending) End(*job, Status::Cancelled("cancelled, since the engine was closed"));
  for (std::thread& worker : workers) worker.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty(); });
}

std::shared_ptr<Job> Runner::FindLive(std::string_view id) {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : jobs_) {
    if (entry.phase != Phase::kReserved && entry.job->id() == id) return entry.job;
  }
  return nullptr;
}

Result<OperationInfo> Runner::Get(std::string_view id) {
  if (const std::shared_ptr<Job> job = FindLive(id)) return job->Info();
  Result<std::optional<OperationInfo>> info = journal_.Read(id);
  if (!info.ok()) return std::move(info).status();
  if (!*info) return Status::NotFound("operation " + std::string(id) + ": not found");
  return std::move(**info);
}

Result<Page<OperationInfo>> Runner::List(const OperationListOptions& options) {
  if (options.limit < 1 || options.limit > kPageItemsMax) {
    return Status::InvalidArgument("limit: 1 to " + std::to_string(kPageItemsMax));
  }
  std::set<std::string, std::greater<>> ids;
  for (std::string& id : journal_.Ids()) ids.insert(std::move(id));
  {
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : jobs_) {
      if (entry.phase != Phase::kReserved) ids.insert(entry.job->id());
    }
  }
  Page<OperationInfo> page;
  for (const std::string& id : ids) {
    if (!options.after.empty() && id >= options.after) continue;
    Result<OperationInfo> info = Get(id);
    if (!info.ok() && info.status().code() == StatusCode::kNotFound) continue;  // forgotten meanwhile
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
  if (const std::shared_ptr<Job> job = FindLive(id)) {
    CancelJob(*job);
    return Status::Ok();
  }
  Result<OperationInfo> info = Get(id);
  return info.ok() ? Status::Ok() : std::move(info).status();
}

}  // namespace coffer::operations
