#include "operations/repository/object_pool.h"

#include <algorithm>

#include "format/records/sha256.h"
#include "vocabulary/fixed_width.h"

namespace coffer::operations {
namespace {

bool OnTerms(const BackupManifest& manifest, const PoolTerms& terms) {
  const BackupInfo& info = manifest.info;
  return info.lineage == terms.lineage && info.encrypted == terms.encrypted && info.recipients == terms.recipients &&
         info.contents_included == terms.contents_included;
}

const BackupManifest* FindBase(const std::vector<BackupManifest>& live, const PoolTerms& terms) {
  for (const BackupManifest& manifest : live) {
    if (manifest.info.type == BackupType::kFull && OnTerms(manifest, terms)) return &manifest;
  }
  return nullptr;
}

}  // namespace

ObjectPool ChoosePool(const Repository& repository, const std::vector<BackupManifest>& live,
                      const std::vector<BackupManifest>& trash, BackupType wanted, const PoolTerms& terms,
                      const std::function<bool(std::string_view id)>& known_bad) {
  const ObjectPool full;
  const BackupManifest* base = wanted == BackupType::kFull ? nullptr : FindBase(live, terms);
  if (base == nullptr) return full;
  ObjectPool pool;
  // Most manifests list the same objects as the one before, so each object is checked once.
  const auto is_there = [&](const StoredObject& object) {
    const auto seen = pool.present.find(object.id);
    if (seen != pool.present.end() && seen->second.stored_bytes == object.stored_bytes) return true;
    return repository.CheckObjectThere(object).ok();
  };
  pool.type = wanted;
  pool.base_id = base->info.id;
  for (const auto* manifests : {&live, &trash}) {
    for (const BackupManifest& manifest : *manifests) {
      if (manifest.pool != base->info.id || !OnTerms(manifest, terms)) continue;
      // Otherwise one bad object would be passed on from backup to backup.
      if (known_bad(manifest.info.id) || !std::ranges::all_of(manifest.objects, is_there)) return full;
      const bool shares = wanted == BackupType::kIncremental || manifest.info.id == base->info.id;
      for (const StoredObject& object : manifest.objects) {
        pool.present.emplace(object.id, object);
        if (shares) pool.shared.emplace(object.id, object);
      }
    }
  }
  return pool;
}

std::string ObjectIdOf(std::string_view key, std::string_view plain_sha256, std::uint64_t plain_bytes, std::string_view pool) {
  std::string message(plain_sha256);
  format::AppendBigEndian(plain_bytes, message);
  message.append(pool);
  return format::HexText(format::HmacSha256(key, message));
}

}  // namespace coffer::operations
