// Bulk delete: what was asked for, and what became of each item.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "coffer/options.h"
#include "coffer/status.h"

namespace coffer {

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

}  // namespace coffer
