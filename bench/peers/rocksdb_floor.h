// The floor for an engine on RocksDB: the same rows, already encoded, written by WriteBatch and read by Get and iterator, with
// nothing in between. The time an engine takes beyond it is the cost of its own work.
#ifndef COFFER_BENCH_ROCKSDB_FLOOR_H_
#define COFFER_BENCH_ROCKSDB_FLOOR_H_

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "peers/floor_encoding.h"
#include "peers/sqlite_peer.h"

namespace coffer::bench {

// Options of the database and of each family, in the order of FloorFamily. They are plain RocksDB options, so a benchmark can
// vary any of them; MakeFloorTuning returns the ones an engine should start from.
struct FloorTuning {
  rocksdb::DBOptions database;
  std::array<rocksdb::ColumnFamilyOptions, kFloorFamilies> families;
  RowLayout layout = RowLayout::kRecordWithMessages;
};

FloorTuning MakeFloorTuning();

// One open database. Owned by one thread; the background threads are RocksDB's.
class RocksdbFloor {
 public:
  RocksdbFloor(const std::filesystem::path& directory, const FloorTuning& tuning);
  ~RocksdbFloor();
  RocksdbFloor(const RocksdbFloor&) = delete;
  RocksdbFloor& operator=(const RocksdbFloor&) = delete;

  // One durable WriteBatch.
  void Ingest(const EncodedBatch& batch);

  // Reads a conversation's record and its messages. Returns the bytes read, 0 if it does not exist.
  std::size_t Read(std::string_view id);

  // One durable WriteBatch of point deletes whose keys are computed from the summaries, without a search. Returns how many
  // conversations existed with that owner.
  std::size_t DeleteOwned(std::span<const OwnedId> batch);

  // Writes every conversation with its messages as one JSON object per line. Returns the text's bytes.
  std::uint64_t ExportJson(const std::filesystem::path& path, int zstd_workers);

  void Flush();
  void CompactAll();
  // Returns once no flush or compaction is running or pending.
  void WaitForCompactions();
  // The sum of live SST and blob files.
  std::uint64_t size_bytes() const;
  rocksdb::DB& database() { return *database_; }
  rocksdb::ColumnFamilyHandle* family(FloorFamily family) const { return handles_[static_cast<std::size_t>(family)]; }

 private:
  struct Doomed;
  Doomed ReadDoomed(std::span<const OwnedId> batch);
  void DeleteRows(rocksdb::WriteBatch& write, const std::string& id, const RecordHeader& header, const MessageSummary& summary);

  std::unique_ptr<rocksdb::DB> database_;
  std::array<rocksdb::ColumnFamilyHandle*, kFloorFamilies> handles_{};
  rocksdb::WriteOptions durable_;
  // Kept between commits, so that its megabytes are not allocated, faulted in and grown again.
  rocksdb::WriteBatch ingest_;
  RowLayout layout_;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_ROCKSDB_FLOOR_H_
