// Translates between Coffer's and RocksDB's statuses, in both directions.
#pragma once

#include <rocksdb/io_status.h>
#include <rocksdb/status.h>

#include "coffer/status.h"

namespace coffer::storage {

Status FromRocks(const rocksdb::Status& status);

// For results that a coffer::FileSystem returns to RocksDB. FromRocks(ToRocks(kResourceExhausted)) is kResourceExhausted again.
rocksdb::IOStatus ToRocks(const Status& status);

}  // namespace coffer::storage
