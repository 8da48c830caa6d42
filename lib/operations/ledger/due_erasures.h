// Which erasures a restore must apply again.
#pragma once

#include <span>
#include <vector>

#include "coffer/result.h"
#include "engine/core.h"
#include "format/age/age.h"
#include "operations/ledger/ledger.h"
#include "operations/repository/manifest.h"

namespace coffer::operations {

// An erasure that a restore must apply.
struct DueErasure {
  LedgerEntry entry;
  bool adopted = false;  // only the repository's ledger holds it; a full restore copies it
};

// The erasures that the backup does not contain. `without_ledger`: the repository's ledger is not read. Changes nothing.
// kCorruption: an entry is damaged; the message names it.
// kPermissionDenied: no identity can decrypt an entry; the message names it.
// kUnavailable: an entry was written by a newer version; the message names it.
Result<std::vector<DueErasure>> DueErasures(engine::EngineCore& core, const BackupManifest& manifest,
                                            std::span<const format::AgeIdentity> identities, bool without_ledger);

}  // namespace coffer::operations
