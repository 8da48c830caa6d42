#include "operations/backup/due_erasures.h"

#include <algorithm>
#include <set>

namespace coffer::operations {

Result<std::vector<LedgerEntry>> DueErasures(engine::EngineCore& core, const BackupManifest& manifest,
                                             std::span<const format::AgeIdentity> identities, bool without_ledger, bool adopt) {
  Ledger ledger(core);
  Result<std::vector<LedgerEntry>> entries = ledger.All();
  if (!entries.ok()) return entries;
  if (!without_ledger) {
    std::set<std::string, std::less<>> known;
    for (const LedgerEntry& entry : *entries) known.insert(entry.id);
    Result<std::vector<LedgerEntry>> published = ledger.PublishedBesides(known, identities);
    if (!published.ok()) return published;
    for (LedgerEntry& entry : *published) {
      entry.completed_at = core.Now();
      Status status = adopt ? ledger.Put(entry) : Status::Ok();
      if (!status.ok()) return status;
      entries->push_back(std::move(entry));
    }
  }
  std::erase_if(*entries, [&](const LedgerEntry& entry) { return entry.id <= manifest.erased_through; });
  return entries;
}

}  // namespace coffer::operations
