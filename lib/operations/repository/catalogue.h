// Catalogue: what this store knows about backups that their manifests do not hold: the store's lineage and the results of
// checks. Kept in the control store; losing it loses no backup. Layout: FORMAT.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/core.h"

namespace coffer::operations {

// A shallower check proves nothing about what a deeper one found.
struct BackupStanding {
  bool bad = false;       // a check failed, and no check of at least its level has succeeded since
  bool verified = false;  // not bad, and a check that read every object succeeded
};
// The first level that reads every object.
inline constexpr int kVerifiedLevelMin = 2;

// Cheap to make; the core must outlive it. A read-only engine may have no control store; then the catalogue is empty.
class Catalogue {
 public:
  explicit Catalogue(engine::EngineCore& core) : core_(core) {}

  // The lineage of the live generation. A restored generation begins a new lineage, which the first call makes, so that no
  // crash can separate it from the switch of generations. Not for a read-only engine.
  Result<std::string> Lineage();

  // The result of the deepest successful check, or of a failed one that no check of its level has refuted since; the time is
  // that of the last check.
  Result<std::optional<BackupVerification>> Verification(std::string_view backup_id);
  // The combined result of all checks.
  Result<BackupStanding> Standing(std::string_view backup_id);
  Status KeepVerification(std::string_view backup_id, const BackupVerification& verification);
  Status Forget(std::string_view backup_id);

  // The greatest erased_through that backups may claim. A store that was restored without the repository's ledger may hold
  // records that were erased after this id, even if the engine's own ledger does not show it. Nullopt: no limit.
  Result<std::optional<std::string>> ErasedThroughMax();
  Status SetErasedThroughMax(const std::optional<std::string>& erased_through);

 private:
  engine::EngineCore& core_;
};

}  // namespace coffer::operations
