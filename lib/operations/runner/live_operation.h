// LiveOperation: one operation as seen by the runner, its handles and its work.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "storage/store.h"
#include "vocabulary/mutex.h"

namespace coffer::operations {

class Runner;

// Given to an operation's work: takes its progress and says when to stop. Safe for use from many threads.
class OperationContext {
 public:
  explicit OperationContext(std::string id) : id_(std::move(id)) {}

  const std::string& id() const { return id_; }

  // kCancelled: the work must stop. To be called between batches, or chunks of a file.
  Status CheckStop() const;
  // The same as a flag, for code that cannot call CheckStop.
  std::atomic<bool>& stop() { return stop_; }

  // Estimates; when the operation completes, the runner replaces them by the figures done. Figures done only grow.
  void ExpectRecords(std::uint64_t records) { records_expected_.store(records); }
  void ExpectBytes(std::uint64_t bytes) { bytes_expected_.store(bytes); }
  void AddRecords(std::uint64_t records) { records_done_.fetch_add(records, std::memory_order_relaxed); }
  void AddBytes(std::uint64_t bytes) { bytes_done_.fetch_add(bytes, std::memory_order_relaxed); }
  void SetRecords(std::uint64_t records) { records_done_.store(records, std::memory_order_relaxed); }
  void SetBytes(std::uint64_t bytes) { bytes_done_.store(bytes, std::memory_order_relaxed); }
  OperationProgress progress() const;

 private:
  const std::string id_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> records_done_{0};
  std::atomic<std::uint64_t> records_expected_{0};
  std::atomic<std::uint64_t> bytes_done_{0};
  std::atomic<std::uint64_t> bytes_expected_{0};
};

// Returns the report as the text of a JSON object.
using OperationWork = std::function<Result<std::string>(OperationContext& context)>;

// Describes an operation to the runner.
struct OperationSpec {
  OperationKind kind = OperationKind::kImport;
  std::string principal;
  std::string request = "{}";  // the text of a JSON object
  // false: Cancel has no effect.
  bool cancellable = true;
  // true: closing the engine stops the operation without ending its journal entry, and the next opening resumes it.
  bool outlives_closing = false;
  OperationWork work;
  // Adds rows of the control store that become durable with the first journal entry of operation `id`. May be null.
  std::function<void(const std::string& id, storage::WriteBatch& batch)> first_rows;
  // Called after the first journal entry is durable and before the operation may run. If it fails, the operation fails, and
  // starting it returns the error. May be null.
  std::function<Status(const std::string& id)> before_admission;
  // Called after the journal has recorded the end, in any state. May be null.
  std::function<void(const std::string& id)> cleanup;
};

// Safe for use from many threads.
class LiveOperation {
 public:
  // `info` holds what is known at the start.
  LiveOperation(OperationSpec spec, OperationInfo info, std::weak_ptr<Runner> runner);

  const std::string& id() const { return context_.id(); }
  OperationKind kind() const { return spec_.kind; }
  OperationInfo Info() const;
  Status Wait() const;
  bool WaitFor(std::chrono::milliseconds time) const;
  void Cancel();
  void OnEnd(std::function<void()> done);

 private:
  friend class Runner;
  bool ended() const COFFER_REQUIRES(mutex_) { return info_.state >= OperationState::kCompleted; }
  void SetRunning(Timestamp now);
  // Publishes the end to the handles and releases what the work held.
  void SetEnded(OperationInfo info);

  OperationSpec spec_;
  OperationContext context_;
  std::atomic<bool> cancelled_{false};  // by a caller, not by closing the engine
  const std::weak_ptr<Runner> runner_;
  mutable Mutex mutex_;
  mutable CondVar ended_;
  OperationInfo info_ COFFER_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> callbacks_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace coffer::operations
