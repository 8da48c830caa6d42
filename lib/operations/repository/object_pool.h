// ObjectPool: which stored objects a new backup may share, by its type.
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

// What must be the same for objects to be shared: an encrypted backup with plain objects in it, or with objects that one of its
// recipients cannot read, would not be what was asked for.
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
  std::unordered_map<std::string, StoredObject> present;  // by id: all that the pool has
};

// The newest full backup on these terms is the base, unless one of its pool was found to be damaged (`known_bad`) or lacks an
// object; without one the backup becomes full. `live`: the newest first. Those in the trash are no base, but of the pool: their
// objects lie under the names that the same bytes would get again.
ObjectPool ChoosePool(const Repository& repository, const std::vector<BackupManifest>& live,
                      const std::vector<BackupManifest>& trash, BackupType wanted, const PoolTerms& terms,
                      const std::function<bool(std::string_view id)>& known_bad);

// HMAC-SHA256(key, digest ‖ length in 8 bytes, big-endian ‖ pool), 64 hex digits. To a stranger it tells equality alone.
std::string ObjectIdOf(std::string_view key, std::string_view plain_sha256, std::uint64_t plain_bytes, std::string_view pool);

}  // namespace coffer::operations
