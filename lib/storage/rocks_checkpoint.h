// Makes a checkpoint of an open RocksDB.
#pragma once

#include <rocksdb/db.h>

#include <string>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "storage/store.h"

namespace coffer::storage {

// Store::Checkpoint. Done here and not by rocksdb::Checkpoint because one list of files, taken at one moment, then gives
// both the files and their digests, and because every file and name can be made durable.
Result<std::vector<CheckpointFile>> MakeCheckpoint(rocksdb::DB& db, FileSystem& files, const std::string& directory,
                                                   Durability durability, const CheckpointMoment& moment);

}  // namespace coffer::storage
