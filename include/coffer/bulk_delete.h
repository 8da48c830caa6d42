// Bulk delete: deletes many records, given by id or by a selection.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/options.h"
#include "coffer/result.h"
#include "coffer/selection.h"
#include "coffer/visibility.h"

namespace coffer {

class Engine;

struct BulkDeleteOptions {
  // Only records of this owner; empty: any owner. Checked in the commit that deletes.
  std::string owner = {};
  // Report what would be deleted, and delete nothing. Only with Engine::BulkDelete.
  bool dry_run = false;
  // What each commit survives.
  Durability durability = Durability::kDurable;
};

struct BulkDeleteError {
  std::string id;
  Status status;  // kNotFound: no such record, or another owner's; the message does not say which
};

struct BulkDeleteReport {
  std::size_t requested = 0;  // ids given, or records selected
  std::size_t deleted = 0;    // with dry_run: would be deleted
  // One for each id that was not deleted: first missing or foreign ones, then malformed or repeated ones.
  std::vector<BulkDeleteError> errors;
  // The first ids deleted (with dry_run: that would be), at most 10.
  std::vector<std::string> sample;
};

// Errors of one bulk delete that the journal keeps. The report has all of them.
inline constexpr std::size_t kBulkDeleteErrorsKeptMax = 1000;

// Starts a bulk delete as an operation, for any number of records. The blocking form is Engine::BulkDelete, which deletes small
// sets within the call, without an operation.
// Deletes in atomic commits of at most kDeleteBatchRecordsMax records. A failure or a cancel keeps the commits before it.
// After a crash the next opening resumes after the last commit; the journal entry then reports the whole operation. Closing the
// engine does not cancel a resumed bulk delete: it stops, and the next opening resumes it.
// Progress: records examined, of those given or selected.
// Thread-safe. operation.h says which operations wait for each other.
//
// From the start:
// kInvalidArgument: `kind` is not conversation, document or prompt.
// kInvalidArgument: more than kBulkDeleteIdsMax ids.
// kInvalidArgument: options.dry_run is set.
// kInvalidArgument: the selection is invalid, or its owner is not the one in the options.
// kPermissionDenied: the engine is read-only.
// kUnavailable: an earlier write has failed (engine.h).
// From the operation:
// kIoError, kCorruption, kResourceExhausted: the store failed.
// kCancelled: the operation was cancelled.
COFFER_API Result<OperationOf<BulkDeleteReport>> StartBulkDelete(Engine& engine, Kind kind, std::span<const std::string> ids,
                                                                 const BulkDeleteOptions& options = {},
                                                                 StartOptions start = {});
// The same for the records that match `selection` when the operation begins to run. Records written later are kept.
COFFER_API Result<OperationOf<BulkDeleteReport>> StartBulkDelete(Engine& engine, const Selection& selection,
                                                                 const BulkDeleteOptions& options = {},
                                                                 StartOptions start = {});

}  // namespace coffer
