// EngineCore: what the engine's parts and the operations above it share: the live store, the folder, counters, locks and
// the latch that a failed write closes. Engine (coffer/engine.h) is its public face.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
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

// Keeps the store from being switched while something reads it for longer than a call: a snapshot, a reader, a writer.
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

// The store for the length of one short call: a switch, and behind it every newcomer, waits for it to go. Whatever takes longer
// takes a Pin while it has an Access, keeps a reference to the store, and lets the Access go.
class StoreAccess {
 public:
  StoreAccess(std::shared_lock<SharedMutex> lock, storage::Store& store) : lock_(std::move(lock)), store_(&store) {}
  storage::Store& operator*() const { return *store_; }
  storage::Store* operator->() const { return store_; }

 private:
  std::shared_lock<SharedMutex> lock_;
  storage::Store* store_;
};

// What a higher layer keeps with an engine.
class Attachment {
 public:
  virtual ~Attachment() = default;
  // Ends what it has running. Called once, while the stores are still open.
  virtual void Shutdown() = 0;
};

// What became of one operation of a batch.
struct AppliedItem {
  Status status;
  ItemResult result;
};

class EngineCore {
 public:
  static Result<std::unique_ptr<EngineCore>> Open(const std::string& folder, const OpenOptions& options);
  // The store in `path` apart from any folder, with this one's clock, files and ids: a generation that is being built. It has no
  // folder(), no control() and no tokens().
  Result<std::unique_ptr<EngineCore>> OpenApart(const std::string& path, const storage::StoreOptions& options) const;
  // A store for reading whose files are in a file system of their own, such as that of a backup: no folder of a data folder is
  // around it, no control store and no token. `name` is what folder() tells. Its own files (exports) are those of `options`.
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
  // Null: read-only, and the folder has none.
  storage::Store* control() noexcept { return control_.get(); }
  Tokens& tokens() noexcept { return *tokens_; }
  void Attach(std::shared_ptr<Attachment> attachment) { attachment_ = std::move(attachment); }
  const std::shared_ptr<Attachment>& attachment() const noexcept { return attachment_; }

  Timestamp Now() const { return {clock_->NowMicroseconds()}; }
  // The UTC day of Now(), counted from 1970.
  std::int32_t Today() const;
  // A new ULID for the engine's present time.
  std::string NewId();
  // The same, and greater than `last` whatever the clock does.
  std::string NewIdAfter(std::string_view last);
  // 16 bytes that no content has had: 6 of time, 10 random.
  std::string NewContentId();

  StoreAccess Access();
  // SwitchStore is at work: a call that begins now waits for it.
  bool switching() const noexcept { return switching_.load(std::memory_order_acquire); }

  // Takes a pin; while any is held SwitchStore answers kBusy. Take it with an Access in hand.
  StorePin Pin() { return StorePin(pins_); }
  // Whether any is held at this moment.
  bool pinned() const noexcept { return pins_.load() > 0; }

  // kPermissionDenied (read-only), or kUnavailable once a write has failed.
  Status CheckWritable() const;

  // Commits `batch`, with `change` to the counters, and closes the latch if that fails. The one way to the store for every
  // write. `access` shows that the store cannot be switched meanwhile. With a `load` its rows are part of the commit, which is
  // durable then.
  Status CommitToStore(const StoreAccess& access, storage::WriteBatch& batch, const CounterChange& change,
                       Durability durability, storage::BulkLoad* load = nullptr);
  // Writes the counters out as plain values where they have gathered many operands. Call without an Access in hand.
  Status RebaseCountersIfDue();
  // Calls `visit` while no commit is under way, with the counters of what is committed. It must be brief: all writers wait.
  void AtRest(const std::function<void(const CounterState&)>& visit);
  // Removes the counter rows of an owner of whom nothing is left; leaves those of one who has something. Call without an Access in hand.
  Status ForgetOwner(std::string_view owner);

  // Applies each operation by itself: what cannot be applied is left out and says why in its item. One atomic commit for the rest.
  // A failed Status: nothing was written. Empties the batch on success.
  Result<std::vector<AppliedItem>> CommitEach(Batch& batch, Durability durability);
  // All or nothing: see Engine::Commit.
  Result<std::vector<ItemResult>> CommitAll(Batch& batch, Durability durability);

  Stripes& stripes() noexcept { return stripes_; }

  // Makes generation `generation` (built at folder().TemporaryPath) the live store: waits for running calls, switches, reopens and
  // reloads the counters. kBusy while something is pinned. A failure before CURRENT changes leaves the old store serving; one
  // behind it leaves the old store to readers and closes the latch, since CURRENT may name either.
  Status SwitchStore(std::uint64_t generation);

  storage::StoreOptions StoreOptionsFor(bool create) const;
  // For a second store that is opened beside the live one to look at it: little memory, and none of the live store's.
  storage::StoreOptions SmallStoreOptions() const;

  // Bytes on disk of the repository and of finished exports: taken at open, kept by the jobs that change them.
  std::atomic<std::uint64_t> backups_bytes{0};
  std::atomic<std::uint64_t> backups_count{0};
  std::atomic<std::uint64_t> exports_bytes{0};

 private:
  EngineCore();
  // Takes clock, files and source of ids from options_, or the system's.
  void TakeHost();
  Status CreateStore();
  Status OpenStore() COFFER_REQUIRES(store_mutex_);
  // Takes over a store that was just opened, and loads what is kept of it in memory.
  Status TakeStore(Result<std::unique_ptr<storage::Store>> store) COFFER_REQUIRES(store_mutex_);
  Status CountFilesBesides();
  Status SweepTemporaryContents() COFFER_REQUIRES(store_mutex_);
  Result<std::vector<AppliedItem>> Apply(Batch& batch, Durability durability, bool all_or_nothing);
  void Latch(std::string_view doing, const Status& failure);

  OpenOptions options_;
  std::string repository_;
  Clock* clock_ = nullptr;
  FileSystem* files_ = nullptr;
  std::shared_ptr<FileSystem> host_files_;  // guards those of the options; null: they name none
  RandomSource* random_ = nullptr;
  std::unique_ptr<StoreFolder> folder_;
  std::shared_ptr<FileSystem> store_files_;  // of a detached one; outlives the store
  std::shared_ptr<storage::StoreMemory> memory_;
  std::unique_ptr<storage::Store> store_ COFFER_GUARDED_BY(store_mutex_);
  std::unique_ptr<storage::Store> control_;
  std::unique_ptr<Tokens> tokens_;
  std::shared_ptr<Attachment> attachment_;
  Totals totals_;
  Stripes stripes_;

  // Shared: a call uses the store. Exclusive: it is switched. A newcomer passes the gate first, so that a stream of sharers
  // cannot keep an exclusive holder out for ever; likewise below.
  Mutex store_gate_;
  SharedMutex store_mutex_;
  std::atomic<int> pins_{0};
  std::atomic<bool> switching_{false};

  // Shared: a commit and its change to the totals are under way. Exclusive: the totals are what the store holds.
  Mutex commit_gate_;
  SharedMutex commit_mutex_;

  std::atomic<bool> latched_{false};
  mutable Mutex latch_mutex_;
  Status latch_reason_ COFFER_GUARDED_BY(latch_mutex_);
};

// The state behind a public Snapshot.
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
