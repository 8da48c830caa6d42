#include "engine/control_store.h"

#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

constexpr int kOpenFilesMax = 64;

// Builds the store as "<path>.partial" and renames it, so that `path` is complete or does not exist.
Status Create(FileSystem& files, const std::string& path, storage::StoreOptions options) {
  const std::string temporary_path = path + ".partial";
  COFFER_TRY(storage::RemoveRecursively(files, temporary_path));
  options.create = true;
  COFFER_ASSIGN(std::unique_ptr<storage::Store> store, storage::OpenRocksStore(temporary_path, options));
  COFFER_TRY(store->Close());
  store.reset();
  return storage::PublishDurably(files, temporary_path, path);
}

}  // namespace

Result<std::unique_ptr<storage::Store>> OpenControlStore(FileSystem& files, const std::string& path,
                                                         storage::StoreOptions options) {
  options.families = storage::kControlFamilies;
  options.create = false;
  options.open_files_max = kOpenFilesMax;
  Result<FileInfo> there = files.Stat(path);
  if (!there.ok()) {
    if (there.status().code() != StatusCode::kNotFound) return std::move(there).status();
    if (options.read_only) return std::unique_ptr<storage::Store>();
    COFFER_TRY_CONTEXT(Create(files, path, options), "creating " + path);
  }
  Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(path, options);
  if (!store.ok() && store.status().code() == StatusCode::kNotFound) {
    return Status::Corruption(path + ": is not a complete store");
  }
  return store;
}

}  // namespace coffer::engine
