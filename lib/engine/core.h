// EngineCore: what the parts of the engine and the operations share: the live store, the folder, counters, locks, and the latch
// that a failed write closes. Engine (coffer/engine.h) is the public interface.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "coffer/batch.h"
#include "coffer/clock.h"
#include "coffer/file_system.h"
#include "coffer/options.h"
#include "coffer/random_source.h"
#include "coffer/result.h"
#include "engine/store_folder.h"
#include "engine/stripes.h"
#include "engine/totals.h"
#include "storage/store.h"
#include "vocabulary/mutex.h"

namespace coffer::engine {

class Tokens;

// Prevents a switch of the store while something uses it for longer than a call: a snapshot, a reader, a writer.
class StorePin {
 public:
  explicit StorePin(std::atomic<int>& pins) : pins_(&pins) { pins_->fetch_add(1); }
  StorePin(StorePin&& other) noexcept : pins_(other.pins_) { other.pins_ = nullptr; }
  StorePin& operator=(StorePin&&) = delete;
  ~StorePin() {
    if (pins_ != nullptr) pins_->fetch_sub(1);
  }

 private:
  std::atomic<int>* pins_;
};

// The store during one short call. A switch waits until all accesses are released, and new accesses wait for the switch. Longer
// work takes a Pin while it has an access, keeps a reference to the store, and releases the access.
class StoreAccess {
 public:
  StoreAccess(std::shared_lock<SharedMutex> lock, storage::Store& store) : lock_(std::move(lock)), store_(&store) {}
  storage::Store& operator*() const { return *store_; }
  storage::Store* operator->() const { return store_; }

 private:
  std::shared_lock<SharedMutex> lock_;
  storage::Store* store_;
};

// An object of a higher layer that belongs to an engine.
class Attachment {
 public:
  virtual ~Attachment() = default;
  // Ends everything that runs. Called once, while the stores are open.
  virtual void Shutdown() = 0;
};

// The outcome of one batch entry.
struct AppliedItem {
  Status status;
  ItemResult result;
};

class EngineCore {
 public:
  static Result<std::unique_ptr<EngineCore>> Open(const std::string& folder, const OpenOptions& options);
  // Opens a store outside of a data folder, with the clock, files and ids of this engine: for a generation that is being built.
  // It has no folder(), control() and tokens().
  Result<std::unique_ptr<EngineCore>> OpenApart(const std::string& path, const storage::StoreOptions& options) const;
  // Opens a read-only store in a file system of its own, such as that of a backup, without data folder, control store and
  // tokens. `name` is the path that folder() returns. Other files (exports) use the file system of `options`.
  static Result<std::unique_ptr<EngineCore>> OpenDetached(const OpenOptions& options, const std::string& name,
                                                          const std::string& store_path,
                                                          std::shared_ptr<FileSystem> store_files);
  ~EngineCore();
  // Shuts down the attachment, then closes the stores.
  Status Close();

  FileSystem& files() const noexcept { return *files_; }
  const OpenOptions& options() const noexcept { return options_; }
  StoreFolder& folder() noexcept { return *folder_; }
  const std::string& repository() const noexcept { return repository_; }
  const Totals& totals() const noexcept { return totals_; }
  // Null: read-only, and the folder has no control store.
  storage::Store* control() noexcept { return control_.get(); }
  Tokens& tokens() noexcept { return *tokens_; }
  void Attach(std::shared_ptr<Attachment> attachment) { attachment_ = std::move(attachment); }
  const std::shared_ptr<Attachment>& attachment() const noexcept { return attachment_; }

  Timestamp Now() const { return {clock_->NowMicroseconds()}; }
  // The UTC day of Now(), in days since 1970.
  std::int32_t Today() const;
  // A new ULID of the current time.
  std::string NewId();
  // A new ULID that is greater than `last`, even if the clock went back.
  std::string NewIdAfter(std::string_view last);
  // A new content id: 6 bytes of time, 10 random bytes.
  std::string NewContentId();

  StoreAccess Access();
  // Whether SwitchStore is running: a call that begins now waits for it.
  bool switching() const noexcept { return switching_.load(std::memory_order_acquire); }

  // While a pin exists, SwitchStore returns kBusy. Call while you have an Access.
  StorePin Pin() { return StorePin(pins_); }
  // Whether a pin exists at this moment.
  bool pinned() const noexcept { return pins_.load() > 0; }

  // kPermissionDenied: opened read-only.
  // kUnavailable: a write has failed; no more writes until the engine is opened again.
  Status CheckWritable() const;

  // Commits `batch` together with `change` to the counters; closes the latch on failure. Every write to the live store goes
  // through here. `access` keeps the store from being switched. If `load` is not null, its rows are part of the commit, which
  // is durable.
  Status CommitToStore(const StoreAccess& access, storage::WriteBatch& batch, const CounterChange& change,
                       Durability durability, storage::BulkLoad* load = nullptr);
  // Replaces counter rows that have many operands by plain values. Call without an Access.
  Status RebaseCountersIfDue();
  // Calls `visit` while no commit runs, with the counters of everything committed. It must be short: all writers wait.
  void AtRest(const std::function<void(const CounterState&)>& visit);
  // Removes the counter rows of an owner that has no records. Does nothing if it has some. Call without an Access.
  Status ForgetOwner(std::string_view owner);

  // Applies each entry by itself: an entry that cannot be applied is skipped, and its item has the status. All others are one
  // atomic commit. A failed Status: nothing was written. Empties the batch on success.
  Result<std::vector<AppliedItem>> CommitEach(Batch& batch, Durability durability);
  // Applies all entries or none: see Engine::Commit.
  Result<std::vector<ItemResult>> CommitAll(Batch& batch, Durability durability);

  // Locks records against other writes, until the guard is destroyed.
  Stripes::Guard LockIds(std::span<const RecordName> records) { return stripes_.LockIds(records); }

  // Makes `generation`, which was built at folder().TemporaryPath, the live store. Calls go on while the new store is opened
  // and its counters are loaded, and while the old one is closed and removed. In between they wait for running calls, and for
  // one rename that is synced. After a failure before CURRENT changes, the old store continues. After a failure of the change
  // itself the old store serves reads only and the latch is closed, because CURRENT may name either.
  // kBusy: a pin exists.
  Status SwitchStore(std::uint64_t generation);

  storage::StoreOptions StoreOptionsFor(bool create) const;
  // For a second store that is opened next to the live one: little memory, not shared with the live store.
  storage::StoreOptions SmallStoreOptions() const;

  // Bytes on disk of the repository and of finished exports. Counted at open and updated by the operations that change them.
  std::atomic<std::uint64_t> backups_bytes{0};
  std::atomic<std::uint64_t> backups_count{0};
  std::atomic<std::uint64_t> exports_bytes{0};

 private:
  EngineCore();
  // Takes the clock, the files and the random source from options_, or those of the system.
  void TakeHost();
  // A store and its counters.
  struct CountedStore {
    std::unique_ptr<storage::Store> store;
    CounterState counters;
  };
  Status CreateStore();
  // Opens a store, removes temporary contents from it, and loads its counters.
  Result<CountedStore> OpenCounted(const std::string& path, const storage::StoreOptions& options) const;
  void TakeStore(CountedStore opened) COFFER_REQUIRES(store_mutex_);
  Result<CountedStore> PrepareSwitch(std::uint64_t generation);
  // Exchanges the live store for `next`.
  Status CommitSwitch(std::uint64_t generation, CountedStore& next);
  Status CountFilesBesides();
  Result<std::vector<AppliedItem>> Apply(Batch& batch, Durability durability, bool all_or_nothing);
  void Latch(std::string_view doing, const Status& failure);

  OpenOptions options_;
  std::string repository_;
  Clock* clock_ = nullptr;
  FileSystem* files_ = nullptr;
  std::shared_ptr<FileSystem> host_files_;  // guards the file system of the options; null if they have no file system
  RandomSource* random_ = nullptr;
  std::unique_ptr<StoreFolder> folder_;
  std::shared_ptr<FileSystem> store_files_;  // of a detached store; outlives it
  std::shared_ptr<storage::StoreMemory> memory_;
  std::unique_ptr<storage::Store> store_ COFFER_GUARDED_BY(store_mutex_);
  std::unique_ptr<storage::Store> control_;
  std::unique_ptr<Tokens> tokens_;
  std::shared_ptr<Attachment> attachment_;
  Totals totals_;
  Stripes stripes_;

  // Shared: a call uses the store. Exclusive: it is switched. Everyone passes the gate first, so that a stream of shared
  // holders cannot block an exclusive one for ever. commit_gate_ does the same.
  Mutex store_gate_;
  SharedMutex store_mutex_;
  std::atomic<int> pins_{0};
  std::atomic<bool> switching_{false};

  // Shared: a commit and its change to the totals are running. Exclusive: the totals agree with the store.
  Mutex commit_gate_;
  SharedMutex commit_mutex_;

  std::atomic<bool> latched_{false};
  mutable Mutex latch_mutex_;
  Status latch_reason_ COFFER_GUARDED_BY(latch_mutex_);
};

// The implementation of Snapshot.
class SnapshotState {
 public:
  SnapshotState(const EngineCore& core, StorePin pin, std::unique_ptr<storage::StoreSnapshot> snapshot, Timestamp taken_at)
      : core_(core), pin_(std::move(pin)), snapshot_(std::move(snapshot)), taken_at_(taken_at) {}
  bool BelongsTo(const EngineCore& core) const { return &core_ == &core; }
  const storage::StoreSnapshot* get() const noexcept { return snapshot_.get(); }
  Timestamp taken_at() const noexcept { return taken_at_; }

 private:
  const EngineCore& core_;
  StorePin pin_;
  std::unique_ptr<storage::StoreSnapshot> snapshot_;
  Timestamp taken_at_;
};

}  // namespace coffer::engine
