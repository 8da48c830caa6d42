#include "operations/restore/restore_build.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "engine/content_state.h"
#include "format/stored/keys.h"
#include "format/stored/stored_record.h"
#include "operations/repository/object_codec.h"
#include "operations/runner/parallel_steps.h"
#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

Status RestoreFile(engine::EngineCore& core, const Repository& repository, const BackupManifest& manifest,
                   const BackupFile& file, std::span<const format::AgeIdentity> identities, const std::string& path,
                   OperationContext& context) {
  COFFER_ASSIGN(std::unique_ptr<ObjectReader> object, repository.OpenObject(manifest, file.object, identities));
  Status status = WriteFile(*object, file, core.files(), path + "/" + file.name, [&context](std::uint64_t bytes) {
    context.AddBytes(bytes);
    return context.CheckStop();
  });
  if (status.code() != StatusCode::kCorruption) return status;
  return status.WithContext(repository.path() + "/" + Repository::ObjectName(manifest.objects[file.object].id));
}

}  // namespace

Status BuildGeneration(engine::EngineCore& core, const Repository& repository, const BackupManifest& manifest,
                       const SealedManifest& sealed, std::span<const format::AgeIdentity> identities, const std::string& path,
                       OperationContext& context) {
  COFFER_TRY(storage::RemoveRecursively(core.files(), path));
  COFFER_TRY(core.files().CreateDirectory(path));
  std::vector<std::size_t> order(sealed.files.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::ranges::greater(), [&sealed](std::size_t i) { return sealed.files[i].size_bytes; });
  Status status = RunInParallel(order.size(), [&](std::size_t step) {
    const BackupFile& file = sealed.files[order[step]];
    if (file.name == kLogsFileName) return Status::Ok();
    return RestoreFile(core, repository, manifest, file, identities, path, context);
  });
  return status.ok() ? core.files().SyncDirectory(path) : status;
}

Status CompareTallies(const engine::TalliesByOwner& built, const engine::TalliesByOwner& expected) {
  const engine::KindTallies nothing;
  const auto compare = [](const std::string& owner, const engine::KindTallies& is, const engine::KindTallies& should) {
    for (Kind kind : kAllKinds) {
      if (is[kind] == should[kind]) continue;
      return Status::Corruption("the " + std::string(KindNamePlural(kind)) + " of owner " + owner +
                                " differ from the manifest: found " + std::to_string(is[kind].count) + " with " +
                                std::to_string(is[kind].bytes) + " bytes, expected " + std::to_string(should[kind].count) +
                                " with " + std::to_string(should[kind].bytes));
    }
    return Status::Ok();
  };
  for (const auto& [owner, tallies] : expected) {
    const auto found = built.find(owner);
    COFFER_TRY(compare(owner, found == built.end() ? nothing : found->second, tallies));
  }
  for (const auto& [owner, tallies] : built) {
    if (expected.contains(owner)) continue;
    COFFER_TRY(compare(owner, tallies, nothing));
  }
  return Status::Ok();
}

Result<std::uint64_t> CountContentsMissing(storage::Store& store) {
  COFFER_ASSIGN(std::string left_out_by, engine::LeftOutBy(store, nullptr));
  if (left_out_by.empty()) return std::uint64_t{0};
  std::uint64_t missing = 0;
  storage::PinnedValue chunk;
  const std::unique_ptr<storage::Scan> scan = store.NewScan(storage::Family::kDocuments, {}, {}, {});
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    COFFER_ASSIGN_CONTEXT(format::StoredRecord record, format::DecodeStoredRecord(Kind::kDocument, scan->value()),
                          "document " + std::string(scan->key()));
    if (!record.content || record.content->size_bytes == 0) continue;
    const std::string key = format::ContentKey(record.content->id, 0);
    COFFER_TRY(store.Get(storage::Family::kContents, key, nullptr, chunk));
    missing += chunk.found() ? 0 : 1;
  }
  COFFER_TRY(scan->status());
  return missing;
}

}  // namespace coffer::operations
