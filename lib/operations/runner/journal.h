// Journal: what became of each operation, in the control store. Layout: FORMAT.md.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/operation.h"
#include "coffer/result.h"
#include "storage/store.h"

namespace coffer::operations {

// A list of ids too long for a request, in rows of its own that go when the operation has ended.
inline constexpr std::size_t kPlanRowIdsMax = 10'000;

struct Plan {
  std::uint64_t ids = 0;      // in all rows
  std::uint64_t refused = 0;  // asked for besides, and known not to be there
};

// Safe for use from many threads.
// Invariant: at most kOperationsRememberedMax ended entries.
class Journal {
 public:
  // `control` must outlive it; null: it is empty. Without `writes`, which a read-only engine does without, nothing new is kept.
  explicit Journal(storage::Store* control, bool writes = true) : control_(control), writes_(writes && control != nullptr) {}

  // Reads which entries there are; answers those that have not ended, the oldest first.
  Result<std::vector<OperationInfo>> Load();
  // The greatest id there is; empty without any.
  std::string LastId() const;

  // Adds the entry of a new operation, or of one that is to go on though it had ended. Durable, with the rows that are in `batch`.
  Status Begin(const OperationInfo& info, storage::WriteBatch& batch);
  // Not durable by itself: whether an operation was pending or running makes no difference to who finds it after a crash.
  Status Update(const OperationInfo& info);
  // Durable; drops its plan, and old entries beyond kOperationsRememberedMax.
  Status End(const OperationInfo& info);

  // Absent: there is no such entry.
  Result<std::optional<OperationInfo>> Read(std::string_view id) const;
  // All ids, the smallest first.
  std::vector<std::string> Ids() const;

  // Rows of the plan of operation `id`; the last thing to write is its head, and a plan without one does not exist.
  static void AppendPlanRow(std::string_view id, std::uint32_t row, std::span<const std::string_view> ids,
                            storage::WriteBatch& batch);
  static void AppendPlanHead(std::string_view id, const Plan& plan, storage::WriteBatch& batch);
  Result<std::optional<Plan>> ReadPlan(std::string_view id) const;
  Result<std::vector<std::string>> ReadPlanRow(std::string_view id, std::uint32_t row) const;
  Status Commit(storage::WriteBatch& batch, Durability durability) { return control_->Commit(batch, durability); }

  // Removes the list of errors from the results of imports: their reasons may quote what was erased.
  Status ForgetImportErrors();

 private:
  Status DropPlan(std::string_view id, storage::WriteBatch& batch) const;

  storage::Store* control_;
  const bool writes_;
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> ids_;
  std::set<std::string, std::less<>> ended_;
};

}  // namespace coffer::operations
