// Makes RocksDB use a coffer::FileSystem.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>

#include "coffer/file_system.h"

namespace coffer::storage {

// `files` must outlive the result.
std::shared_ptr<rocksdb::FileSystem> NewRocksFileSystem(FileSystem& files);

// Drops every line: failures reach the caller as a Status, and a log file would have to be bounded and backed up.
std::shared_ptr<rocksdb::Logger> NewDiscardingLogger();

}  // namespace coffer::storage
