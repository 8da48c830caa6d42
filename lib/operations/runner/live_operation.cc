#include "operations/runner/live_operation.h"

#include <utility>

#include "operations/runner/runner.h"

namespace coffer::operations {

Status OperationContext::CheckStop() const {
  return stop_.load(std::memory_order_acquire) ? Status::Cancelled("cancelled") : Status::Ok();
}

OperationProgress OperationContext::progress() const {
  OperationProgress progress;
  progress.records_done = records_done_.load(std::memory_order_relaxed);
  progress.records_expected = records_expected_.load(std::memory_order_relaxed);
  progress.bytes_done = bytes_done_.load(std::memory_order_relaxed);
  progress.bytes_expected = bytes_expected_.load(std::memory_order_relaxed);
  return progress;
}

namespace {

// Drops exceptions of the callback: the end of the operation is already visible.
void Call(const std::function<void()>& done) noexcept {
  try {
    if (done) done();
  } catch (...) {
    return;
  }
}

}  // namespace

LiveOperation::LiveOperation(OperationSpec spec, OperationInfo info, std::weak_ptr<Runner> runner)
    : spec_(std::move(spec)), context_(info.id), runner_(std::move(runner)), info_(std::move(info)) {}

OperationInfo LiveOperation::Info() const {
  const MutexLock lock(mutex_);
  OperationInfo info = info_;
  if (!ended()) info.progress = context_.progress();
  return info;
}

Status LiveOperation::Wait() const {
  MutexLock lock(mutex_);
  while (!ended()) ended_.wait(lock);
  return info_.error;
}

bool LiveOperation::WaitFor(std::chrono::milliseconds time) const {
  const auto limit = std::chrono::steady_clock::now() + time;
  MutexLock lock(mutex_);
  while (!ended()) {
    if (ended_.wait_until(lock, limit) == std::cv_status::timeout) return ended();
  }
  return true;
}

void LiveOperation::Cancel() {
  // Without a runner the engine is closed, and the operation has ended.
  if (const std::shared_ptr<Runner> runner = runner_.lock()) runner->CancelOperation(*this);
}

void LiveOperation::OnEnd(std::function<void()> done) {
  {
    const MutexLock lock(mutex_);
    if (!ended()) {
      callbacks_.push_back(std::move(done));
      return;
    }
  }
  Call(done);
}

void LiveOperation::SetRunning(Timestamp now) {
  const MutexLock lock(mutex_);
  info_.state = OperationState::kRunning;
  if (!info_.started_at) info_.started_at = now;
}

void LiveOperation::SetEnded(OperationInfo info) {
  spec_.work = nullptr;
  spec_.first_rows = nullptr;
  spec_.before_admission = nullptr;
  spec_.cleanup = nullptr;
  std::vector<std::function<void()>> callbacks;
  {
    const MutexLock lock(mutex_);
    info_ = std::move(info);
    callbacks.swap(callbacks_);
  }
  ended_.notify_all();
  for (const std::function<void()>& callback : callbacks) Call(callback);
}

}  // namespace coffer::operations
