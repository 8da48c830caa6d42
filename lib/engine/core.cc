#include "engine/core.h"

#include <array>

#include "engine/batch_state.h"
#include "engine/control_store.h"
#include "engine/internals.h"
#include "engine/tokens.h"
#include "engine/transaction.h"
#include "format/records/ulid.h"
#include "format/stored/keys.h"
#include "storage/durable_file.h"
#include "storage/guarded_file_system.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

constexpr std::int64_t kMicrosecondsPerMillisecond = 1000;
constexpr std::int64_t kMicrosecondsPerDay = std::int64_t{86'400} * 1'000'000;
constexpr std::size_t kWriteBufferBytesMin = std::size_t{4} << 20;

Status CheckOptions(const OpenOptions& options) {
  if (options.write_buffer_bytes < kWriteBufferBytesMin) {
    return Status::InvalidArgument("write_buffer_bytes: at least 4 MiB");
  }
  if (options.open_files_max < 16) return Status::InvalidArgument("open_files_max: at least 16");
  if (options.background_threads < 1) return Status::InvalidArgument("background_threads: at least 1");
  return Status::Ok();
}

// Removes the chunks of contents that no record names, because the process ended while they were written.
Status SweepTemporaryContents(storage::Store& store) {
  storage::WriteBatch batch;
  const std::string prefix = format::ContentIntentKey({});
  const std::unique_ptr<storage::Scan> scan = store.NewScan(storage::Family::kProgress, prefix, format::PrefixEnd(prefix), {});
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const auto content_id = format::ParseContentIntentKey(scan->key());
    if (!content_id) return Status::Corruption("progress: malformed key");
    batch.DeleteRange(storage::Family::kContents, *content_id, format::ContentsEnd(*content_id));
    batch.Delete(storage::Family::kProgress, scan->key());
  }
  COFFER_TRY(scan->status());
  if (batch.size() == 0) return Status::Ok();
  return store.Commit(batch, Durability::kBuffered).WithContext("removing temporary contents");
}

Status StoreInUse() { return Status::Busy("snapshots, content readers or content writers are still in use"); }

// Sets a flag as long as it exists.
class SwitchingMark {
 public:
  explicit SwitchingMark(std::atomic<bool>& flag) : flag_(flag) { flag_.store(true, std::memory_order_release); }
  ~SwitchingMark() { flag_.store(false, std::memory_order_release); }
  SwitchingMark(const SwitchingMark&) = delete;
  SwitchingMark& operator=(const SwitchingMark&) = delete;

 private:
  std::atomic<bool>& flag_;
};

}  // namespace

EngineCore::EngineCore() = default;

EngineCore::~EngineCore() {
  // Callers that need the status call Close.
  if (store_ != nullptr) Guarded([this] { return Close(); }).Ignore();
}

Result<std::unique_ptr<EngineCore>> EngineCore::Open(const std::string& folder, const OpenOptions& options) {
  COFFER_TRY(CheckOptions(options));
  std::unique_ptr<EngineCore> core(new EngineCore());
  if (!options.repository.empty()) {
    // Checked before the lock file is created.
    COFFER_TRY(StoreFolder::CheckRepository(folder, options.repository));
  }
  core->options_ = options;
  core->TakeHost();

  COFFER_ASSIGN(std::unique_ptr<StoreFolder> opened,
                StoreFolder::Open(*core->files_, folder, options.create_if_missing, options.read_only));
  core->folder_ = std::move(opened);
  core->memory_ = storage::NewStoreMemory(options.write_buffer_bytes, options.block_cache_bytes);
  core->repository_ = options.repository.empty() ? core->folder_->BackupsPath() : options.repository;
  if (core->folder_->is_new()) {
    COFFER_TRY_CONTEXT(core->CreateStore(), "creating a store in " + folder);
  }
  {
    COFFER_ASSIGN_CONTEXT(CountedStore live, core->OpenCounted(core->folder_->LivePath(), core->StoreOptionsFor(false)),
                          "opening " + folder);
    const WriterLock lock(core->store_mutex_);
    core->TakeStore(std::move(live));
  }
  COFFER_ASSIGN_CONTEXT(std::unique_ptr<storage::Store> control,
                        OpenControlStore(*core->files_, core->folder_->ControlPath(), core->StoreOptionsFor(false)),
                        "opening " + folder);
  core->control_ = std::move(control);
  core->tokens_ = std::make_unique<Tokens>(core->control_.get());
  COFFER_TRY_CONTEXT(core->tokens_->Load(), "opening " + folder);
  if (!options.read_only) {
    // Only after the store has opened: if CURRENT is wrong, a generation that it does not name may be the only good one.
    COFFER_TRY(core->folder_->Sweep());
    // A failure to remove temporary exports does not fail the open; the next open tries again.
    core->folder_->SweepExports().Ignore();
  }
  COFFER_TRY_CONTEXT(core->CountFilesBesides(), "opening " + folder);
  return core;
}

Result<std::unique_ptr<EngineCore>> EngineCore::OpenApart(const std::string& path, const storage::StoreOptions& options) const {
  std::unique_ptr<EngineCore> core(new EngineCore());
  core->options_ = options_;
  core->clock_ = clock_;
  core->host_files_ = host_files_;
  core->files_ = files_;
  core->random_ = random_;
  COFFER_ASSIGN(CountedStore opened, core->OpenCounted(path, options));
  const WriterLock lock(core->store_mutex_);
  core->TakeStore(std::move(opened));
  return core;
}

Result<std::unique_ptr<EngineCore>> EngineCore::OpenDetached(const OpenOptions& options, const std::string& name,
                                                             const std::string& store_path,
                                                             std::shared_ptr<FileSystem> store_files) {
  COFFER_TRY(CheckOptions(options));
  std::unique_ptr<EngineCore> core(new EngineCore());
  core->options_ = options;
  core->options_.read_only = true;
  core->TakeHost();
  core->folder_ = StoreFolder::Detached(*core->files_, name);
  core->store_files_ = storage::GuardFileSystem(std::move(store_files));
  core->repository_ = options.repository;
  core->memory_ = storage::NewStoreMemory(options.write_buffer_bytes, options.block_cache_bytes);
  core->tokens_ = std::make_unique<Tokens>(nullptr);
  storage::StoreOptions store = core->StoreOptionsFor(false);
  store.file_system = core->store_files_.get();
  COFFER_ASSIGN(CountedStore opened, core->OpenCounted(store_path, store));
  const WriterLock lock(core->store_mutex_);
  core->TakeStore(std::move(opened));
  return core;
}

void EngineCore::TakeHost() {
  clock_ = options_.clock != nullptr ? options_.clock : &SystemClock();
  random_ = options_.random != nullptr ? options_.random : &SystemRandom();
  if (options_.file_system != nullptr) host_files_ = storage::GuardFileSystem(*options_.file_system);
  files_ = host_files_ != nullptr ? host_files_.get() : &PosixFileSystem();
}

// No other call runs any more, so it takes no lock.
Status EngineCore::Close() COFFER_NO_THREAD_SAFETY_ANALYSIS {
  if (store_ == nullptr) return Status::Ok();
  if (attachment_ != nullptr) attachment_->Shutdown();
  Status status = store_->Close();
  store_.reset();
  if (control_ != nullptr) {
    Status closed = control_->Close();
    if (status.ok()) status = std::move(closed);
    control_.reset();
  }
  folder_.reset();
  return status;
}

storage::StoreOptions EngineCore::StoreOptionsFor(bool create) const {
  storage::StoreOptions store;
  store.create = create;
  store.read_only = options_.read_only;
  store.file_system = host_files_.get();
  store.memory = memory_;
  store.write_buffer_bytes = options_.write_buffer_bytes;
  store.block_cache_bytes = options_.block_cache_bytes;
  store.open_files_max = options_.open_files_max;
  store.background_threads = options_.background_threads;
  return store;
}

storage::StoreOptions EngineCore::SmallStoreOptions() const {
  constexpr std::size_t kWriteBufferBytes = std::size_t{8} << 20;
  constexpr std::size_t kBlockCacheBytes = std::size_t{4} << 20;
  storage::StoreOptions store = StoreOptionsFor(false);
  store.read_only = false;
  store.memory = nullptr;
  store.write_buffer_bytes = std::min(store.write_buffer_bytes, kWriteBufferBytes);
  store.block_cache_bytes = std::min(store.block_cache_bytes, kBlockCacheBytes);
  return store;
}

Status EngineCore::CreateStore() {
  const std::uint64_t generation = folder_->next_generation();
  COFFER_TRY(storage::RemoveRecursively(*files_, folder_->TemporaryPath(generation)));
  COFFER_ASSIGN(std::unique_ptr<storage::Store> store,
                storage::OpenRocksStore(folder_->TemporaryPath(generation), StoreOptionsFor(true)));
  COFFER_TRY(store->Close());
  store.reset();
  return folder_->Switch(generation);
}

Result<EngineCore::CountedStore> EngineCore::OpenCounted(const std::string& path, const storage::StoreOptions& options) const {
  CountedStore opened;
  COFFER_ASSIGN(std::unique_ptr<storage::Store> store, storage::OpenRocksStore(path, options));
  COFFER_ASSIGN(CounterState counters, ReadCounters(*store, nullptr));
  if (!options_.read_only) {
    COFFER_TRY(SweepTemporaryContents(*store));
  }
  opened.store = std::move(store);
  opened.counters = std::move(counters);
  return opened;
}

void EngineCore::TakeStore(CountedStore opened) {
  store_ = std::move(opened.store);
  totals_.Reset(std::move(opened.counters));
}

Status EngineCore::CountFilesBesides() {
  COFFER_ASSIGN(std::uint64_t exports, storage::TreeBytes(*files_, folder_->ExportsPath()));
  COFFER_ASSIGN(std::uint64_t backups, storage::TreeBytes(*files_, repository_));
  exports_bytes = exports;
  backups_bytes = backups;
  Result<std::vector<std::string>> manifests = files_->List(repository_ + "/manifests");
  if (!manifests.ok() && manifests.status().code() != StatusCode::kNotFound) return std::move(manifests).status();
  backups_count = manifests.ok() ? manifests->size() : 0;
  return Status::Ok();
}

std::int32_t EngineCore::Today() const {
  const std::int64_t now = clock_->NowMicroseconds();
  const std::int64_t day = now >= 0 ? now / kMicrosecondsPerDay : (now - kMicrosecondsPerDay + 1) / kMicrosecondsPerDay;
  return static_cast<std::int32_t>(day);
}

std::string EngineCore::NewId() {
  return format::MakeUlid(clock_->NowMicroseconds() / kMicrosecondsPerMillisecond, random_->Next(), random_->Next());
}

std::string EngineCore::NewIdAfter(std::string_view last) {
  std::string id = NewId();
  return id > last ? id : format::NextUlid(last);
}

std::string EngineCore::NewContentId() {
  std::string id;
  format::AppendBigEndian(static_cast<std::uint64_t>(clock_->NowMicroseconds() / kMicrosecondsPerMillisecond) << 16, id);
  id.resize(6);
  format::AppendBigEndian(static_cast<std::uint16_t>(random_->Next()), id);
  format::AppendBigEndian(random_->Next(), id);
  return id;
}

// The analysis cannot follow the lock into the StoreAccess.
StoreAccess EngineCore::Access() COFFER_NO_THREAD_SAFETY_ANALYSIS {
  { const MutexLock pass(store_gate_); }
  std::shared_lock lock(store_mutex_);
  return StoreAccess(std::move(lock), *store_);
}

Status EngineCore::CheckWritable() const {
  if (options_.read_only) return Status::PermissionDenied("the store is opened read-only");
  if (!latched_.load(std::memory_order_acquire)) return Status::Ok();
  const MutexLock lock(latch_mutex_);
  return latch_reason_.ok() ? Status::Unavailable("no more writes until the engine is opened again") : latch_reason_;
}

void EngineCore::Latch(std::string_view doing, const Status& failure) {
  const MutexLock lock(latch_mutex_);
  if (latched_.load(std::memory_order_relaxed)) return;
  // Set before the reason, because creating the reason may run out of memory.
  latched_.store(true, std::memory_order_release);
  latch_reason_ = Status::Unavailable("no more writes until the engine is opened again, because " + std::string(doing) +
                                      " failed: " + failure.ToString());
}

Status EngineCore::CommitToStore(const StoreAccess& access, storage::WriteBatch& batch, const CounterChange& change,
                                 Durability durability, storage::BulkLoad* load) {
  COFFER_TRY(CheckWritable());
  { const MutexLock pass(commit_gate_); }
  const ReaderLock lock(commit_mutex_);
  const std::int32_t day = Today();
  change.AppendTo(batch, day);
  // Allocates before the commit: a counter that could not be changed afterwards for lack of memory would be wrong until the
  // next open.
  const Totals::Places places = totals_.Prepare(change, day);
  Status status =
      Guarded([&] { return load == nullptr ? access->Commit(batch, durability) : access->CommitBulk(*load, batch); });
  if (!status.ok()) {
    Latch("a commit", status);
    return status;
  }
  totals_.Apply(places);
  return Status::Ok();
}

Status EngineCore::RebaseCountersIfDue() {
  if (!totals_.WantsRebase()) return Status::Ok();
  const StoreAccess access = Access();
  const MutexLock gate(commit_gate_);
  const WriterLock lock(commit_mutex_);
  if (!totals_.WantsRebase()) return Status::Ok();
  COFFER_TRY(CheckWritable());
  storage::WriteBatch batch;
  totals_.AppendRebase(batch);
  // Buffered: if it is lost, the operands still exist.
  if (Status status = Guarded([&] { return access->Commit(batch, Durability::kBuffered); }); !status.ok()) {
    Latch("writing the counters", status);
    return status;
  }
  return Status::Ok();
}

void EngineCore::AtRest(const std::function<void(const CounterState&)>& visit) {
  const MutexLock gate(commit_gate_);
  const WriterLock lock(commit_mutex_);
  totals_.Read(visit);
}

Status EngineCore::ForgetOwner(std::string_view owner) {
  COFFER_TRY(CheckWritable());
  const StoreAccess access = Access();
  const MutexLock gate(commit_gate_);
  const WriterLock lock(commit_mutex_);
  if (!totals_.Forget(owner)) return Status::Ok();
  storage::WriteBatch batch;
  for (Kind kind : kAllKinds) batch.Delete(storage::Family::kCounters, format::OwnerTallyKey(kind, owner));
  if (Status status = Guarded([&] { return access->Commit(batch, Durability::kDurable); }); !status.ok()) {
    Latch("removing counters", status);
    return status;
  }
  return Status::Ok();
}

Result<std::vector<AppliedItem>> EngineCore::Apply(Batch& batch, Durability durability, bool all_or_nothing) {
  COFFER_TRY(CheckWritable());
  // The contents of the batch are in the other store.
  if (&Internals::StateOf(batch).core != this) return Status::InvalidArgument("batch: belongs to another engine");
  Result<std::vector<AppliedItem>> items = std::vector<AppliedItem>();
  {
    const StoreAccess access = Access();
    Transaction transaction(*this, access);
    items = transaction.Run(batch, all_or_nothing);
    if (!items.ok()) return items;
    COFFER_TRY(transaction.Commit(durability));
  }
  batch.Clear();
  // The batch is committed in any case. A failure closes the latch, and the next write returns it.
  Guarded([this] { return RebaseCountersIfDue(); }).Ignore();
  return items;
}

Result<std::vector<AppliedItem>> EngineCore::CommitEach(Batch& batch, Durability durability) {
  return Apply(batch, durability, false);
}

Result<std::vector<ItemResult>> EngineCore::CommitAll(Batch& batch, Durability durability) {
  std::vector<ItemResult> results;
  results.reserve(batch.size());  // nothing may fail after the commit
  COFFER_ASSIGN(std::vector<AppliedItem> items, Apply(batch, durability, true));
  for (AppliedItem& item : items) results.push_back(std::move(item.result));
  return results;
}

Status EngineCore::SwitchStore(std::uint64_t generation) {
  COFFER_TRY(CheckWritable());
  if (pins_.load() > 0) return StoreInUse();
  Result<CountedStore> next = Guarded([&] { return PrepareSwitch(generation); });
  Status status = next.ok() ? CommitSwitch(generation, *next) : next.status();
  // Now the old store, or after a failure the new one. It is obsolete: a failure to write its last changes does not matter.
  if (next.ok()) {
    next->store->Close().Ignore();
    next->store.reset();
  }
  if (status.ok()) {
    folder_->Sweep().Ignore();  // on failure the next open removes the old folder
  } else if (CheckWritable().ok()) {
    folder_->CancelSwitch(generation).Ignore();  // the same
  }
  return status;
}

Result<EngineCore::CountedStore> EngineCore::PrepareSwitch(std::uint64_t generation) {
  COFFER_TRY(folder_->PrepareSwitch(generation));
  return OpenCounted(folder_->GenerationPath(generation), StoreOptionsFor(false));
}

Status EngineCore::CommitSwitch(std::uint64_t generation, CountedStore& next) {
  const SwitchingMark mark(switching_);
  const MutexLock gate(store_gate_);
  const WriterLock lock(store_mutex_);
  if (pins_.load() > 0) return StoreInUse();
  if (Status status = Guarded([&] { return folder_->CommitSwitch(generation); }); !status.ok()) {
    Latch("switching the store", status);
    return status;
  }
  store_.swap(next.store);
  totals_.Swap(next.counters);
  return Status::Ok();
}

}  // namespace coffer::engine
