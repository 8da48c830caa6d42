// LiveOperation: one operation as the runner, its handles and its work see it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "storage/store.h"

namespace coffer::operations {

class Runner;

// What the work of a operation is given: progress to tell, and whether it is to end. Safe for use from many threads.
class OperationContext {
 public:
  explicit OperationContext(std::string id) : id_(std::move(id)) {}

  // The operation's id.
  const std::string& id() const { return id_; }

  // kCancelled where the work is to end. To be looked at between batches, or chunks of a file.
  Status CheckStop() const;
  // The same as a flag, for those who cannot be asked in between.
  std::atomic<bool>& stop() { return stop_; }

  // Estimates; the runner makes them facts when the operation completes. Figures done only grow.
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

// Answers the report as the text of a JSON object.
using OperationWork = std::function<Result<std::string>(OperationContext& context)>;

// What is to be done, as a kind of operation describes it to the runner.
struct OperationSpec {
  OperationKind kind = OperationKind::kImport;
  std::string principal;
  std::string request = "{}";  // the text of a JSON object
  // false: Cancel has no effect.
  bool cancellable = true;
  // Closing the engine stops it and leaves its journal entry as it is: the next opening goes on with it.
  bool outlives_closing = false;
  OperationWork work;
  // Rows of the control store that become durable with the first journal entry, of the operation `id`. May be null.
  std::function<void(const std::string& id, storage::WriteBatch& batch)> first_rows;
  // Called once the first journal entry is durable and before the operation may run. A failure ends it as failed, and is what
  // starting it answers. May be null.
  std::function<Status(const std::string& id)> before_admission;
  // Called when the journal has the end, in whatever state. May be null.
  std::function<void(const std::string& id)> cleanup;
};

// Safe for use from many threads.
class LiveOperation {
 public:
  // `info` has all but what happens later.
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
  bool ended() const { return info_.state >= OperationState::kCompleted; }  // under the mutex
  void SetRunning(Timestamp now);
  // Shows the end to the handles, and lets go of what the work held.
  void SetEnded(OperationInfo info);

  OperationSpec spec_;
  OperationContext context_;
  std::atomic<bool> cancelled_{false};  // by somebody, not by closing
  const std::weak_ptr<Runner> runner_;
  mutable std::mutex mutex_;
  mutable std::condition_variable ended_;
  OperationInfo info_;
  std::vector<std::function<void()>> callbacks_;
};

}  // namespace coffer::operations
