// Store: ordered key-value partitions with atomic batches, as the engine sees them. No RocksDB type shows here, so that
// another store can stand in for it. Store knows keys and values, not conversations.
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

// A value read from a store, without a copy where the store allows it. Valid until overwritten or destroyed.
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

// One change of a WriteBatch, independent of RocksDB: what WriteBatch's call of the same name was given. The views are valid
// during the visit.
struct Change {
  Family family;
  ChangeType type;
  std::string_view key;    // kDeleteRange: the begin of the range
  std::string_view value;  // kMergeTally: the operand; kDeleteRange: the end of the range; kDelete: empty
};
using ChangeVisitor = std::function<Status(const Change&)>;

// Changes to families of one store, committed atomically. Use from one thread at a time.
// A change that must not be stored (a key or value of 4 GiB, a malformed tally) fails Store::Commit and ForEach, not its own call.
class WriteBatch {
 public:
  WriteBatch();
  ~WriteBatch();
  WriteBatch(WriteBatch&&) noexcept;
  WriteBatch& operator=(WriteBatch&&) noexcept;

  void Put(Family family, std::string_view key, std::string_view value);
  // The value is the parts, one after the other.
  void Put(Family family, std::string_view key, std::span<const std::string_view> value_parts);
  void Delete(Family family, std::string_view key);
  // [begin, end). Costly for later scans; for what is too much to delete one by one.
  void DeleteRange(Family family, std::string_view begin, std::string_view end);
  // Adds the tally in `operand` (format/stored/tally.h) to the one at `key`; a missing one counts as zero.
  void MergeTally(Family family, std::string_view key, std::string_view operand);

  // Calls `visitor` for every change, in the order of the calls that added them. Making the same calls on an empty batch gives an
  // equal batch. Stops at the first failure of the visitor and returns it. The batch stays as it is; the visitor must not use it.
  // kInvalidArgument: a key or value is longer than 4 GiB; nothing is visited.
  // kInternal: a malformed merge, or changes for two stores; nothing is visited.
  Status ForEach(const ChangeVisitor& visitor) const;

  void Clear();
  // Allocates memory for so many bytes at once.
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

class StoreSnapshot {
 public:
  virtual ~StoreSnapshot() = default;
};

// An ordered walk over [begin, end) of one family, on one snapshot. One thread at a time. Starts before its first key.
// key() and value() are valid until the next move. After the last move look at status().
class Scan {
 public:
  virtual ~Scan() = default;
  virtual void SeekToFirst() = 0;
  // To the first key at or behind `key`.
  virtual void Seek(std::string_view key) = 0;
  virtual void SeekToLast() = 0;
  virtual bool valid() const = 0;
  virtual void Next() = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual Status status() const = 0;
};

struct ScanOptions {
  const StoreSnapshot* snapshot = nullptr;
  // A walk over everything would push the hot blocks out of the cache.
  bool fill_cache = true;
  // Bytes read ahead; 0 leaves it to the store. For long walks.
  std::size_t readahead_bytes = 0;
};

// Rows of one family on their way into a store, too many for a WriteBatch: they go to disk as they come and appear all at once
// (Store::CommitBulk). Keys must ascend. What was not committed is gone with this object.
// One thread at a time; the store must outlive it. After a failure it only takes its destruction.
class BulkLoad {
 public:
  virtual ~BulkLoad() = default;
  virtual Status Put(std::string_view key, std::string_view value) = 0;
  virtual Status Delete(std::string_view key) = 0;
};

// A file of a checkpoint. digest: SHA-256 from the file's birth, 32 bytes; empty for files that have none (CURRENT, MANIFEST
// …).
struct CheckpointFile {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string digest;
};

// Calls `fix` once: a checkpoint holds what was committed before it and nothing that came after. Whoever keeps commits out
// meanwhile knows what that is. `fix` lists files, and waits for nothing.
using CheckpointMoment = std::function<void(const std::function<void()>& fix)>;

// Memory that several stores use together: what writes wait in, and the cache of blocks. Safe for use from many threads.
class StoreMemory;
std::shared_ptr<StoreMemory> NewStoreMemory(std::size_t write_buffer_bytes, std::size_t block_cache_bytes);

struct StoreOptions {
  // The store's table, or, read-only, a part of it: files of other families are then not looked at. Must outlive the store.
  std::span<const FamilyName> families = kFamilies;
  bool create = false;  // true: the folder must hold no store; false: it must hold one
  bool read_only = false;
  FileSystem* file_system = nullptr;  // null: the operating system's, by RocksDB's own way
  // Null: memory of its own, by the two sizes below. Otherwise write_buffer_bytes still says how large a family's share may be.
  std::shared_ptr<StoreMemory> memory = nullptr;
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  std::size_t block_cache_bytes = std::size_t{96} << 20;
  int open_files_max = 512;
  int background_threads = 2;
};

// Safe for use from many threads. Scans, snapshots and pinned values must be gone before it is destroyed.
class Store {
 public:
  virtual ~Store() = default;

  // value.found() tells whether the key is there; a missing key is no failure.
  virtual Status Get(Family family, std::string_view key, const StoreSnapshot* snapshot, PinnedValue& value) = 0;
  // As many Gets at once; `values` has the size of `keys`. Sorted keys are fastest.
  virtual Status MultiGet(Family family, std::span<const std::string_view> keys, const StoreSnapshot* snapshot,
                          std::span<PinnedValue> values) = 0;
  // An empty `end` means the end of the family.
  virtual std::unique_ptr<Scan> NewScan(Family family, std::string_view begin, std::string_view end,
                                        const ScanOptions& options) = 0;

  // Atomic. kDurable: on the device when it returns; concurrent commits share one sync.
  virtual Status Commit(WriteBatch& batch, Durability durability) = 0;
  // Makes buffered commits durable.
  virtual Status Sync() = 0;

  // `directory` must be there and on the store's device; the load keeps its files in it. Memory: a few blocks.
  virtual Result<std::unique_ptr<BulkLoad>> NewBulkLoad(Family family, const std::string& directory) = 0;
  // Commits the load's rows and `batch`, which must hold no range deletion, as one atomic change, durable when it returns.
  virtual Status CommitBulk(BulkLoad& load, WriteBatch& batch) = 0;

  virtual std::unique_ptr<StoreSnapshot> TakeSnapshot() = 0;

  // Writes memory to sorted files. `families` empty: all.
  virtual Status Flush(std::span<const Family> families) = 0;
  // Rewrites whole families so that deleted and replaced values are gone from the disk, blob files included.
  virtual Status Compact(std::span<const Family> families) = 0;

  // As Compact, and on success no file, logs included, holds what was deleted or replaced before the call. Waits for snapshots
  // and scans that are older than the call. kCancelled: `stop` became true.
  virtual Status Scrub(std::span<const Family> families, std::atomic<bool>& stop) = 0;

  // Makes `directory` (which must not be there; its parent must) a consistent copy of the store that opens as a store;
  // immutable files are hard links. Answers its files. kDurable: the directory with all in it survives a loss of power.
  // `moment`: null, or when it is; not called where something failed before.
  virtual Result<std::vector<CheckpointFile>> Checkpoint(const std::string& directory, Durability durability,
                                                         const CheckpointMoment& moment = nullptr) = 0;

  // Bytes on disk of one family's sorted and blob files; those of the log and the bookkeeping files.
  virtual std::uint64_t FamilyBytes(Family family) = 0;
  virtual std::uint64_t LogBytes() = 0;

  // Reads all sorted files' blocks and compares their checksums; blob values are not among them.
  virtual Status VerifyChecksums() = 0;

  // Stops background work. Buffered commits become durable.
  virtual Status Close() = 0;
};

// kNotFound: no store there (create = false). kAlreadyExists: one is (create = true).
Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory, const StoreOptions& options);

}  // namespace coffer::storage
