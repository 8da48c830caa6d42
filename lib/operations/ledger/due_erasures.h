// Which erasures a restore has to carry out again.
#pragma once

#include <span>
#include <vector>

#include "coffer/result.h"
#include "engine/core.h"
#include "format/age/age.h"
#include "operations/ledger/ledger.h"
#include "operations/repository/manifest.h"

namespace coffer::operations {

// An erasure that a restore has to carry out.
struct DueErasure {
  LedgerEntry entry;
  bool adopted = false;  // known to the repository's ledger alone
};

// Those behind what the backup has carried out. `without_ledger`: the repository's ledger is not looked at. Changes nothing.
// kCorruption, kPermissionDenied (no identity reads it): names the entry.
Result<std::vector<DueErasure>> DueErasures(engine::EngineCore& core, const BackupManifest& manifest,
                                            std::span<const format::AgeIdentity> identities, bool without_ledger);

// Takes over into the engine's own ledger what it did not know, when it is carried out: it holds from now on, whatever becomes of the
// repository.
Status AdoptErasures(engine::EngineCore& core, const std::vector<DueErasure>& erasures);

}  // namespace coffer::operations
