#include "storage/rocks_batch.h"

#include <rocksdb/comparator.h>
#include <rocksdb/db.h>

#include <limits>
#include <utility>

#include "format/stored/tally.h"
#include "storage/rocks_status.h"
#include "vocabulary/try.h"

namespace coffer::storage {
namespace {

constexpr std::size_t kKeyBytesMax = std::numeric_limits<std::uint32_t>::max();

// Stands for a family in calls of rocksdb::WriteBatch, which use only the id and the comparator of a handle and do not keep the
// handle. A batch is filled before it is known which store commits it, so there is no real handle. A debug build of RocksDB
// with RTTI asserts its own class of handles, and aborts here.
class FamilyId final : public rocksdb::ColumnFamilyHandle {
 public:
  explicit FamilyId(Family family) : id_(RocksFamilyId(family)) {}

  std::uint32_t GetID() const override { return id_; }
  const rocksdb::Comparator* GetComparator() const override { return rocksdb::BytewiseComparator(); }
  const std::string& GetName() const override {
    static const std::string no_name;
    return no_name;
  }
  rocksdb::Status GetDescriptor(rocksdb::ColumnFamilyDescriptor* /*descriptor*/) override {
    return rocksdb::Status::NotSupported("only an id");
  }

 private:
  const std::uint32_t id_;
};

rocksdb::Slice AsSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view AsView(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

Status TooLong() { return Status::InvalidArgument("a key or value of a batch is longer than 4 GiB"); }

// Passes the records of a rocksdb::WriteBatch to a ChangeVisitor.
class Visit final : public rocksdb::WriteBatch::Handler {
 public:
  Visit(unsigned store, const ChangeVisitor& visitor) : store_(store), visitor_(visitor) {}

  // The visitor's failure, if it stopped the walk.
  const Status& stopped() const { return stopped_; }

  rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    return Call(family, ChangeType::kPut, key, value);
  }
  rocksdb::Status DeleteCF(std::uint32_t family, const rocksdb::Slice& key) override {
    return Call(family, ChangeType::kDelete, key, {});
  }
  rocksdb::Status DeleteRangeCF(std::uint32_t family, const rocksdb::Slice& begin, const rocksdb::Slice& end) override {
    return Call(family, ChangeType::kDeleteRange, begin, end);
  }
  rocksdb::Status MergeCF(std::uint32_t family, const rocksdb::Slice& key, const rocksdb::Slice& operand) override {
    return Call(family, ChangeType::kMergeTally, key, operand);
  }

 private:
  rocksdb::Status Call(std::uint32_t family, ChangeType type, const rocksdb::Slice& key, const rocksdb::Slice& value) {
    stopped_ = visitor_({FamilyOf(store_, family - 1), type, AsView(key), AsView(value)});
    return stopped_.ok() ? rocksdb::Status::OK() : rocksdb::Status::Aborted();
  }

  const unsigned store_;
  const ChangeVisitor& visitor_;
  Status stopped_;
};

}  // namespace

Status ForEachChange(const rocksdb::WriteBatch& batch, unsigned store, const ChangeVisitor& visitor) {
  Visit visit(store, visitor);
  const rocksdb::Status walked = batch.Iterate(&visit);
  COFFER_TRY(visit.stopped());
  return FromRocks(walked).WithContext("reading a batch");
}

WriteBatch::WriteBatch() : rep_(std::make_unique<Rep>()) {}
WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;

void WriteBatch::Put(Family family, std::string_view key, std::string_view value) {
  FamilyId id(family);
  rep_->stores |= 1U << StoreOf(family);
  if (!rep_->changes.Put(&id, AsSlice(key), AsSlice(value)).ok()) {
    rep_->defect = TooLong();
  }
}

void WriteBatch::Put(Family family, std::string_view key, std::span<const std::string_view> value_parts) {
  rep_->value_parts.clear();
  for (const std::string_view part : value_parts) {
    rep_->value_parts.push_back(AsSlice(part));
  }
  const rocksdb::Slice key_slice = AsSlice(key);
  FamilyId id(family);
  rep_->stores |= 1U << StoreOf(family);
  const rocksdb::SliceParts parts(rep_->value_parts.data(), static_cast<int>(rep_->value_parts.size()));
  if (!rep_->changes.Put(&id, rocksdb::SliceParts(&key_slice, 1), parts).ok()) {
    rep_->defect = TooLong();
  }
}

void WriteBatch::Delete(Family family, std::string_view key) {
  FamilyId id(family);
  rep_->stores |= 1U << StoreOf(family);
  // RocksDB checks the length of what it puts and merges, not of what it deletes.
  if (key.size() > kKeyBytesMax || !rep_->changes.Delete(&id, AsSlice(key)).ok()) {
    rep_->defect = TooLong();
  }
}

void WriteBatch::DeleteRange(Family family, std::string_view begin, std::string_view end) {
  FamilyId id(family);
  rep_->stores |= 1U << StoreOf(family);
  if (begin.size() > kKeyBytesMax || end.size() > kKeyBytesMax ||
      !rep_->changes.DeleteRange(&id, AsSlice(begin), AsSlice(end)).ok()) {
    rep_->defect = TooLong();
    return;
  }
  ++rep_->range_deletes[NumberOf(family)];
}

void WriteBatch::MergeTally(Family family, std::string_view key, std::string_view operand) {
  FamilyId id(family);
  rep_->stores |= 1U << StoreOf(family);
  // Once stored, a malformed operand, or one in a family without the operator, would fail every read and flush.
  if (operand.size() != format::kTallyBytes) {
    rep_->defect = Status::Internal("a merge operand of " + std::to_string(operand.size()) + " bytes is not a tally");
  } else if (family != Family::kCounters) {
    rep_->defect = Status::Internal("only the counters family merges tallies");
  } else if (!rep_->changes.Merge(&id, AsSlice(key), AsSlice(operand)).ok()) {
    rep_->defect = TooLong();
  }
}

Status WriteBatch::ForEach(const ChangeVisitor& visitor) const {
  if (!rep_->defect.ok()) {
    return rep_->defect;
  }
  const unsigned store = rep_->OnlyFor(0) ? 0 : 1;
  if (!rep_->OnlyFor(store)) {
    return Status::Internal("a batch with changes for two stores");
  }
  return ForEachChange(rep_->changes, store, visitor);
}

void WriteBatch::Clear() {
  rep_->changes.Clear();
  rep_->stores = 0;
  rep_->range_deletes.fill(0);
  rep_->defect = Status();
}

void WriteBatch::Reserve(std::size_t bytes) { rep_->changes.Reserve(bytes); }

std::size_t WriteBatch::bytes() const { return rep_->changes.GetDataSize(); }
std::size_t WriteBatch::size() const { return rep_->changes.Count(); }

}  // namespace coffer::storage
