// Store: the engine's interface to ordered key-value families with atomic batches. It names no RocksDB type, so another store
// can implement it. It knows keys and values, not records.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/options.h"
#include "coffer/result.h"
#include "storage/family.h"

namespace coffer {
class FileSystem;
}

namespace coffer::storage {

// A value that was read from a store, without a copy if possible. view() is valid until the next read into this object, or its
// destruction.
class PinnedValue {
 public:
  PinnedValue();
  PinnedValue(PinnedValue&&) noexcept;
  PinnedValue& operator=(PinnedValue&&) noexcept;
  ~PinnedValue();

  bool found() const noexcept { return found_; }
  std::string_view view() const noexcept { return view_; }

 private:
  friend class RocksStore;
  struct Pin;
  std::unique_ptr<Pin> pin_;
  std::string_view view_;
  bool found_ = false;
};

enum class ChangeType : std::uint8_t { kPut, kDelete, kDeleteRange, kMergeTally };

// One change of a WriteBatch in a form without RocksDB's types: the arguments of the WriteBatch method of the same name. The
// views are valid during the visit.
struct Change {
  Family family;
  ChangeType type;
  std::string_view key;    // kDeleteRange: `begin`
  std::string_view value;  // kDeleteRange: `end`; kMergeTally: `operand`; kDelete: empty
};
using ChangeVisitor = std::function<Status(const Change&)>;

// Changes to families of one store, committed atomically. Use from one thread at a time. A change that must not be stored (a
// key or value of 4 GiB, a malformed tally) fails Store::Commit and ForEach, not its own call.
class WriteBatch {
 public:
  WriteBatch();
  ~WriteBatch();
  WriteBatch(WriteBatch&&) noexcept;
  WriteBatch& operator=(WriteBatch&&) noexcept;

  void Put(Family family, std::string_view key, std::string_view value);
  // The value is the concatenation of the parts.
  void Put(Family family, std::string_view key, std::span<const std::string_view> value_parts);
  void Delete(Family family, std::string_view key);
  // Deletes [begin, end). Range deletions slow later scans: use them only for too many keys to delete one by one.
  void DeleteRange(Family family, std::string_view begin, std::string_view end);
  // Adds the tally in `operand` (format/stored/tally.h) to the one at `key`. A missing tally is zero.
  void MergeTally(Family family, std::string_view key, std::string_view operand);

  // Calls `visitor` for every change, in the order of the calls that added them. Making the same calls on an empty batch gives
  // an equal batch. Stops at the first failure of the visitor and returns it. The batch stays as it is; the visitor must not
  // use it.
  // kInvalidArgument: a key or value is longer than 4 GiB; nothing is visited.
  // kInternal: a malformed merge, or changes for two stores; nothing is visited.
  Status ForEach(const ChangeVisitor& visitor) const;

  void Clear();
  // Allocates memory for this many bytes.
  void Reserve(std::size_t bytes);
  // Bytes of all changes as they are written to the log.
  std::size_t bytes() const;
  // Number of changes.
  std::size_t size() const;

 private:
  friend class RocksStore;
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// The state of a store at one moment. The store must outlive it.
class StoreSnapshot {
 public:
  virtual ~StoreSnapshot() = default;
};

// An ordered scan of [begin, end) of one family, on one snapshot. Use from one thread at a time. Call a Seek function first.
// key() and value() are valid until the next move. When valid() is false, status() says whether the scan failed.
class Scan {
 public:
  virtual ~Scan() = default;
  virtual void SeekToFirst() = 0;
  // Moves to the first key that is not less than `key`.
  virtual void Seek(std::string_view key) = 0;
  virtual void SeekToLast() = 0;
  virtual bool valid() const = 0;
  virtual void Next() = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual Status status() const = 0;
};

struct RowName {
  Family family;
  std::string_view key;
};

// A row that belongs to a row of a run. Its key is the run's key without the first key_offset bytes, then `suffix`.
struct JoinedRow {
  Family family;
  std::size_t key_offset = 0;
  std::string_view suffix = {};
};

// The rows of one family in [begin, end), in the order of their keys. An empty `end` means the end of the family.
struct Run {
  Family family;
  std::string_view begin = {};
  std::string_view end = {};
  // Begin with the last row at or before this key, if there is one; otherwise with the first row. Empty: with the first row.
  std::string_view from = {};
  std::size_t rows_max = SIZE_MAX;
  std::span<const JoinedRow> joined = {};  // for each row of the run
};

// Rows that belong together. The keys need not outlive the read.
struct RowGroup {
  std::span<const RowName> rows = {};
  const Run* run = nullptr;  // null: only `rows`
};

// A row of a run and its joined rows. Valid during the visit.
struct RunRow {
  std::string_view key;
  std::string_view value;
  std::span<const PinnedValue> joined;
};
// Returns whether to go on with the next row.
using RunVisitor = std::function<Result<bool>(const RunRow&)>;

struct ScanOptions {
  const StoreSnapshot* snapshot = nullptr;
  // False for full scans, which would evict the hot blocks from the cache.
  bool fill_cache = true;
  // Bytes to read ahead in long scans. 0: the store decides.
  std::size_t readahead_bytes = 0;
};

// Changes to one family that are too many for a WriteBatch. They are written to disk as they are added, and
// Store::CommitBulk makes them visible all at once. Keys must ascend. The destructor removes uncommitted changes.
// Use from one thread at a time; the store must outlive it. After a failure it can only be destroyed.
class BulkLoad {
 public:
  virtual ~BulkLoad() = default;
  virtual Status Put(std::string_view key, std::string_view value) = 0;
  virtual Status Delete(std::string_view key) = 0;
};

// A file of a checkpoint. digest: the 32 bytes of the SHA-256 that was computed while the file was written; empty for files
// without one (CURRENT, MANIFEST …).
struct CheckpointFile {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string digest;
};

// Must call `fix` once. The checkpoint holds the commits before that call and none after it. A caller that excludes commits
// during `fix` knows exactly what the checkpoint holds. `fix` lists files and does not wait.
using CheckpointMoment = std::function<void(const std::function<void()>& fix)>;

// Write buffers and block cache that several stores share. Safe for use from many threads.
class StoreMemory;
std::shared_ptr<StoreMemory> NewStoreMemory(std::size_t write_buffer_bytes, std::size_t block_cache_bytes);

struct StoreOptions {
  // All families of the store. Read-only, it may be some of them: files of the others are then not opened. Must outlive the
  // store.
  std::span<const FamilyName> families = kFamilies;
  bool create = false;  // true: the folder must not hold a store; false: it must hold one
  bool read_only = false;
  FileSystem* file_system = nullptr;  // null: RocksDB's own access to the operating system's files
  // Null: the store has its own memory, of the two sizes below. Otherwise write_buffer_bytes only limits a family's share.
  std::shared_ptr<StoreMemory> memory = nullptr;
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  std::size_t block_cache_bytes = std::size_t{96} << 20;
  int open_files_max = 512;
  int background_threads = 2;
};

// Safe for use from many threads. Scans, snapshots, bulk loads and pinned values must be destroyed before it.
// Once a write has failed, every later write returns that failure until the store is opened again. Reads continue.
//
// Every read shows one moment: that of its snapshot or, without one, a moment during the call. It includes every commit that
// returned before the call, each commit as a whole, and every commit that an earlier read of the same thread showed. A read
// never waits for a commit.
class Store {
 public:
  virtual ~Store() = default;

  // Reads a group of rows at one moment. `values` must have the size of group.rows; they are filled before the first visit.
  // A missing row is not a failure: found() of its value is false. Then calls `visit` for each row of the run, until rows_max
  // rows were visited or `visit` returns false or a failure, which Read returns. *more is set to whether the run has more rows,
  // unless `more` is null.
  // The group says everything that is to be read, so that a store behind a network can answer with one message.
  virtual Status Read(const RowGroup& group, const StoreSnapshot* snapshot, std::span<PinnedValue> values,
                      const RunVisitor& visit = nullptr, bool* more = nullptr) = 0;

  // Reads one row. A missing key is not a failure: value.found() is false.
  virtual Status Get(Family family, std::string_view key, const StoreSnapshot* snapshot, PinnedValue& value) = 0;
  // Many Gets at once. `values` must have the size of `keys`. Fastest if the keys are sorted.
  virtual Status MultiGet(Family family, std::span<const std::string_view> keys, const StoreSnapshot* snapshot,
                          std::span<PinnedValue> values) = 0;
  // An empty `end` means the end of the family.
  virtual std::unique_ptr<Scan> NewScan(Family family, std::string_view begin, std::string_view end,
                                        const ScanOptions& options) = 0;

  // Atomic. Leaves the batch as it is. kDurable: on return the changes are on the device; concurrent commits share one sync.
  virtual Status Commit(WriteBatch& batch, Durability durability) = 0;
  // Makes buffered commits durable.
  virtual Status Sync() = 0;

  // `directory` must exist, on the store's device; the load keeps its files in it. Uses the memory of a few blocks.
  virtual Result<std::unique_ptr<BulkLoad>> NewBulkLoad(Family family, const std::string& directory) = 0;
  // Commits the load and `batch`, which must not hold range deletions, as one atomic change. On return it is durable, and so
  // are the commits that returned before the call. Power loss may take a buffered commit that runs meanwhile and leave this one.
  virtual Status CommitBulk(BulkLoad& load, WriteBatch& batch) = 0;

  virtual std::unique_ptr<StoreSnapshot> TakeSnapshot() = 0;

  // Writes the write buffers to sorted files. Empty `families`: all.
  virtual Status Flush(std::span<const Family> families) = 0;
  // Rewrites whole families without the deleted and replaced values, blob files included. Empty `families`: all.
  virtual Status Compact(std::span<const Family> families) = 0;

  // Like Compact. On success no file, not even a log, holds a value that was deleted or replaced before the call. Waits for
  // snapshots and scans that are older than the call.
  // kBusy: concurrent compactions kept old files in use.
  // kCancelled: `stop` became true.
  virtual Status Scrub(std::span<const Family> families, std::atomic<bool>& stop) = 0;

  // Creates `directory`, whose parent must exist, as a consistent copy of the store that can be opened as a store. Immutable
  // files are hard links. Returns its files. kDurable: on return the directory and everything in it survives power loss.
  // `moment` chooses the moment of the copy, and may be null; it is not called if an earlier step fails.
  // kAlreadyExists: `directory` exists.
  virtual Result<std::vector<CheckpointFile>> Checkpoint(const std::string& directory, Durability durability,
                                                         const CheckpointMoment& moment = nullptr) = 0;

  // Bytes on disk of the sorted and blob files of one family; of all other files (logs, manifest).
  virtual std::uint64_t FamilyBytes(Family family) = 0;
  virtual std::uint64_t LogBytes() = 0;

  // Reads all blocks of the sorted files and checks their checksums. Does not read blob values.
  virtual Status VerifyChecksums() = 0;

  // Makes buffered commits durable and stops background work.
  virtual Status Close() = 0;
};

// kNotFound: `directory` holds no store (create = false).
// kAlreadyExists: it holds one (create = true).
// kBusy: it is open elsewhere.
// kUnavailable: it has families that this version does not know.
Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory, const StoreOptions& options);

}  // namespace coffer::storage
