// Operations: work that outlasts a call. Import, bulk delete, backup, restore, export, erase, verify of a backup and prune are
// operations.
//
// An operation has an id, a state, progress and, once it has ended, a result. Its journal entry is durable before its first
// change and after its last. A process that ends in between leaves the entry: the next opening of the engine goes on with the
// operation (bulk delete, erase) or fails it with the word "interrupted" (kUnavailable) and sweeps what it left (the others).
// Closing an engine cancels its operations, except those that are owed: an erasure, and a bulk delete that was taken up after a
// crash. These stop, their handles say cancelled, their entries stay pending, and the next opening goes on with them.
//
// What runs beside what. "waits": the newcomer is pending until the other has ended. "busy": starting it is kBusy.
//
//   newcomer    | import  delete  backup  restore  export  erase   verify  prune      (running)
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
// A pending operation counts as running for those behind it, so nobody is overtaken for ever. Reads and writes by calls go on
// beside all of them; while a restore switches the store they wait for milliseconds.
//
// Where a start fails, there is no operation, or one that has failed, and nothing was changed. Errors common to all starts:
// kResourceExhausted (kOperationsPendingMax), and what keeps the journal from being written (kIoError …; after that no
// operation starts until the engine is opened anew, while reads and writes by calls go on).
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
#include "coffer/page.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

// Operations that run at once; more wait.
inline constexpr std::size_t kOperationsRunningMax = 4;
// Operations that wait at once; one more is kResourceExhausted.
inline constexpr std::size_t kOperationsPendingMax = 256;
// Ended operations that the journal remembers; older ones are forgotten.
inline constexpr std::size_t kOperationsRememberedMax = 1000;

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

// "import", "bulk_delete" …; "pending", "running" …
COFFER_API std::string_view OperationKindName(OperationKind kind);
COFFER_API std::string_view OperationStateName(OperationState state);

// Expected figures are 0 while they are not known. They are estimates; done ones are facts.
struct OperationProgress {
  std::uint64_t records_done = 0;
  std::uint64_t records_expected = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_expected = 0;

  // 0..100 by bytes, else by records, else 0.
  COFFER_API int Percent() const;
};

// What the journal tells of an operation.
struct OperationInfo {
  // A ULID, in order of creation whatever the clock does. It is also the id of the backup, the export, the restore or the
  // ledger's entry that the operation makes.
  std::string id;
  OperationKind kind = OperationKind::kImport;
  OperationState state = OperationState::kPending;
  OperationProgress progress;
  std::string principal;  // on whose behalf it runs, as given when it was started; may be empty
  Timestamp created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> completed_at;
  Json request;  // what was asked for, as an object; never a secret
  // The report as an object once completed; null otherwise. Members are named as in the report of the kind; an import has
  // {imported {conversations, messages, documents, prompts}, contents, skipped, failed, errors [{file, line, reason}],
  // errors_total}, a bulk delete {requested, deleted, failed, errors [{id, reason}], sample}, a backup those of BackupInfo with
  // backup_id for id, an erase {erase_id, erased {conversations, messages, documents, prompts, contents}, exports_removed,
  // backups [{backup_id, expires_at}], started_at, completed_at}. Times are RFC 3339.
  Json result;
  Status error;  // why it failed, or kCancelled; ok otherwise
};

namespace operations {
class LiveOperation;
class OperationHandles;
}  // namespace operations

// A handle to an operation. Copies refer to the same one. Safe to use from many threads. It may outlive the engine: closing
// cancels what runs, and handles then show how it ended. Dropping all handles does not stop the operation.
class COFFER_API Operation {
 public:
  const std::string& id() const;
  OperationInfo Info() const;
  // Ok: completed. Otherwise why it failed, or kCancelled. Blocks until it has ended. Not from OnEnd's callbacks.
  Status Wait() const;
  // The same for a limited time. false: it has not ended.
  bool WaitFor(std::chrono::milliseconds time) const;
  // Asks it to stop and returns at once. It ends as cancelled soon, or as completed if it was past its last step. What is on
  // disk then: import and bulk delete keep the batches committed so far; backup, restore and export leave nothing and the old
  // state; an erase cannot be cancelled once its intent is durable, and goes on.
  void Cancel() const;
  // Calls `done` once when it has ended, from the thread that ends it, or at once where it has. `done` must be brief, must not
  // close the engine, and has no one to throw at: what it throws is dropped. An empty one is not called.
  void OnEnd(std::function<void()> done) const;

 protected:
  friend class operations::OperationHandles;
  explicit Operation(std::shared_ptr<operations::LiveOperation> operation);
  std::shared_ptr<operations::LiveOperation> operation_;
};

// An operation with the report of its kind.
template <typename Report>
class OperationOf : public Operation {
 public:
  // Waits; the report of a completed operation, else why there is none.
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

// How an operation is started, whatever it does.
struct StartOptions {
  std::string principal;  // on whose behalf; kept in the journal
};

struct OperationListOptions {
  std::optional<OperationKind> kind;
  std::optional<OperationState> state;
  std::size_t limit = 100;  // 1..kPageItemsMax
  std::string after;        // Page::next of the page before
};

// kNotFound: no such operation, or it is forgotten. A read-only engine sees the journal, and its own exports as long as they
// run.
COFFER_API Result<OperationInfo> GetOperation(Engine& engine, std::string_view id);
// Newest first. kInvalidArgument: limit is not 1..kPageItemsMax.
COFFER_API Result<Page<OperationInfo>> ListOperations(Engine& engine, const OperationListOptions& options = {});
// kNotFound as above; ok where it has ended already.
COFFER_API Status CancelOperation(Engine& engine, std::string_view id);

}  // namespace coffer
