#include "storage/rocks_store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "coffer/file_system.h"
#include "storage/durable_file.h"
#include "storage/rocks_batch.h"
#include "storage/rocks_bulk_load.h"
#include "storage/rocks_checkpoint.h"
#include "storage/rocks_file_system.h"
#include "storage/rocks_options.h"
#include "storage/rocks_scan.h"
#include "storage/rocks_scrub.h"
#include "storage/rocks_status.h"
#include "storage/store_listener.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::storage {

namespace {

// Close flushes more than this. Less is replayed faster by the next open than it is flushed.
constexpr std::uint64_t kFlushAtCloseBytes = std::uint64_t{1} << 20;

// A concurrent compaction can undo a round of a scrub.
constexpr int kScrubRoundsMax = 20;

rocksdb::Slice AsSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view AsView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

std::string_view NameOf(Family family) {
  const std::span<const FamilyName> names = StoreOf(family) == 0 ? std::span<const FamilyName>(kFamilies) : kControlFamilies;
  const auto found = std::ranges::find(names, family, &FamilyName::family);
  return found == names.end() ? "an unknown family" : found->name;
}

Status OpenFailure(const rocksdb::Status& status, const std::string& directory) {
  const std::string text = status.ToString();
  const std::string context = "opening the store in " + directory;
  // RocksDB has no status code for its lock.
  if (text.find("While lock file") != std::string::npos || text.find("lock hold by current process") != std::string::npos) {
    return Status::Busy(context + ": it is open elsewhere");
  }
  if (status.IsInvalidArgument()) {
    return Status::Unavailable(context + ": unknown families: " + text);
  }
  return FromRocks(status).WithContext(context);
}

}  // namespace

RocksStore::RocksStore(std::string directory, const StoreOptions& options)
    : directory_(std::move(directory)),
      options_(options),
      files_(options.file_system != nullptr ? *options.file_system : PosixFileSystem()),
      memory_(options.memory != nullptr ? options.memory
                                        : NewStoreMemory(options.write_buffer_bytes, options.block_cache_bytes)),
      listener_(std::make_shared<StoreListener>(options.families)) {}

RocksStore::~RocksStore() {
  Close().Ignore();  // Callers that need the status call Close.
}

Status RocksStore::Open() {
  if (&files_ != &PosixFileSystem()) {
    env_ = rocksdb::NewCompositeEnv(NewRocksFileSystem(files_));
  }
  handles_.assign(kFamiliesOfStoreMax, nullptr);
  const rocksdb::DBOptions database = DatabaseOptions(options_, *memory_, env_.get(), listener_);
  // A new store makes the retired families too and drops them below, so that later families get their numbers.
  rocksdb::Status opened = OpenFamilies(database, options_.create ? RetiredFamilies() : std::vector<FamilyName>());
  if (opened.IsInvalidArgument() && !options_.create && !options_.read_only) {
    const std::vector<FamilyName> retired = PresentOf(RetiredFamilies(), database);
    if (!retired.empty()) {
      opened = OpenFamilies(database, retired);
    }
  }
  if (!opened.ok()) {
    return OpenFailure(opened, directory_);
  }
  for (const FamilyName& family : options_.families) {
    if (Handle(family.family)->GetID() != RocksFamilyId(family.family)) {
      return Status::Corruption("the store in " + directory_ + " has wrong family numbers");
    }
  }
  return DropFamilies(RetiredFamilies());
}

std::vector<FamilyName> RocksStore::RetiredFamilies() const {
  std::vector<FamilyName> retired;
  std::ranges::copy_if(kRetiredFamilies, std::back_inserter(retired), [this](const FamilyName& family) {
    return StoreOf(family.family) == StoreOf(options_.families.front().family);
  });
  return retired;
}

std::vector<FamilyName> RocksStore::PresentOf(std::vector<FamilyName> families, const rocksdb::DBOptions& database) const {
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies(database, directory_, &names).ok()) {
    return {};  // the caller returns the failure of the open
  }
  std::erase_if(families, [&](const FamilyName& family) { return std::ranges::find(names, family.name) == names.end(); });
  return families;
}

rocksdb::Status RocksStore::OpenFamilies(const rocksdb::DBOptions& database, std::vector<FamilyName> families) {
  families.insert(families.end(), options_.families.begin(), options_.families.end());
  // The order gives the families their numbers in a new store (RocksFamilyId).
  std::ranges::sort(families, {}, &FamilyName::family);
  const std::shared_ptr<rocksdb::Cache>& block_cache = memory_->block_cache();
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, EmptyFamilyOptions(block_cache));
  for (const FamilyName& family : families) {
    descriptors.emplace_back(std::string(family.name), FamilyOptions(family.family, options_, block_cache));
  }
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::Status opened = options_.read_only ? rocksdb::DB::OpenForReadOnly(database, directory_, descriptors, &handles, &db)
                                              : rocksdb::DB::Open(database, directory_, descriptors, &handles, &db);
  if (opened.ok()) {
    db_.reset(db);
    default_handle_ = handles[0];
    for (std::size_t i = 0; i < families.size(); ++i) {
      handles_[NumberOf(families[i].family)] = handles[i + 1];
    }
  }
  return opened;
}

Status RocksStore::DropFamilies(std::span<const FamilyName> families) {
  for (const FamilyName& family : families) {
    rocksdb::ColumnFamilyHandle*& handle = handles_[NumberOf(family.family)];
    if (handle == nullptr) {
      continue;
    }
    COFFER_TRY_CONTEXT(FromRocks(db_->DropColumnFamily(handle)), "dropping " + std::string(family.name));
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();  // Frees memory; always returns OK.
    handle = nullptr;
  }
  return {};
}

Status RocksStore::CheckWritable() const {
  if (options_.read_only) {
    return Status::PermissionDenied("the store in " + directory_ + " is opened read-only");
  }
  Status failure = listener_->failure();
  if (failure.ok()) {
    return failure;
  }
  return failure.WithContext("the store in " + directory_ + " must be opened again after a failed write");
}

Status RocksStore::CheckOwn(const WriteBatch::Rep& batch) const {
  return batch.OnlyFor(StoreOf(options_.families.front().family))
             ? Status()
             : Status::Internal("a batch with changes for another store than the one in " + directory_);
}

Status RocksStore::ReadRow(const rocksdb::ReadOptions& read, const RowName& row, PinnedValue& value) {
  if (value.pin_ == nullptr) {
    value.pin_ = std::make_unique<PinnedValue::Pin>();
  }
  value.pin_->slice.Reset();
  const rocksdb::Status got = db_->Get(read, Handle(row.family), AsSlice(row.key), &value.pin_->slice);
  value.found_ = got.ok();
  value.view_ = got.ok() ? std::string_view(value.pin_->slice.data(), value.pin_->slice.size()) : std::string_view();
  if (got.ok() || got.IsNotFound()) {
    return {};
  }
  return FromRocks(got).WithContext("reading from " + std::string(NameOf(row.family)));
}

Status RocksStore::Read(const RowGroup& group, const StoreSnapshot* snapshot, std::span<PinnedValue> values,
                        const RunVisitor& visit, bool* more) {
  if (group.rows.size() != values.size()) {
    return Status::Internal("a read got " + std::to_string(group.rows.size()) + " rows for " + std::to_string(values.size()) +
                            " values");
  }
  SharedSnapshot moment = snapshot != nullptr ? SnapshotIn(*snapshot) : SharedSnapshot();
  // Joined rows are found during the visit, which may take long.
  if (moment == nullptr && group.run != nullptr && !group.run->joined.empty()) {
    moment = NewSharedSnapshot(*db_);
  }
  std::optional<BoundedIterator> run;
  const auto pin = [&](const SharedSnapshot& at) -> Status {
    rocksdb::ReadOptions read;
    read.snapshot = at.get();
    for (std::size_t i = 0; i < group.rows.size(); ++i) {
      COFFER_TRY(ReadRow(read, group.rows[i], values[i]));
    }
    if (group.run != nullptr) {
      run.emplace(*db_, Handle(group.run->family), group.run->begin, group.run->end, read, at);
    }
    return {};
  };
  const bool is_single = group.rows.size() + (group.run != nullptr ? 1 : 0) == 1;
  COFFER_TRY(moment != nullptr ? pin(moment) : moments_.ReadNewest(*db_, is_single, pin));
  return group.run == nullptr ? Status() : VisitRun(*group.run, moment, **run, visit, more);
}

namespace {

void SeekToStart(const Run& run, rocksdb::Iterator& rows) {
  if (!run.from.empty()) {
    rows.SeekForPrev(AsSlice(run.from));
    if (rows.Valid() || !rows.status().ok()) {
      return;
    }
  }
  rows.SeekToFirst();
}

}  // namespace

Status RocksStore::VisitRun(const Run& run, const SharedSnapshot& snapshot, rocksdb::Iterator& rows, const RunVisitor& visit,
                            bool* more) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.get();
  std::vector<PinnedValue> joined(run.joined.size());
  std::string key;
  std::size_t left = run.rows_max;
  bool goes_on = left > 0;
  for (SeekToStart(run, rows); rows.Valid() && goes_on; rows.Next()) {
    for (std::size_t i = 0; i < joined.size(); ++i) {
      key.assign(rows.key().data(), rows.key().size());
      key.erase(0, run.joined[i].key_offset).append(run.joined[i].suffix);
      COFFER_TRY(ReadRow(read, {run.joined[i].family, key}, joined[i]));
    }
    COFFER_ASSIGN(goes_on, visit({AsView(rows.key()), AsView(rows.value()), joined}));
    goes_on = goes_on && --left > 0;
    // Another step only for a caller that wants to know: after SeekForPrev it is another search.
    if (!goes_on && more == nullptr) {
      return {};
    }
  }
  if (more != nullptr) {
    *more = rows.Valid();
  }
  return FromRocks(rows.status()).WithContext("reading from " + std::string(NameOf(run.family)));
}

Status RocksStore::Get(Family family, std::string_view key, const StoreSnapshot* snapshot, PinnedValue& value) {
  const RowName row{family, key};
  return Read({.rows = {&row, 1}}, snapshot, {&value, 1}, nullptr, nullptr);
}

Status RocksStore::MultiGet(Family family, std::span<const std::string_view> keys, const StoreSnapshot* snapshot,
                            std::span<PinnedValue> values) {
  if (keys.size() != values.size()) {
    return Status::Internal("MultiGet got " + std::to_string(keys.size()) + " keys for " + std::to_string(values.size()) +
                            " values");
  }
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  std::transform(keys.begin(), keys.end(), std::back_inserter(slices), AsSlice);
  std::vector<rocksdb::PinnableSlice> found;
  std::vector<rocksdb::Status> statuses(keys.size());
  const bool sorted = std::is_sorted(keys.begin(), keys.end());
  const auto pin = [&](const SharedSnapshot& at) -> Status {
    rocksdb::ReadOptions read;
    read.snapshot = at.get();
    found = std::vector<rocksdb::PinnableSlice>(keys.size());
    db_->MultiGet(read, Handle(family), keys.size(), slices.data(), found.data(), statuses.data(), sorted);
    return {};
  };
  COFFER_TRY(snapshot != nullptr ? pin(SnapshotIn(*snapshot)) : moments_.ReadNewest(*db_, /*is_single=*/true, pin));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!statuses[i].ok() && !statuses[i].IsNotFound()) {
      return FromRocks(statuses[i]).WithContext("reading from " + std::string(NameOf(family)));
    }
    PinnedValue& value = values[i];
    value.found_ = statuses[i].ok();
    value.pin_ = std::make_unique<PinnedValue::Pin>();
    value.pin_->slice = std::move(found[i]);
    value.view_ = value.found_ ? std::string_view(value.pin_->slice.data(), value.pin_->slice.size()) : std::string_view();
  }
  return {};
}

std::unique_ptr<Scan> RocksStore::NewScan(Family family, std::string_view begin, std::string_view end,
                                          const ScanOptions& options) {
  rocksdb::ReadOptions read;
  read.fill_cache = options.fill_cache;
  read.readahead_size = options.readahead_bytes;
  std::unique_ptr<BoundedIterator> iterator;
  const auto pin = [&](const SharedSnapshot& at) -> Status {
    iterator = std::make_unique<BoundedIterator>(*db_, Handle(family), begin, end, read, at);
    return {};
  };
  // Pinning an iterator does not fail; Scan::status has the failures of its moves.
  (options.snapshot != nullptr ? pin(SnapshotIn(*options.snapshot)) : moments_.ReadNewest(*db_, /*is_single=*/true, pin))
      .Ignore();
  return NewRocksScan(std::move(iterator));
}

std::unique_ptr<StoreSnapshot> RocksStore::TakeSnapshot() { return NewStoreSnapshot(NewSharedSnapshot(*db_)); }

Status RocksStore::Commit(WriteBatch& batch, Durability durability) {
  WriteBatch::Rep& rep = *batch.rep_;
  COFFER_TRY(CheckWritable());
  COFFER_TRY(rep.defect);
  if (batch.size() == 0) {
    return {};
  }
  COFFER_TRY(CheckOwn(rep));
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kDurable;
  // An exception in the middle of a write leaves RocksDB's queue of writers in an unknown state: no write may follow.
  Status written = Guarded([&] { return FromRocks(db_->Write(options, &rep.changes)); });
  if (!written.ok()) {
    return listener_->Keep(written.WithContext("committing"));
  }
  CountRangeDeletes(rep.range_deletes);
  return {};
}

void RocksStore::CountRangeDeletes(const std::array<std::uint32_t, kFamiliesOfStoreMax>& added) {
  for (const FamilyName& family : options_.families) {
    const std::uint32_t more = added[NumberOf(family.family)];
    if (more == 0) {
      continue;
    }
    std::atomic<std::uint32_t>& count = listener_->RangeDeletes(family.family);
    if (count.fetch_add(more, std::memory_order_relaxed) + more < kRangeDeletesMax) {
      continue;
    }
    // Does not wait: once the write buffer is sealed, its deletions are sorted only once. A failure does not undo the commit.
    // The count stays, so the next commit tries again, and RocksDB itself refuses writes if it must.
    rocksdb::FlushOptions options;
    options.wait = false;
    options.allow_write_stall = true;
    Guarded([&] { return FromRocks(db_->Flush(options, Handle(family.family))); }).Ignore();
  }
}

Status RocksStore::Sync() {
  COFFER_TRY(CheckWritable());
  return listener_->Keep(Guarded([this] { return FromRocks(db_->FlushWAL(/*sync=*/true)); }).WithContext("syncing the log"));
}

Result<std::unique_ptr<BulkLoad>> RocksStore::NewBulkLoad(Family family, const std::string& directory) {
  COFFER_TRY(CheckWritable());
  return std::unique_ptr<BulkLoad>(
      std::make_unique<RocksBulkLoad>(*db_, files_, options_.families, handles_, family, directory));
}

Status RocksStore::CommitBulk(BulkLoad& load, WriteBatch& batch) {
  auto& rocks_load = static_cast<RocksBulkLoad&>(load);
  const WriteBatch::Rep& rep = *batch.rep_;
  COFFER_TRY(rep.defect);
  COFFER_TRY(CheckOwn(rep));
  COFFER_TRY(rocks_load.Finish(batch));
  // Ingested files are durable at once. Earlier commits, which they may overwrite, must be durable too: otherwise a log that a
  // crash cuts off would give a state that never existed.
  COFFER_TRY(Sync());
  const MutexLock one_load(load_mutex_);
  const ReadMoments::Load load_runs(moments_);
  return listener_->Keep(Guarded([&] { return rocks_load.Ingest(); }));
}

std::vector<rocksdb::ColumnFamilyHandle*> RocksStore::HandlesOf(std::span<const Family> families) const {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  if (families.empty()) {
    std::ranges::copy_if(handles_, std::back_inserter(handles), [](const auto* handle) { return handle != nullptr; });
  }
  for (const Family family : families) {
    handles.push_back(Handle(family));
  }
  return handles;
}

Status RocksStore::Flush(std::span<const Family> families) {
  COFFER_TRY(CheckWritable());
  return listener_->Keep(FromRocks(db_->Flush(rocksdb::FlushOptions(), HandlesOf(families))).WithContext("flushing"));
}

Status RocksStore::Compact(std::span<const Family> families) { return CompactFamilies(families, nullptr); }

Status RocksStore::CompactFamilies(std::span<const Family> families, std::atomic<bool>* stop) {
  COFFER_TRY(CheckWritable());
  rocksdb::CompactRangeOptions options;
  options.canceled = stop;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
  options.blob_garbage_collection_age_cutoff = 1.0;
  for (rocksdb::ColumnFamilyHandle* handle : HandlesOf(families)) {
    Status status = FromRocks(db_->CompactRange(options, handle, nullptr, nullptr));
    if (!status.ok()) {
      return status.WithContext("compacting " + handle->GetName());
    }
  }
  return {};
}

Status RocksStore::Scrub(std::span<const Family> families, std::atomic<bool>& stop) {
  COFFER_TRY(CheckWritable());
  const std::vector<rocksdb::ColumnFamilyHandle*> handles = HandlesOf(families);
  COFFER_ASSIGN(const std::vector<std::string> old_files, FilesWithData(files_, directory_));
  COFFER_TRY(AwaitNewSnapshots(*db_, db_->GetLatestSequenceNumber(), stop));
  // All families, because they share one log.
  COFFER_TRY(Flush({}));
  int rounds = 0;
  do {
    if (++rounds > kScrubRoundsMax) {
      return Status::Busy("scrubbing: old files are still in use after " + std::to_string(kScrubRoundsMax) + " rewrites");
    }
    Status compacted = CompactFamilies(families, &stop);
    if (stop.load()) {
      return Status::Cancelled("scrubbing: stopped");
    }
    if (!compacted.ok()) {
      return compacted;
    }
  } while (AnyInUse(*db_, old_files, handles));
  return AwaitRemoval(*db_, files_, directory_, old_files, handles, stop);
}

Result<std::vector<CheckpointFile>> RocksStore::Checkpoint(const std::string& directory, Durability durability,
                                                           const CheckpointMoment& moment) {
  COFFER_TRY(CheckWritable());
  // Write buffers go to sorted files first. So the checkpoint's log holds only commits between this flush and the moment.
  COFFER_TRY(Flush({}));
  return MakeCheckpoint(*db_, files_, directory, durability, moment);
}

std::uint64_t RocksStore::FamilyBytes(Family family) {
  std::uint64_t sorted_bytes = 0;
  std::uint64_t blob_bytes = 0;
  db_->GetIntProperty(Handle(family), rocksdb::DB::Properties::kLiveSstFilesSize, &sorted_bytes);
  db_->GetIntProperty(Handle(family), rocksdb::DB::Properties::kLiveBlobFileSize, &blob_bytes);
  return sorted_bytes + blob_bytes;
}

std::uint64_t RocksStore::LogBytes() {
  const Result<std::vector<std::string>> names = files_.List(directory_);
  if (!names.ok()) {
    return 0;
  }
  std::uint64_t bytes = 0;
  for (const std::string& name : *names) {
    if (name.ends_with(".sst") || name.ends_with(".blob")) {
      continue;
    }
    const Result<FileInfo> info = files_.Stat(directory_ + "/" + name);
    bytes += info.ok() && !info->is_directory ? info->size_bytes : 0;  // logs may be removed meanwhile
  }
  return bytes;
}

Status RocksStore::VerifyChecksums() { return FromRocks(db_->VerifyChecksum()).WithContext("verifying checksums"); }

Status RocksStore::FinishWriting() {
  COFFER_TRY(Sync());
  std::uint64_t memory_bytes = 0;
  db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &memory_bytes);
  return memory_bytes > kFlushAtCloseBytes ? Flush({}) : Status();
}

Status RocksStore::Close() {
  if (db_ == nullptr) {
    return {};
  }
  Status status = options_.read_only ? Status() : FinishWriting();
  for (rocksdb::ColumnFamilyHandle* handle : HandlesOf({})) {
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();  // Frees memory; always returns OK.
  }
  db_->DestroyColumnFamilyHandle(default_handle_).PermitUncheckedError();
  const Status closed = FromRocks(db_->Close()).WithContext("closing");
  db_.reset();
  return status.ok() ? closed : status;
}

Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory, const StoreOptions& options) {
  if (options.create && options.read_only) {
    return Status::InvalidArgument("a read-only open cannot create a store");
  }
  FileSystem& files = options.file_system != nullptr ? *options.file_system : PosixFileSystem();
  const Result<FileInfo> current = files.Stat(directory + "/CURRENT");
  if (!current.ok() && current.status().code() != StatusCode::kNotFound) {
    return current.status().WithContext("opening the store in " + directory);
  }
  if (options.create && current.ok()) {
    return Status::AlreadyExists("a store exists in " + directory);
  }
  if (!options.create && !current.ok()) {
    return Status::NotFound("no store in " + directory);
  }
  if (options.create) {
    COFFER_TRY(CreateDirectories(files, directory));
  }
  auto store = std::make_unique<RocksStore>(directory, options);
  COFFER_TRY(store->Open());
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace coffer::storage
