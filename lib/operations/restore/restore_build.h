// Building a store from a backup, and holding it against what the manifest says.
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

// Makes the folder `path`, whatever was there before, with the backup's files in it, every digest compared, all durable.
// Progress: plain bytes.
Status BuildGeneration(engine::EngineCore& core, const Repository& repository, const BackupManifest& manifest,
                       const SealedManifest& sealed, std::span<const format::AgeIdentity> identities, const std::string& path,
                       OperationContext& context);

// Says what differs between a store's counters and those expected; ok where nothing does.
Status CompareTallies(const engine::TalliesByOwner& built, const engine::TalliesByOwner& expected);

// Documents whose bytes a backup left out of this store.
Result<std::uint64_t> CountContentsMissing(storage::Store& store);

}  // namespace coffer::operations
