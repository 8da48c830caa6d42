// Ledger: what was erased for good, so that no restore brings it back. Kept in the control store, and published in the
// repository, so that a restore on another machine applies it too. Holds ids, no texts. Layout: FORMAT.md.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "engine/core.h"
#include "format/age/age.h"

namespace coffer::operations {

struct LedgerEntry {
  std::string id;  // the operation's; ids grow, so they order erasures and backups independently of clocks
  Timestamp created_at;
  std::optional<Kind> kind;      // nullopt: a user
  std::vector<std::string> ids;  // of the records, or of the one user
  std::optional<Timestamp> completed_at;
  std::string receipt;  // the report as JSON once completed; empty if adopted from a repository
};

struct CompletedErasures {
  std::string through;             // every entry up to this id is completed; empty: the first one is not
  std::vector<std::string> after;  // the ids of the completed ones after it, ascending
};

// Entries are read whole.
inline constexpr std::uint64_t kLedgerEntryBytesMax = std::uint64_t{4} << 20;

std::string EncodeLedgerEntry(const LedgerEntry& entry);
// kCorruption: damaged.
// kUnavailable: written by a newer version.
Result<LedgerEntry> DecodeLedgerEntry(std::string_view text);

// Cheap to make. The engine's core must outlive it, and must not be read-only for calls that write.
class Ledger {
 public:
  explicit Ledger(engine::EngineCore& core) : core_(core) {}

  // The entries in the control store. Put and Withdraw are durable; Withdraw removes the published entry too.
  static void AppendTo(const LedgerEntry& entry, storage::WriteBatch& batch);
  Status Put(const LedgerEntry& entry);
  Status Withdraw(std::string_view id);
  Result<std::vector<LedgerEntry>> All();

  // The completed entries, which a backup taken now contains. `through` is at most `through_max`, if that is given.
  Result<CompletedErasures> Completed(const std::optional<std::string>& through_max);

  // Writes the entry to the repository, encrypted to the store's recipients, which are made if there are no recipients yet.
  // Durable. A published entry is left unchanged: only the completion of an entry ever changes.
  Status Publish(const LedgerEntry& entry);
  // The published entries whose ids are not in `known`, in the order of ids. Empty without a repository. Errors name the entry.
  // kCorruption: damaged.
  // kPermissionDenied: none of the identities can decrypt it.
  // kUnavailable: written by a newer version.
  Result<std::vector<LedgerEntry>> PublishedBesides(const std::set<std::string, std::less<>>& known,
                                                    std::span<const format::AgeIdentity> identities);

 private:
  std::string PublishedPath() const { return core_.repository() + "/ledger"; }
  Result<LedgerEntry> ReadPublished(const std::string& path, std::span<const format::AgeIdentity> identities);

  engine::EngineCore& core_;
};

}  // namespace coffer::operations
