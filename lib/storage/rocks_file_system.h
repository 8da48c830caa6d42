// Puts a coffer::FileSystem under RocksDB.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>

#include "coffer/file_system.h"

namespace coffer::storage {

// Does what RocksDB asks of its file system with `files`, which must outlive the answer.
std::shared_ptr<rocksdb::FileSystem> NewRocksFileSystem(FileSystem& files);

// Drops every line: what matters reaches the caller as a Status, and a log file would be one more thing to bound and back up.
std::shared_ptr<rocksdb::Logger> NewDiscardingLogger();

}  // namespace coffer::storage
