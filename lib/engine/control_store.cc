#include "engine/control_store.h"

#include "storage/durable_file.h"

namespace coffer::engine {
namespace {

constexpr int kOpenFilesMax = 64;

// Built aside, so that a crash leaves no control store or a whole one.
Status Create(FileSystem& files, const std::string& path, storage::StoreOptions options) {
  const std::string partial_path = path + ".partial";
  if (Status status = storage::RemoveRecursively(files, partial_path); !status.ok()) return status;
  options.create = true;
  Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(partial_path, options);
  if (!store.ok()) return std::move(store).status();
  if (Status status = (*store)->Close(); !status.ok()) return status;
  store->reset();
  return storage::PublishDurably(files, partial_path, path);
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
    if (Status status = Create(files, path, options); !status.ok()) return status.WithContext("creating " + path);
  }
  Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(path, options);
  if (!store.ok() && store.status().code() == StatusCode::kNotFound) {
    return Status::Corruption(path + ": holds no store, or not all of it");
  }
  return store;
}

}  // namespace coffer::engine
