// Totals: the counters in memory. Loaded at open and changed after each commit; the counter rows are their durable form.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "format/stored/tally.h"
#include "storage/store.h"
#include "vocabulary/mutex.h"

namespace coffer::engine {

// One tally for each kind.
class KindTallies {
 public:
  format::Tally& operator[](Kind kind) { return tallies_[static_cast<std::size_t>(kind) - 1]; }
  const format::Tally& operator[](Kind kind) const { return tallies_[static_cast<std::size_t>(kind) - 1]; }
  void Add(const KindTallies& other) {
    for (Kind kind : kAllKinds) (*this)[kind].Add(other[kind]);
  }
  std::uint64_t LogicalBytes() const;
  bool operator==(const KindTallies&) const = default;

 private:
  std::array<format::Tally, kAllKinds.size()> tallies_;
};

struct OwnerHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view owner) const noexcept { return std::hash<std::string_view>{}(owner); }
};
using TalliesByOwner = std::unordered_map<std::string, KindTallies, OwnerHash, std::equal_to<>>;

// The counters at one moment.
struct CounterState {
  TalliesByOwner by_owner;
  std::map<std::int32_t, KindTallies> by_day;  // what each day added

  KindTallies Sum() const;
  // Zeros for an owner without records.
  KindTallies OfOwner(std::string_view owner) const;
};

// Reads the counter rows. Owners whose tallies are all zero are left out.
Result<CounterState> ReadCounters(storage::Store& store, const storage::StoreSnapshot* snapshot);

// The differences that one commit makes, by owner.
class CounterChange {
 public:
  void Add(std::string_view owner, Kind kind, const format::Tally& tally) { Of(owner)[kind].Add(tally); }
  void Subtract(std::string_view owner, Kind kind, const format::Tally& tally) { Of(owner)[kind].Subtract(tally); }
  // Adds the merge rows of this change to `batch`, for the day `day`.
  void AppendTo(storage::WriteBatch& batch, std::int32_t day) const;
  bool empty() const { return by_owner_.empty(); }
  const TalliesByOwner& by_owner() const { return by_owner_; }

 private:
  KindTallies& Of(std::string_view owner);
  TalliesByOwner by_owner_;
};

// Safe for use from many threads.
class Totals {
 public:
  // The counters that a change modifies, so that Apply allocates nothing. Valid until Reset, Forget or AppendRebase is called.
  struct Places {
    std::vector<std::pair<KindTallies*, KindTallies>> tallies;
    std::vector<std::uint32_t*> operands;
  };

  void Reset(CounterState state) { Swap(state); }
  // The same, and gives the caller the former counters, whose destruction may take long.
  void Swap(CounterState& state);
  // Call before the commit of `change` on `day`.
  Places Prepare(const CounterChange& change, std::int32_t day);
  // Call after that commit.
  void Apply(const Places& places) noexcept;
  // Removes an owner whose tallies are all zero. Returns false if they are not.
  bool Forget(std::string_view owner);
  CounterState Copy() const;
  // Calls `visit` under the lock. It must be short and must not call this object.
  void Read(const std::function<void(const CounterState&)>& visit) const;

  // Whether a counter row has so many operands that it should be replaced by one value.
  bool WantsRebase() const;
  // Adds plain puts of the current values of all such rows to `batch`. Call only while no commit runs.
  void AppendRebase(storage::WriteBatch& batch);

 private:
  mutable Mutex mutex_;
  CounterState state_ COFFER_GUARDED_BY(mutex_);
  // counter key -> merges since its last plain put
  std::unordered_map<std::string, std::uint32_t> operands_ COFFER_GUARDED_BY(mutex_);
  std::uint32_t operands_max_ COFFER_GUARDED_BY(mutex_) = 0;
};

}  // namespace coffer::engine
