// Catalogue: what this store knows of backups that their manifests cannot tell, in the control store: which lineage it is of, and
// what checks came to. Whoever loses it loses no backup. Layout: FORMAT.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "coffer/backup.h"
#include "coffer/result.h"
#include "engine/core.h"

namespace coffer::operations {

// A check that looks less deep proves nothing about what a deeper one found.
struct BackupStanding {
  bool bad = false;       // a check failed, and none that looks as deep has succeeded since
  bool verified = false;  // not bad, and a check that read every object succeeded
};
// The first level that reads every object.
inline constexpr int kVerifiedLevelMin = 2;

// Cheap to make; the core must outlive it. A read-only engine may have no control store: then nothing is known.
class Catalogue {
 public:
  explicit Catalogue(engine::EngineCore& core) : core_(core) {}

  // The lineage of the live generation. A generation that came by a restore begins a new one, which is made here: no crash can
  // come between the switch and it. Not for a read-only engine.
  Result<std::string> Lineage();

  // What checks came to: the deepest good one, or the damage that no as deep one has refuted since; the time of the last one.
  Result<std::optional<BackupVerification>> Verification(std::string_view backup_id);
  // What all checks together came to.
  Result<BackupStanding> Standing(std::string_view backup_id);
  Status KeepVerification(std::string_view backup_id, const BackupVerification& verification);
  Status Forget(std::string_view backup_id);

  // Of a store that was restored without the repository's ledger: what it holds may have been erased behind this id, whatever the
  // engine's own ledger says; its backups must not claim more. Nothing: no such bound.
  Result<std::optional<std::string>> ErasedThroughMax();
  Status SetErasedThroughMax(const std::optional<std::string>& erased_through);

 private:
  engine::EngineCore& core_;
};

}  // namespace coffer::operations
