#include "operations/backup/due_erasures.h"

#include <set>

#include "operations/runner/runner.h"

namespace coffer::operations {

Result<std::vector<DueErasure>> DueErasures(engine::EngineCore& core, const BackupManifest& manifest,
                                            std::span<const format::AgeIdentity> identities, bool without_ledger) {
  Ledger ledger(core);
  Result<std::vector<LedgerEntry>> own = ledger.All();
  if (!own.ok()) return std::move(own).status();
  std::vector<DueErasure> due;
  std::set<std::string, std::less<>> known;
  for (LedgerEntry& entry : *own) {
    known.insert(entry.id);
    due.push_back({std::move(entry), false});
  }
  if (!without_ledger) {
    Result<std::vector<LedgerEntry>> published = ledger.PublishedBesides(known, identities);
    if (!published.ok()) return std::move(published).status();
    for (LedgerEntry& entry : *published) due.push_back({std::move(entry), true});
  }
  std::erase_if(due, [&](const DueErasure& erasure) { return erasure.entry.id <= manifest.erased_through; });
  return due;
}

Status AdoptErasures(engine::EngineCore& core, const std::vector<DueErasure>& erasures) {
  Ledger ledger(core);
  for (const DueErasure& erasure : erasures) {
    if (!erasure.adopted) continue;
    LedgerEntry entry = erasure.entry;
    entry.completed_at = core.Now();
    // Erasures to come must have greater ids, whatever this machine's clock says.
    RunnerOf(core).BeginIdsBehind(entry.id);
    if (Status status = ledger.Put(entry); !status.ok()) return status;
  }
  return Status::Ok();
}

}  // namespace coffer::operations
