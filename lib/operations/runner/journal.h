// Journal: the state and outcome of each operation, kept in the control store. Layout: FORMAT.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "storage/store.h"
#include "vocabulary/mutex.h"

namespace coffer::operations {

// Ids in one row of a plan. A plan is a list of ids too long for a request; its rows are dropped when the operation has ended.
inline constexpr std::size_t kPlanRowIdsMax = 10'000;

struct Plan {
  std::uint64_t ids = 0;      // in all rows
  std::uint64_t refused = 0;  // asked for in addition, but malformed or repeated
};

// Safe for use from many threads.
// Invariant: it remembers at most kOperationsRememberedMax ended operations.
class Journal {
 public:
  // `control` must outlive the journal; null: the journal is empty. `writes` is false for a read-only engine: nothing is
  // stored.
  explicit Journal(storage::Store* control, bool writes = true) : control_(control), writes_(writes && control != nullptr) {}

  // Reads all entries and returns those of operations that have not ended, the oldest first.
  Result<std::vector<OperationInfo>> Load();
  // The greatest id; empty without entries.
  std::string LastId() const;

  // Writes the entry of a new operation, or of an ended one that resumes. Durable, together with the rows already in `batch`.
  Status Begin(const OperationInfo& info, storage::WriteBatch& batch);
  // Not durable by itself: after a crash it makes no difference whether the operation was pending or running.
  Status Update(const OperationInfo& info);
  // Durable. Drops the plan, and the oldest ended entries beyond kOperationsRememberedMax.
  Status End(const OperationInfo& info);

  // Keeps the result that an operation will have if its last step succeeds, for a recovery that finds out whether it did. Durable.
  // Read returns the result only when the operation has ended.
  Status KeepResult(std::string_view id, std::string_view text);
  // Empty: no result was kept.
  Result<std::string> KeptResult(std::string_view id) const;

  // Nullopt: no such entry.
  Result<std::optional<OperationInfo>> Read(std::string_view id) const;
  // All ids, the smallest first.
  std::vector<std::string> Ids() const;

  // Rows of the plan of operation `id`. The head is written last: a plan without a head does not exist.
  static void AppendPlanRow(std::string_view id, std::uint32_t row, std::span<const std::string_view> ids,
                            storage::WriteBatch& batch);
  static void AppendPlanHead(std::string_view id, const Plan& plan, storage::WriteBatch& batch);
  Result<std::optional<Plan>> ReadPlan(std::string_view id) const;
  Result<std::vector<std::string>> ReadPlanRow(std::string_view id, std::uint32_t row) const;
  Status Commit(storage::WriteBatch& batch, Durability durability) { return control_->Commit(batch, durability); }

  // Removes the list of errors from the results of imports and restores, also of those that have not ended yet: their reasons
  // may quote erased records.
  Status ForgetImportErrors();

 private:
  Status DropPlan(std::string_view id, storage::WriteBatch& batch) const;

  storage::Store* control_;
  const bool writes_;
  mutable Mutex mutex_;
  std::set<std::string, std::less<>> ids_ COFFER_GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> ended_ COFFER_GUARDED_BY(mutex_);
  std::string errors_forgotten_through_ COFFER_GUARDED_BY(mutex_);  // operations up to this id end without errors in the result
};

}  // namespace coffer::operations
