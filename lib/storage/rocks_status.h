// The only translation between Coffer's statuses and RocksDB's, in both directions.
#pragma once

#include <rocksdb/io_status.h>
#include <rocksdb/status.h>

#include "coffer/status.h"

namespace coffer::storage {

Status FromRocks(const rocksdb::Status& status);

// For answers to RocksDB from the file system under it. A full disk stays recognisable through RocksDB and back.
rocksdb::IOStatus ToRocks(const Status& status);

}  // namespace coffer::storage
