#include "storage/rocks_scan.h"

#include <utility>

#include "storage/rocks_status.h"

namespace coffer::storage {
namespace {

class RocksSnapshot final : public StoreSnapshot {
 public:
  explicit RocksSnapshot(SharedSnapshot snapshot) : snapshot_(std::move(snapshot)) {}
  const SharedSnapshot& get() const { return snapshot_; }

 private:
  const SharedSnapshot snapshot_;
};

class RocksScan final : public Scan {
 public:
  explicit RocksScan(std::unique_ptr<BoundedIterator> iterator) : bounded_(std::move(iterator)), iterator_(**bounded_) {}

  void SeekToFirst() override { iterator_.SeekToFirst(); }
  void Seek(std::string_view key) override { iterator_.Seek(rocksdb::Slice(key.data(), key.size())); }
  void SeekToLast() override { iterator_.SeekToLast(); }
  bool valid() const override { return iterator_.Valid(); }
  void Next() override { iterator_.Next(); }
  std::string_view key() const override { return {iterator_.key().data(), iterator_.key().size()}; }
  std::string_view value() const override { return {iterator_.value().data(), iterator_.value().size()}; }
  Status status() const override { return FromRocks(iterator_.status()); }

 private:
  const std::unique_ptr<BoundedIterator> bounded_;
  rocksdb::Iterator& iterator_;
};

}  // namespace

PinnedValue::PinnedValue() = default;
PinnedValue::PinnedValue(PinnedValue&&) noexcept = default;
PinnedValue& PinnedValue::operator=(PinnedValue&&) noexcept = default;
PinnedValue::~PinnedValue() = default;

SharedSnapshot NewSharedSnapshot(rocksdb::DB& db) {
  return {db.GetSnapshot(), [&db](const rocksdb::Snapshot* snapshot) { db.ReleaseSnapshot(snapshot); }};
}

std::unique_ptr<StoreSnapshot> NewStoreSnapshot(SharedSnapshot snapshot) {
  return std::make_unique<RocksSnapshot>(std::move(snapshot));
}

const SharedSnapshot& SnapshotIn(const StoreSnapshot& snapshot) { return static_cast<const RocksSnapshot&>(snapshot).get(); }

BoundedIterator::BoundedIterator(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view begin,
                                 std::string_view end, rocksdb::ReadOptions read, SharedSnapshot snapshot)
    : begin_(begin), end_(end), begin_slice_(begin_), end_slice_(end_), snapshot_(std::move(snapshot)) {
  read.snapshot = snapshot_.get();
  // RocksDB keeps pointers to the bounds, so they are members.
  read.iterate_lower_bound = begin_.empty() ? nullptr : &begin_slice_;
  read.iterate_upper_bound = end_.empty() ? nullptr : &end_slice_;
  iterator_.reset(db.NewIterator(read, family));
}

std::unique_ptr<Scan> NewRocksScan(std::unique_ptr<BoundedIterator> iterator) {
  return std::make_unique<RocksScan>(std::move(iterator));
}

}  // namespace coffer::storage
