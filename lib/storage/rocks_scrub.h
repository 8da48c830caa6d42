// The steps of RocksStore::Scrub, which wait until no file holds a deleted value.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <string>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"

namespace coffer::storage {

// Names of the sorted files, blob files and logs in a store's folder that are not empty.
Result<std::vector<std::string>> FilesWithData(FileSystem& files, const std::string& directory);

// Waits until no snapshot is older than `sequence`, because compactions keep values that a snapshot can see.
// kCancelled: `stop` became true.
Status AwaitNewSnapshots(rocksdb::DB& db, rocksdb::SequenceNumber sequence, const std::atomic<bool>& stop);

// Whether the current version of one of `handles` uses one of `old_files`. A concurrent compaction may have read an old file
// and replaced a rewritten file with its output.
bool AnyInUse(rocksdb::DB& db, const std::vector<std::string>& old_files,
              const std::vector<rocksdb::ColumnFamilyHandle*>& handles);

// Waits until all of `old_files` are removed, except those of families that are not in `handles`. Scans keep the files that
// they read.
// kCancelled: `stop` became true.
Status AwaitRemoval(rocksdb::DB& db, FileSystem& files, const std::string& directory, const std::vector<std::string>& old_files,
                    const std::vector<rocksdb::ColumnFamilyHandle*>& handles, const std::atomic<bool>& stop);

}  // namespace coffer::storage
