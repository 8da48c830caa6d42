#include "engine/totals.h"

#include <algorithm>

#include "format/stored/keys.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// A read of a row merges all operands since its last plain value: 200,000 of them took 15 ms.
constexpr std::uint32_t kOperandsMax = 800;
// When one row has reached the maximum, rows with at least this many operands are replaced too, so that it happens rarely.
constexpr std::uint32_t kOperandsWorthRebasing = 200;

std::string Encoded(const format::Tally& tally) {
  std::string bytes;
  format::AppendTally(bytes, tally);
  return bytes;
}

// Days have no digest, because there is nothing to compare it with.
format::Tally WithoutDigest(format::Tally tally) {
  tally.digest = {};
  return tally;
}

}  // namespace

std::uint64_t KindTallies::LogicalBytes() const {
  std::uint64_t bytes = 0;
  for (Kind kind : kAllKinds) bytes += (*this)[kind].bytes;
  return bytes;
}

KindTallies CounterState::OfOwner(std::string_view owner) const {
  const auto found = by_owner.find(owner);
  return found == by_owner.end() ? KindTallies() : found->second;
}

KindTallies CounterState::Sum() const {
  KindTallies sum;
  for (const auto& [owner, tallies] : by_owner) sum.Add(tallies);
  return sum;
}

Result<CounterState> ReadCounters(storage::Store& store, const storage::StoreSnapshot* snapshot) {
  CounterState state;
  storage::ScanOptions options;
  options.snapshot = snapshot;
  options.fill_cache = false;
  const std::unique_ptr<storage::Scan> scan = store.NewScan(storage::Family::kCounters, {}, {}, options);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const auto key = format::ParseCounterKey(scan->key());
    if (!key) return Status::Corruption("counters: malformed key");
    COFFER_ASSIGN_CONTEXT(format::Tally tally, format::DecodeTally(scan->value()), "counters");
    // A zero tally of a day is kept: it says that something changed on that day.
    if (!key->is_day && tally == format::Tally{}) continue;
    KindTallies& tallies = key->is_day ? state.by_day[key->day] : state.by_owner[std::string(key->owner)];
    tallies[key->kind] = tally;
  }
  COFFER_TRY_CONTEXT(scan->status(), "counters");
  return state;
}

KindTallies& CounterChange::Of(std::string_view owner) {
  const auto found = by_owner_.find(owner);
  return found != by_owner_.end() ? found->second : by_owner_[std::string(owner)];
}

void CounterChange::AppendTo(storage::WriteBatch& batch, std::int32_t day) const {
  KindTallies sum;
  for (const auto& [owner, tallies] : by_owner_) {
    sum.Add(tallies);
    for (Kind kind : kAllKinds) {
      if (tallies[kind] == format::Tally{}) continue;
      batch.MergeTally(storage::Family::kCounters, format::OwnerTallyKey(kind, owner), Encoded(tallies[kind]));
    }
  }
  for (Kind kind : kAllKinds) {
    const format::Tally tally = WithoutDigest(sum[kind]);
    if (tally == format::Tally{}) continue;
    batch.MergeTally(storage::Family::kCounters, format::DayTallyKey(day, kind), Encoded(tally));
  }
}

void Totals::Swap(CounterState& state) {
  const MutexLock lock(mutex_);
  std::swap(state_, state);
  operands_.clear();
  operands_max_ = 0;
}

Totals::Places Totals::Prepare(const CounterChange& change, std::int32_t day) {
  const MutexLock lock(mutex_);
  Places places;
  KindTallies sum;
  for (const auto& [owner, tallies] : change.by_owner()) {
    sum.Add(tallies);
    places.tallies.emplace_back(&state_.by_owner[owner], tallies);
    for (Kind kind : kAllKinds) {
      if (!(tallies[kind] == format::Tally{})) places.operands.push_back(&operands_[format::OwnerTallyKey(kind, owner)]);
    }
  }
  for (Kind kind : kAllKinds) {
    sum[kind] = WithoutDigest(sum[kind]);
    if (!(sum[kind] == format::Tally{})) places.operands.push_back(&operands_[format::DayTallyKey(day, kind)]);
  }
  if (!(sum == KindTallies())) places.tallies.emplace_back(&state_.by_day[day], sum);
  return places;
}

void Totals::Apply(const Places& places) noexcept {
  const MutexLock lock(mutex_);
  for (const auto& [tallies, added] : places.tallies) tallies->Add(added);
  for (std::uint32_t* count : places.operands) operands_max_ = std::max(operands_max_, ++*count);
}

bool Totals::Forget(std::string_view owner) {
  const MutexLock lock(mutex_);
  if (const auto found = state_.by_owner.find(owner); found != state_.by_owner.end()) {
    if (!(found->second == KindTallies())) return false;
    state_.by_owner.erase(found);
  }
  for (Kind kind : kAllKinds) operands_.erase(format::OwnerTallyKey(kind, owner));
  return true;
}

CounterState Totals::Copy() const {
  const MutexLock lock(mutex_);
  return state_;
}

void Totals::Read(const std::function<void(const CounterState&)>& visit) const {
  const MutexLock lock(mutex_);
  visit(state_);
}

bool Totals::WantsRebase() const {
  const MutexLock lock(mutex_);
  return operands_max_ >= kOperandsMax;
}

void Totals::AppendRebase(storage::WriteBatch& batch) {
  const MutexLock lock(mutex_);
  std::uint32_t left_max = 0;
  for (auto row = operands_.begin(); row != operands_.end();) {
    if (row->second < kOperandsWorthRebasing) {
      left_max = std::max(left_max, row->second);
      ++row;
      continue;
    }
    const auto key = format::ParseCounterKey(row->first);
    const KindTallies& tallies = key->is_day ? state_.by_day[key->day] : state_.by_owner[std::string(key->owner)];
    batch.Put(storage::Family::kCounters, row->first, Encoded(tallies[key->kind]));
    row = operands_.erase(row);
  }
  operands_max_ = left_max;
}

}  // namespace coffer::engine
