// Builds a store from a backup and compares it with the manifest.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "coffer/result.h"
#include "engine/core.h"
#include "engine/totals.h"
#include "format/age/age.h"
#include "operations/repository/manifest.h"
#include "operations/repository/repository.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// Makes the folder `path` with the backup's files, replacing what was there. Every digest is checked, and all is durable.
// Reports plain bytes as progress.
Status BuildGeneration(engine::EngineCore& core, const Repository& repository, const BackupManifest& manifest,
                       const SealedManifest& sealed, std::span<const format::AgeIdentity> identities, const std::string& path,
                       OperationContext& context);

// kCorruption: the counters of the store differ from the expected ones; the message names the first difference.
Status CompareTallies(const engine::TalliesByOwner& built, const engine::TalliesByOwner& expected);

// The number of documents whose content a backup left out of this store.
Result<std::uint64_t> CountContentsMissing(storage::Store& store);

}  // namespace coffer::operations
