#include "operations/ledger/due_erasures.h"

#include <set>

#include "operations/runner/runner.h"
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

Status AdoptErasures(engine::EngineCore& core, const std::vector<DueErasure>& erasures) {
  Ledger ledger(core);
  for (const DueErasure& erasure : erasures) {
    if (!erasure.adopted) continue;
    LedgerEntry entry = erasure.entry;
    entry.completed_at = core.Now();
    // Later erasures must have greater ids, even if this machine's clock is slow.
    RunnerOf(core).BeginIdsBehind(entry.id);
    COFFER_TRY(ledger.Put(entry));
  }
  return Status::Ok();
}

}  // namespace coffer::operations
