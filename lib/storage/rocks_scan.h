// Reads from RocksDB: pinned values, snapshots, scans.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <string_view>

#include "storage/store.h"

namespace coffer::storage {

struct PinnedValue::Pin {
  rocksdb::PinnableSlice slice;
};

// A snapshot of RocksDB, released with the last copy of the pointer.
using SharedSnapshot = std::shared_ptr<const rocksdb::Snapshot>;
// `db` must outlive the result.
SharedSnapshot NewSharedSnapshot(rocksdb::DB& db);

std::unique_ptr<StoreSnapshot> NewStoreSnapshot(SharedSnapshot snapshot);
// The snapshot in a StoreSnapshot that NewStoreSnapshot made.
const SharedSnapshot& SnapshotIn(const StoreSnapshot& snapshot);

// An iterator of RocksDB over [begin, end), with everything that it points to.
class BoundedIterator {
 public:
  // `snapshot` may be null: the newest state. `read` has all other options.
  BoundedIterator(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view begin, std::string_view end,
                  rocksdb::ReadOptions read, SharedSnapshot snapshot);
  BoundedIterator(const BoundedIterator&) = delete;
  BoundedIterator& operator=(const BoundedIterator&) = delete;
  rocksdb::Iterator& operator*() const { return *iterator_; }
  rocksdb::Iterator* operator->() const { return iterator_.get(); }

 private:
  const std::string begin_;
  const std::string end_;
  const rocksdb::Slice begin_slice_;
  const rocksdb::Slice end_slice_;
  const SharedSnapshot snapshot_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// A scan with this iterator.
std::unique_ptr<Scan> NewRocksScan(std::unique_ptr<BoundedIterator> iterator);

}  // namespace coffer::storage
