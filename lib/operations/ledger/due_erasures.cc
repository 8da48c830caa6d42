#include "operations/ledger/due_erasures.h"

#include <set>

#include "vocabulary/try.h"

namespace coffer::operations {

Result<std::vector<DueErasure>> DueErasures(engine::EngineCore& core, const BackupManifest& manifest,
                                            std::span<const format::AgeIdentity> identities, bool without_ledger) {
  Ledger ledger(core);
  COFFER_ASSIGN(std::vector<LedgerEntry> own, ledger.All());
  std::vector<DueErasure> due;
  std::set<std::string, std::less<>> known;
  for (LedgerEntry& entry : own) {
    known.insert(entry.id);
    due.push_back({std::move(entry), false});
  }
  if (!without_ledger) {
    COFFER_ASSIGN(std::vector<LedgerEntry> published, ledger.PublishedBesides(known, identities));
    for (LedgerEntry& entry : published) due.push_back({std::move(entry), true});
  }
  std::erase_if(due, [&](const DueErasure& erasure) { return manifest.ContainsErasure(erasure.entry.id); });
  return due;
}

}  // namespace coffer::operations
