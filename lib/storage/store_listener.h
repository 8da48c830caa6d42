// StoreListener receives RocksDB's events for a RocksStore. Safe for use from many threads.
#pragma once

#include <rocksdb/listener.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "coffer/status.h"
#include "storage/family.h"
#include "vocabulary/mutex.h"

namespace coffer::storage {

// Invariant: the first failure stays until the store is opened again. RocksDB must not write or sync after a failure: a log
// that failed once is unusable, and a build of RocksDB with assertions aborts the process.
class StoreListener final : public rocksdb::EventListener {
 public:
  // `families`: the store's table.
  explicit StoreListener(std::span<const FamilyName> families) : families_(families) {}
  void OnMemTableSealed(const rocksdb::MemTableInfo& info) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;

  // Remembers the first failure and returns `status`.
  Status Keep(Status status);
  // OK if nothing has failed.
  Status failure() const;

  // Number of range deletions in a family's write buffer. Set to 0 when RocksDB seals the buffer to write it to a file.
  std::atomic<std::uint32_t>& RangeDeletes(Family family) { return range_deletes_[NumberOf(family)]; }

 private:
  const std::span<const FamilyName> families_;
  std::array<std::atomic<std::uint32_t>, kFamiliesOfStoreMax> range_deletes_{};
  std::atomic<bool> failed_ = false;
  mutable Mutex mutex_;
  Status failure_ COFFER_GUARDED_BY(mutex_);
};

}  // namespace coffer::storage
