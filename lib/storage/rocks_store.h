// RocksStore: the Store on RocksDB.
//
// Invariants:
// * Once a write has failed, in the foreground or the background, every later write and Close return that failure: earlier
//   buffered writes may not be on the device.
// * Once a family has kRangeDeletesMax range deletions in memory, every commit that adds one starts a flush.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "storage/read_moments.h"
#include "storage/rocks_scan.h"
#include "storage/store.h"
#include "vocabulary/mutex.h"

namespace coffer::storage {

// After every new range deletion in memory the next scan sorts all of them again: with 10,000 of them a delete and a read take
// 5.6 ms (RocksDB 7.8.3). In a file they are sorted once.
inline constexpr std::uint32_t kRangeDeletesMax = 500;

class StoreListener;

class RocksStore final : public Store {
 public:
  // Use OpenRocksStore.
  RocksStore(std::string directory, const StoreOptions& options);
  ~RocksStore() override;
  Status Open();

  Status Read(const RowGroup& group, const StoreSnapshot* snapshot, std::span<PinnedValue> values, const RunVisitor& visit,
              bool* more) override;
  Status Get(Family family, std::string_view key, const StoreSnapshot* snapshot, PinnedValue& value) override;
  Status MultiGet(Family family, std::span<const std::string_view> keys, const StoreSnapshot* snapshot,
                  std::span<PinnedValue> values) override;
  std::unique_ptr<Scan> NewScan(Family family, std::string_view begin, std::string_view end,
                                const ScanOptions& options) override;
  Status Commit(WriteBatch& batch, Durability durability) override;
  Status Sync() override;
  Result<std::unique_ptr<BulkLoad>> NewBulkLoad(Family family, const std::string& directory) override;
  Status CommitBulk(BulkLoad& load, WriteBatch& batch) override;
  std::unique_ptr<StoreSnapshot> TakeSnapshot() override;
  Status Flush(std::span<const Family> families) override;
  Status Compact(std::span<const Family> families) override;
  Status Scrub(std::span<const Family> families, std::atomic<bool>& stop) override;
  Result<std::vector<CheckpointFile>> Checkpoint(const std::string& directory, Durability durability,
                                                 const CheckpointMoment& moment) override;
  std::uint64_t FamilyBytes(Family family) override;
  std::uint64_t LogBytes() override;
  Status VerifyChecksums() override;
  Status Close() override;

 private:
  // The retired families of this store, by the table.
  std::vector<FamilyName> RetiredFamilies() const;
  // Those of `families` that the store on disk has.
  std::vector<FamilyName> PresentOf(std::vector<FamilyName> families, const rocksdb::DBOptions& database) const;
  // Opens the store's families and the given ones.
  rocksdb::Status OpenFamilies(const rocksdb::DBOptions& database, std::vector<FamilyName> families);
  // Drops those of `families` that are open.
  Status DropFamilies(std::span<const FamilyName> families);
  rocksdb::ColumnFamilyHandle* Handle(Family family) const { return handles_[NumberOf(family)]; }
  std::vector<rocksdb::ColumnFamilyHandle*> HandlesOf(std::span<const Family> families) const;
  Status ReadRow(const rocksdb::ReadOptions& read, const RowName& row, PinnedValue& value);
  Status VisitRun(const Run& run, const SharedSnapshot& snapshot, rocksdb::Iterator& rows, const RunVisitor& visit, bool* more);
  Status CheckWritable() const;
  Status CheckOwn(const WriteBatch::Rep& batch) const;
  void CountRangeDeletes(const std::array<std::uint32_t, kFamiliesOfStoreMax>& added);
  Status FinishWriting();
  Status CompactFamilies(std::span<const Family> families, std::atomic<bool>* stop);

  const std::string directory_;
  const StoreOptions options_;
  FileSystem& files_;
  const std::shared_ptr<StoreMemory> memory_;
  std::unique_ptr<rocksdb::Env> env_;  // Null over the operating system's files. Outlives db_.
  std::shared_ptr<StoreListener> listener_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* default_handle_ = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // by number; null: not open
  ReadMoments moments_;
  Mutex load_mutex_;  // RocksDB would make a second load wait too
};

}  // namespace coffer::storage
