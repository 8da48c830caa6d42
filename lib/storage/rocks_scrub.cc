#include "storage/rocks_scrub.h"

#include <rocksdb/metadata.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <thread>

#include "storage/durable_file.h"
#include "storage/rocks_status.h"
#include "storage/rocks_version.h"
#include "vocabulary/try.h"

namespace coffer::storage {
namespace {

constexpr std::chrono::milliseconds kPollInterval(5);

bool HoldsData(std::string_view name) { return name.ends_with(".sst") || name.ends_with(".blob") || name.ends_with(".log"); }

// RocksDB removes unused files later, on other threads. This starts the removal now.
Status RemoveObsolete(rocksdb::DB& db) {
  COFFER_TRY(FromRocks(db.DisableFileDeletions()));
  return FromRocks(EnableFileDeletions(db));
}

// Sorted and blob files of `handles`, or of all other families.
std::set<std::string> FilesInUse(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles, bool by_handles) {
  const auto is_ours = [&](const std::string& family) {
    return std::any_of(handles.begin(), handles.end(), [&](const auto* handle) { return handle->GetName() == family; });
  };
  std::vector<rocksdb::ColumnFamilyMetaData> families;
  db.GetAllColumnFamilyMetaData(&families);
  std::set<std::string> names;
  for (const rocksdb::ColumnFamilyMetaData& family : families) {
    if (is_ours(family.name) != by_handles) {
      continue;
    }
    for (const rocksdb::LevelMetaData& level : family.levels) {
      for (const rocksdb::SstFileMetaData& file : level.files) {
        names.insert(std::string(BaseName(file.name)));
      }
    }
    for (const rocksdb::BlobMetaData& file : family.blob_files) {
      names.insert(std::string(BaseName(file.blob_file_name)));
    }
  }
  return names;
}

}  // namespace

Result<std::vector<std::string>> FilesWithData(FileSystem& files, const std::string& directory) {
  COFFER_ASSIGN(std::vector<std::string> names, files.List(directory));
  std::erase_if(names, [&](const std::string& name) {
    if (!HoldsData(name)) {
      return true;
    }
    const Result<FileInfo> info = files.Stat(directory + "/" + name);
    return info.ok() ? info->size_bytes == 0 : info.status().code() == StatusCode::kNotFound;  // removed meanwhile
  });
  return names;
}

Status AwaitNewSnapshots(rocksdb::DB& db, rocksdb::SequenceNumber sequence, const std::atomic<bool>& stop) {
  while (!stop.load()) {
    std::uint64_t oldest = 0;
    db.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest);
    if (oldest == 0 || oldest >= sequence) {
      return {};
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  return Status::Cancelled("stopped while waiting for snapshots");
}

bool AnyInUse(rocksdb::DB& db, const std::vector<std::string>& old_files,
              const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  const std::set<std::string> in_use = FilesInUse(db, handles, true);
  return std::any_of(old_files.begin(), old_files.end(), [&](const std::string& name) { return in_use.contains(name); });
}

Status AwaitRemoval(rocksdb::DB& db, FileSystem& files, const std::string& directory, const std::vector<std::string>& old_files,
                    const std::vector<rocksdb::ColumnFamilyHandle*>& handles, const std::atomic<bool>& stop) {
  const std::set<std::string> others = FilesInUse(db, handles, false);
  while (!stop.load()) {
    COFFER_TRY(RemoveObsolete(db));
    COFFER_ASSIGN(const std::vector<std::string> present, FilesWithData(files, directory));
    const bool left = std::any_of(present.begin(), present.end(), [&](const std::string& name) {
      return !others.contains(name) && std::find(old_files.begin(), old_files.end(), name) != old_files.end();
    });
    if (!left) {
      return {};
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  return Status::Cancelled("stopped while waiting for the removal of files");
}

}  // namespace coffer::storage
