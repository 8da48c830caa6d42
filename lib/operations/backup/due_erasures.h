// Which erasures a restore has to carry out again.
#pragma once

#include <span>
#include <vector>

#include "coffer/result.h"
#include "engine/core.h"
#include "format/age.h"
#include "operations/backup/manifest.h"
#include "operations/erase/ledger.h"

namespace coffer::operations {

// Those behind what the backup has carried out. With `adopt`, entries that only the repository knows are taken over into the
// engine's own ledger: they hold from now on, whatever becomes of the repository. `without_ledger`: the repository's is not
// looked at. kCorruption, kPermissionDenied (no identity reads it): names the entry.
Result<std::vector<LedgerEntry>> DueErasures(engine::EngineCore& core, const BackupManifest& manifest,
                                             std::span<const format::AgeIdentity> identities, bool without_ledger, bool adopt);

}  // namespace coffer::operations
