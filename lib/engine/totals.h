// Totals: the counters in memory. Loaded at open, changed after each commit; the merged rows are their durable form.
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

// One tally a kind.
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
  // Of one who has nothing: zeros.
  KindTallies OfOwner(std::string_view owner) const;
};

// Reads the counter rows. Owners whose tallies are all zero are left out.
Result<CounterState> ReadCounters(storage::Store& store, const storage::StoreSnapshot* snapshot);

// What one commit changes: differences by owner.
class CounterChange {
 public:
  void Add(std::string_view owner, Kind kind, const format::Tally& tally) { Of(owner)[kind].Add(tally); }
  void Subtract(std::string_view owner, Kind kind, const format::Tally& tally) { Of(owner)[kind].Subtract(tally); }
  // Writes the merge rows for this change, made on `day`.
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
  // Where a change goes, so that nothing is left to allocate once the store has it. Holds while neither Reset, Forget nor
  // AppendRebase is called.
  struct Places {
    std::vector<std::pair<KindTallies*, KindTallies>> tallies;
    std::vector<std::uint32_t*> operands;
  };

  void Reset(CounterState state);
  // Before the commit of `change`, made on `day`.
  Places Prepare(const CounterChange& change, std::int32_t day);
  // After it.
  void Apply(const Places& places) noexcept;
  // Drops an owner whose tallies are all zero. False: they are not.
  bool Forget(std::string_view owner);
  CounterState Copy() const;
  // Calls `visit` under the lock; it must be brief and not come back here.
  void Read(const std::function<void(const CounterState&)>& visit) const;

  // Whether some counter row has gathered so many operands that it wants to be written out as one value.
  bool WantsRebase() const;
  // Appends the present values of all such rows as plain puts. Only while no commit is under way.
  void AppendRebase(storage::WriteBatch& batch);

 private:
  mutable Mutex mutex_;
  CounterState state_ COFFER_GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::uint32_t> operands_ COFFER_GUARDED_BY(mutex_);  // counter key -> merges since its last plain put
  std::uint32_t operands_max_ COFFER_GUARDED_BY(mutex_) = 0;
};

}  // namespace coffer::engine
