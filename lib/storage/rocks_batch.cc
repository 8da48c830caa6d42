#include "storage/rocks_batch.h"

#include <utility>

#include "format/stored/tally.h"

namespace coffer::storage {
namespace {

Status TooLong() { return Status::InvalidArgument("a key or value of a batch is longer than 4 GiB"); }

}  // namespace

WriteBatch::WriteBatch() : rep_(std::make_unique<Rep>()) {}
WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;

void WriteBatch::Put(Family family, std::string_view key, std::string_view value) {
  Put(family, key, std::span<const std::string_view>(&value, 1));
}

void WriteBatch::Put(Family family, std::string_view key, std::span<const std::string_view> value_parts) {
  if (!rep_->serialized.Put(family, key, value_parts)) {
    rep_->defect = TooLong();
  }
}

void WriteBatch::Delete(Family family, std::string_view key) {
  if (!rep_->serialized.Delete(family, key)) {
    rep_->defect = TooLong();
  }
}

void WriteBatch::DeleteRange(Family family, std::string_view begin, std::string_view end) {
  if (!rep_->serialized.DeleteRange(family, begin, end)) {
    rep_->defect = TooLong();
    return;
  }
  ++rep_->range_deletes[NumberOf(family)];
}

void WriteBatch::MergeTally(Family family, std::string_view key, std::string_view operand) {
  // Once stored, an operand that is no tally, or that meets a family without the operator, would fail every read and flush.
  if (operand.size() != format::kTallyBytes) {
    rep_->defect = Status::Internal("a merge operand of " + std::to_string(operand.size()) + " bytes is no tally");
  } else if (family != Family::kCounters) {
    rep_->defect = Status::Internal("only the counters family adds up tallies");
  } else if (!rep_->serialized.Merge(family, key, operand)) {
    rep_->defect = TooLong();
  }
}

void WriteBatch::Clear() {
  rep_->serialized.Clear();
  rep_->range_deletes.fill(0);
  rep_->defect = Status();
}

void WriteBatch::Reserve(std::size_t bytes) { rep_->serialized.Reserve(bytes); }

std::size_t WriteBatch::bytes() const { return rep_->serialized.bytes(); }
std::size_t WriteBatch::size() const { return rep_->serialized.count(); }

}  // namespace coffer::storage
