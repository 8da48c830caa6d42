// The parts of RocksStore::Scrub: what must have gone before a deleted value is nowhere on disk.
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

// Waits until no snapshot is older than `sequence`: a merge keeps what one of them can see. kCancelled: `stop` became true.
Status AwaitNewSnapshots(rocksdb::DB& db, rocksdb::SequenceNumber sequence, const std::atomic<bool>& stop);

// Whether the present version of one of `handles` still names one of `old_files`. A merge that ran beside the rewriting can have
// read an old file and put what it wrote in the place of what was rewritten.
bool AnyInUse(rocksdb::DB& db, const std::vector<std::string>& old_files,
              const std::vector<rocksdb::ColumnFamilyHandle*>& handles);

// Waits until none of `old_files` is there, those of other families than `handles` apart. Scans keep files of theirs until
// they are done. kCancelled: `stop` became true.
Status AwaitRemoval(rocksdb::DB& db, FileSystem& files, const std::string& directory, const std::vector<std::string>& old_files,
                    const std::vector<rocksdb::ColumnFamilyHandle*>& handles, const std::atomic<bool>& stop);

}  // namespace coffer::storage
