// ObjectPool: the stored objects that a new backup may share, depending on its type.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coffer/backup.h"
#include "operations/repository/manifest.h"
#include "operations/repository/repository.h"

namespace coffer::operations {

// Backups share objects only if these are equal. Otherwise an encrypted backup could contain plain objects, or objects that one
// of its recipients cannot read.
struct PoolTerms {
  std::string lineage;
  bool encrypted = true;
  std::vector<std::string> recipients;  // sorted
  bool contents_included = true;
};

struct ObjectPool {
  BackupType type = BackupType::kFull;                    // what the backup becomes
  std::string base_id;                                    // empty: full
  std::unordered_map<std::string, StoredObject> shared;   // by id: need not be read again
  std::unordered_map<std::string, StoredObject> present;  // by id: all objects of the pool
};

// The newest full backup on these terms is the base, unless a backup of its pool is known to be damaged (`known_bad`) or lacks
// an object. Without a base the backup becomes full. `live`: the newest first. Backups in the trash cannot be the base, but
// belong to the pool: the same bytes would get the names of their objects again.
ObjectPool ChoosePool(const Repository& repository, const std::vector<BackupManifest>& live,
                      const std::vector<BackupManifest>& trash, BackupType wanted, const PoolTerms& terms,
                      const std::function<bool(std::string_view id)>& known_bad);

// HMAC-SHA256(key, digest ‖ length in 8 bytes, big-endian ‖ pool), 64 hex digits. Without the key it only shows which
// objects are equal.
std::string ObjectIdOf(std::string_view key, std::string_view plain_sha256, std::uint64_t plain_bytes, std::string_view pool);

}  // namespace coffer::operations
