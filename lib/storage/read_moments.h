// ReadMoments: how reads of a RocksDB database without a snapshot show one moment.
//
// RocksDB gives one read of one family its newest state. Two problems are solved here:
// * Several reads may have a commit between them. They are repeated at a snapshot if so. Taking a snapshot for each read would
//   cost more: it locks the database's mutex twice.
// * A bulk load (IngestExternalFiles) appears in one family after the other. While it runs, all reads use snapshots, which show
//   it in all families or in none.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>

#include "coffer/status.h"
#include "storage/rocks_scan.h"

namespace coffer::storage {

// Safe for use from many threads.
class ReadMoments {
 public:
  // Calls `pin` to read at one moment, the newest one: null stands for no snapshot. If that moment ended before `pin` returned,
  // calls it again, with a snapshot. `pin` only gets values and makes iterators; what it does with them comes later.
  // is_single: `pin` makes one read of one family.
  template <typename Pin>
  Status ReadNewest(rocksdb::DB& db, bool is_single, const Pin& pin) {
    const std::uint64_t loads = loads_.load(std::memory_order_acquire);
    if (loads % 2 == 0) {
      const rocksdb::SequenceNumber commits = is_single ? 0 : db.GetLatestSequenceNumber();
      Status status = pin(SharedSnapshot());
      if (!status.ok()) {
        return status;
      }
      // RocksDB publishes a commit by raising this number, after the commit is complete.
      const bool no_commit = is_single || db.GetLatestSequenceNumber() == commits;
      if (no_commit && loads_.load(std::memory_order_acquire) == loads) {
        return status;
      }
    }
    return pin(NewSharedSnapshot(db));
  }

  // A bulk load runs as long as this exists. One at a time.
  class Load {
   public:
    explicit Load(ReadMoments& moments) : loads_(moments.loads_) { loads_.fetch_add(1, std::memory_order_release); }
    ~Load() { loads_.fetch_add(1, std::memory_order_release); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

   private:
    std::atomic<std::uint64_t>& loads_;
  };

 private:
  std::atomic<std::uint64_t> loads_{0};  // raised at the beginning and at the end of each load: odd while one runs
};

}  // namespace coffer::storage
