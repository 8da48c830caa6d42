#include "storage/rocks_scan.h"

#include <string>
#include <utility>

#include "storage/rocks_status.h"

namespace coffer::storage {
namespace {

class RocksSnapshot final : public StoreSnapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;
  ~RocksSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* const snapshot_;
};

class RocksScan final : public Scan {
 public:
  RocksScan(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view begin, std::string_view end,
            const ScanOptions& options)
      : begin_(begin), end_(end), begin_slice_(begin_), end_slice_(end_) {
    rocksdb::ReadOptions read = ReadOptionsAt(options.snapshot);
    read.fill_cache = options.fill_cache;
    read.readahead_size = options.readahead_bytes;
    // RocksDB keeps pointers to the bounds, so they are members.
    read.iterate_lower_bound = begin_.empty() ? nullptr : &begin_slice_;
    read.iterate_upper_bound = end_.empty() ? nullptr : &end_slice_;
    iterator_.reset(db.NewIterator(read, family));
  }

  void SeekToFirst() override { iterator_->SeekToFirst(); }
  void Seek(std::string_view key) override { iterator_->Seek(rocksdb::Slice(key.data(), key.size())); }
  void SeekToLast() override { iterator_->SeekToLast(); }
  bool valid() const override { return iterator_->Valid(); }
  void Next() override { iterator_->Next(); }
  std::string_view key() const override { return {iterator_->key().data(), iterator_->key().size()}; }
  std::string_view value() const override { return {iterator_->value().data(), iterator_->value().size()}; }
  Status status() const override { return FromRocks(iterator_->status()); }

 private:
  const std::string begin_;
  const std::string end_;
  const rocksdb::Slice begin_slice_;
  const rocksdb::Slice end_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

PinnedValue::PinnedValue() = default;
PinnedValue::PinnedValue(PinnedValue&&) noexcept = default;
PinnedValue& PinnedValue::operator=(PinnedValue&&) noexcept = default;
PinnedValue::~PinnedValue() = default;

rocksdb::ReadOptions ReadOptionsAt(const StoreSnapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) {
    options.snapshot = static_cast<const RocksSnapshot*>(snapshot)->get();
  }
  return options;
}

std::unique_ptr<StoreSnapshot> NewRocksSnapshot(rocksdb::DB& db) { return std::make_unique<RocksSnapshot>(db); }

std::unique_ptr<Scan> NewRocksScan(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view begin,
                                   std::string_view end, const ScanOptions& options) {
  return std::make_unique<RocksScan>(db, family, begin, end, options);
}

}  // namespace coffer::storage
