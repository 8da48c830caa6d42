// Reads from RocksDB: pinned values, snapshots, scans.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string_view>

#include "storage/store.h"

namespace coffer::storage {

struct PinnedValue::Pin {
  rocksdb::PinnableSlice slice;
};

rocksdb::ReadOptions ReadOptionsAt(const StoreSnapshot* snapshot);

// `db` must outlive the result.
std::unique_ptr<StoreSnapshot> NewRocksSnapshot(rocksdb::DB& db);
std::unique_ptr<Scan> NewRocksScan(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view begin,
                                   std::string_view end, const ScanOptions& options);

}  // namespace coffer::storage
