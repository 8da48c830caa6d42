// Ledger: what was erased for good, so that no restore brings it back. In the control store, and published beside the backups,
// so that a restore on another machine knows it too. Holds ids, no texts. Layout: FORMAT.md.
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
  std::string id;  // that of the operation; they grow, so they tell the order of erasures and backups whatever clocks do
  Timestamp created_at;
  std::optional<Kind> kind;      // absent: a user
  std::vector<std::string> ids;  // of the records; of the one user
  std::optional<Timestamp> completed_at;
  std::string receipt;  // the report as JSON once completed; of one taken over from a repository: empty
};

// An entry is read whole.
inline constexpr std::uint64_t kLedgerEntryBytesMax = std::uint64_t{4} << 20;

std::string EncodeLedgerEntry(const LedgerEntry& entry);
// kCorruption; kUnavailable: of a newer layout.
Result<LedgerEntry> DecodeLedgerEntry(std::string_view text);

// Where things are; cheap to make. The engine's core must outlive it, and must not be read-only where it writes.
class Ledger {
 public:
  explicit Ledger(engine::EngineCore& core) : core_(core) {}

  // In the control store.
  static void AppendTo(const LedgerEntry& entry, storage::WriteBatch& batch);
  Status Put(const LedgerEntry& entry);  // durable
  Status Withdraw(std::string_view id);  // durable
  Result<std::vector<LedgerEntry>> All();

  // The greatest id up to which all entries are completed; empty where the first one is not, or where there is none. A backup
  // taken now needs no entry up to it.
  Result<std::string> CompletedThrough();

  // In the repository, encrypted to the store's recipients, which are made when there are none. Durable; one that is there already
  // is left as it is, since entries never change but for their completion.
  Status Publish(const LedgerEntry& entry);
  // Those in the repository with other ids than `known`, in the order of ids. Without a repository: none.
  // kCorruption, kPermissionDenied (none of the identities reads it), kUnavailable: names the entry.
  Result<std::vector<LedgerEntry>> PublishedBesides(const std::set<std::string, std::less<>>& known,
                                                    std::span<const format::AgeIdentity> identities);

 private:
  std::string PublishedPath() const { return core_.repository() + "/ledger"; }
  Result<LedgerEntry> ReadPublished(const std::string& path, std::span<const format::AgeIdentity> identities);

  engine::EngineCore& core_;
};

}  // namespace coffer::operations
