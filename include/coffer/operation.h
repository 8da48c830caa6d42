// Operations: work that outlasts a call. Import, bulk delete, backup, restore, export, erase, verify of a backup and prune are
// operations.
//
// Calls. StartX(…, StartOptions) starts an operation and returns its handle. Every StartX has a RunX with the same arguments
// except StartOptions, which starts the operation, waits for it and returns its report; RunX returns the errors of both. The
// one exception is bulk delete: its blocking form is Engine::BulkDelete, which deletes small sets without an operation.
//
// Journal. An operation has an id, a state, progress and, once it has ended, a result. Its journal entry is durable before its
// first change and after its last one.
//
// Crash. If the process ends in between, the next opening of the engine resumes the operation (bulk delete, erase), marks it
// completed if all of its work was done (a backup that is listed, an export whose file has its name, a full restore whose store
// is live), or marks it failed with kUnavailable "interrupted" and removes its temporary files (all others).
//
// Close. Closing an engine cancels its operations, except an erase and a bulk delete that was resumed after a crash. These
// stop, their handles report kCancelled, their journal entries stay pending, and the next opening resumes them.
//
// Concurrency. "waits": the new operation is pending until the other has ended. "busy": starting it returns kBusy.
//
//   new         | import  delete  backup  restore  export  erase   verify  prune      (already running)
//   ------------+----------------------------------------------------------------
//   import      | runs    runs    runs    waits    runs    runs    runs    runs
//   bulk delete | runs    runs    runs    waits    runs    runs    runs    runs
//   backup      | runs    runs    waits   waits    runs    waits   runs    waits
//   restore     | waits   waits   waits   busy     waits   waits   waits   waits
//   export      | runs    runs    runs    waits    runs    waits   runs    runs
//   erase       | runs    runs    waits   waits    waits   waits   runs    waits
//   verify      | runs    runs    runs    waits    runs    runs    runs    waits
//   prune       | runs    runs    waits   waits    runs    waits   waits   waits
//
// A pending operation counts as running for those started later, so none waits forever. Reads and writes by calls run during
// any operation; while a restore switches the store they wait for milliseconds.
//
// Errors of every StartX. The operation then does not exist, or has failed, and no record was changed:
// kResourceExhausted: kOperationsPendingMax operations wait, or there is no thread to run it.
// kUnavailable: the engine is closing, or the journal has failed before.
// kIoError: the journal could not be written. No operation starts until the engine is reopened; other calls go on.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/json.h"
#include "coffer/listing.h"
#include "coffer/page.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

// Operations that run at the same time; further ones are pending.
inline constexpr std::size_t kOperationsRunningMax = 4;
// Operations that are pending at the same time; one more is kResourceExhausted.
inline constexpr std::size_t kOperationsPendingMax = 256;
// Ended operations that the journal keeps; older ones are removed.
inline constexpr std::size_t kOperationsRememberedMax = 1000;

// The values are stored and never reused.
enum class OperationKind : std::uint8_t {
  kImport = 1,
  kBulkDelete = 2,
  kBackup = 3,
  kRestore = 4,
  kExport = 5,
  kErase = 6,
  kVerify = 7,
  kPrune = 8,
};
enum class OperationState : std::uint8_t { kPending = 1, kRunning = 2, kCompleted = 3, kFailed = 4, kCancelled = 5 };

// The names: "import", "bulk_delete", "backup", "restore", "export", "erase", "verify", "prune"; "pending", "running",
// "completed", "failed", "cancelled".
COFFER_API std::string_view OperationKindName(OperationKind kind);
COFFER_API std::string_view OperationStateName(OperationState state);

// Done figures are exact. Expected ones are estimates, and 0 while unknown. Each StartX says what it counts.
struct OperationProgress {
  std::uint64_t records_done = 0;
  std::uint64_t records_expected = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_expected = 0;

  // 0..100, from bytes if they are expected, else from records, else 0.
  COFFER_API int Percent() const;
};

// The journal's entry for an operation.
struct OperationInfo {
  // A ULID. Ids grow in the order of creation, even if the clock goes back. It is also the id of the backup, export,
  // restore or ledger entry that the operation makes.
  std::string id;
  OperationKind kind = OperationKind::kImport;
  OperationState state = OperationState::kPending;
  OperationProgress progress;
  std::string principal;  // StartOptions::principal
  Timestamp created_at;
  std::optional<Timestamp> started_at;    // absent while pending
  std::optional<Timestamp> completed_at;  // when it ended; absent before
  Json request;                           // the options, an object; never a secret
  // The report as an object once completed; null before. Times are RFC 3339. Members have the names of the report's, except:
  //   import: {imported {conversations, messages, documents, prompts}, contents, skipped, failed,
  //     errors [{file, line, reason}], errors_total, losses [{field, reason, count, first}], losses_total}
  //   bulk delete: {requested, deleted, failed, errors [{id, reason}], sample}
  //   backup: those of BackupInfo, with backup_id for id
  //   erase: {erase_id, erased {conversations, messages, documents, prompts, contents}, exports_removed,
  //     backups [{backup_id, expires_at}], started_at, completed_at}
  Json result;
  Status error;  // why it failed, or kCancelled; otherwise OK
};

namespace operations {
class LiveOperation;
class OperationHandles;
}  // namespace operations

// A handle to an operation. Copies refer to the same operation. Owned by the caller; thread-safe.
// It may outlive the engine: closing the engine ends the operation, and the handle then reports how. Dropping all handles does
// not stop the operation.
class COFFER_API Operation {
 public:
  const std::string& id() const;
  OperationInfo Info() const;
  // Waits until the operation has ended. OK: completed. Otherwise the error of the operation, or kCancelled. Must not be called
  // from a callback of OnEnd.
  Status Wait() const;
  // Waits at most `time`. Returns whether the operation has ended.
  bool WaitFor(std::chrono::milliseconds time) const;
  // Asks the operation to stop, and returns at once. It soon ends as cancelled, or as completed if it was past its last step.
  // On disk then: an import or a bulk delete keeps the batches committed so far. A backup, restore or export leaves the state
  // before it. An erase cannot be cancelled once its intent is durable, and continues.
  void Cancel() const;
  // Calls `done` once: when the operation has ended, from the thread that ended it, or at once if it has ended already. An
  // empty `done` is ignored. `done` must be brief and must not close the engine. An exception from it is dropped.
  void OnEnd(std::function<void()> done) const;

 protected:
  friend class operations::OperationHandles;
  explicit Operation(std::shared_ptr<operations::LiveOperation> operation);
  std::shared_ptr<operations::LiveOperation> operation_;
};

// The handle of an operation whose report is a Report.
template <typename Report>
class OperationOf : public Operation {
 public:
  // Waits like Wait, and returns the report of a completed operation, otherwise the error of Wait.
  Result<Report> Finish() const {
    if (Status status = Wait(); !status.ok()) return status;
    try {
      return **report_;
    } catch (const std::bad_alloc&) {
      return Status::ResourceExhausted("memory is exhausted");
    }
  }

 private:
  friend class operations::OperationHandles;
  OperationOf(std::shared_ptr<operations::LiveOperation> operation, std::shared_ptr<const std::optional<Report>> report)
      : Operation(std::move(operation)), report_(std::move(report)) {}
  std::shared_ptr<const std::optional<Report>> report_;
};

// Options that every StartX takes.
struct StartOptions {
  std::string principal = {};  // on whose behalf the operation runs; kept in the journal; may be empty
};

struct OperationListOptions {
  std::optional<OperationKind> kind = std::nullopt;    // only this kind
  std::optional<OperationState> state = std::nullopt;  // only in this state
  std::size_t limit = 100;                             // operations a page, 1..kPageItemsMax
  std::string after = {};                              // Page::next of the page before; empty: the first page
};

// The four calls below are thread-safe. A read-only engine sees the journal, and its own exports while they run.

// kNotFound: no such operation, or it was removed from the journal (kOperationsRememberedMax).
COFFER_API Result<OperationInfo> GetOperation(Engine& engine, std::string_view id);
// One page, newest first.
// kInvalidArgument: `limit` is out of range.
COFFER_API Result<Page<OperationInfo>> ListOperations(Engine& engine, const OperationListOptions& options = {});
// All of them as a range, newest first (listing.h).
COFFER_API Listing<OperationInfo> Operations(Engine& engine, const OperationListOptions& options = {});
// Operation::Cancel by id. OK if the operation has ended already.
// kNotFound: as for GetOperation.
COFFER_API Status CancelOperation(Engine& engine, std::string_view id);

}  // namespace coffer
