// Bulk delete: what was asked for, and what became of each item.
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
  // Only records of this owner; empty: anybody's. Checked inside the engine, in the commit that deletes.
  std::string owner;
  // Says what would be deleted and deletes nothing.
  bool dry_run = false;
  Durability durability = Durability::kDurable;
};

struct BulkDeleteError {
  std::string id;
  Status status;  // kNotFound in the same words for a missing record and for one that somebody else owns
};

struct BulkDeleteReport {
  std::size_t requested = 0;
  std::size_t deleted = 0;  // with dry_run: would be
  // One for each that was not: first those that are missing or somebody else's, then those that were given twice.
  std::vector<BulkDeleteError> errors;
  // The first ids deleted (a dry run's sample), at most 10.
  std::vector<std::string> sample;
};

// Of the errors of a bulk delete, so many are in the journal's result.
inline constexpr std::size_t kBulkDeleteErrorsKeptMax = 1000;

// Engine::BulkDelete as an operation, of any size. A cancel or a failure leaves the commits before it done. After a crash the
// next opening goes on with it behind the last commit, and its journal entry then tells the result of the whole. One so taken
// up again is not cancelled by closing the engine. Progress: records looked at, of those given or selected.
// From the start: kInvalidArgument: `kind` is not one of conversation, document, prompt; more than kBulkDeleteIdsMax ids;
// options.dry_run. kPermissionDenied: read-only. kUnavailable: a write has failed before.
// From the end: kIoError …, kCancelled.
// Safe to run beside any other call; what waits for what is told in operation.h.
COFFER_API Result<OperationOf<BulkDeleteReport>> StartBulkDelete(Engine& engine, Kind kind, std::span<const std::string> ids,
                                                                 const BulkDeleteOptions& options = {},
                                                                 StartOptions start = {});
// The records that the selection holds when the operation begins to run; those written later stay.
COFFER_API Result<OperationOf<BulkDeleteReport>> StartBulkDelete(Engine& engine, const Selection& selection,
                                                                 const BulkDeleteOptions& options = {},
                                                                 StartOptions start = {});

}  // namespace coffer
