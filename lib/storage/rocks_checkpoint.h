// Makes a checkpoint of an open RocksDB.
#pragma once

#include <rocksdb/db.h>

#include <string>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "storage/store.h"

namespace coffer::storage {

// Implements Store::Checkpoint. rocksdb::Checkpoint does not return the files with their digests, taken at one moment, and does
// not make every file and name durable.
Result<std::vector<CheckpointFile>> MakeCheckpoint(rocksdb::DB& db, FileSystem& files, const std::string& directory,
                                                   Durability durability, const CheckpointMoment& moment);

}  // namespace coffer::storage
