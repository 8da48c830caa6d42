#include "storage/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "storage/rocks_file_system.h"
#include "storage/sha256_checksum.h"
#include "storage/tally_merge_operator.h"

namespace coffer::storage {
namespace {

constexpr std::uint64_t kManifestBytesMax = std::uint64_t{4} << 20;  // Every backup contains it.
constexpr std::size_t kManifestPreallocationBytes = std::size_t{64} << 10;
constexpr std::uint64_t kBackgroundSyncBytes = std::uint64_t{1} << 20;
constexpr std::size_t kCompactionReadaheadBytes = std::size_t{2} << 20;
// A read that misses the cache decompresses a block for one conversation of 2.6 KB on average: 25 µs to 32 µs with 8 KiB, 38 µs
// with 16 KiB. 8 KiB costs 3.6 % of size; the higher compression level of merges saves more than that.
constexpr std::size_t kBlockBytes = std::size_t{8} << 10;
constexpr int kFlushCompressionLevel = 1;
constexpr int kMergeCompressionLevel = 6;
constexpr std::uint64_t kSortedFileBytes = std::uint64_t{16} << 20;
constexpr int kFileOpeningThreads = 4;
constexpr double kFilterBitsPerKey = 10;
constexpr double kMemtableFilterRatio = 0.02;
constexpr double kHighPriorityCacheShare = 0.5;
constexpr std::uint64_t kBlobBytesMin = 4096;
constexpr std::uint64_t kBlobFileBytes = std::uint64_t{64} << 20;
constexpr std::size_t kWriteBufferBytesMin = std::size_t{256} << 10;

// A family's share of the write buffers is 1/divisor. Small buffers are short sorted lists that are fast to insert into, and
// they bound the replay of the log after a crash.
std::size_t WriteBufferDivisor(Family family) {
  switch (family) {
    case Family::kMessages:
    case Family::kContents:
      return 4;
    case Family::kConversations:
    case Family::kDocuments:
      return 16;
    case Family::kPrompts:
    case Family::kByOwner:
      return 32;
    case Family::kCounters:
    case Family::kProgress:
    case Family::kOperations:
    case Family::kBackups:
    case Family::kLedger:
    case Family::kTokens:
      return 64;
  }
  return 64;
}

rocksdb::ColumnFamilyOptions CommonOptions(const std::shared_ptr<rocksdb::Cache>& block_cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = block_cache;
  table.block_size = kBlockBytes;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  // Index and filter blocks are in the cache, so memory does not grow with the store. Those of the newest files stay there,
  // because every read uses them.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // zstd on every level, not lz4 on the upper ones: files of keys that grow with time move down the levels unchanged and would
  // keep the weaker compression. Measured: ingest is faster too, because each byte is written once.
  family.compression = rocksdb::kZSTD;
  family.bottommost_compression = rocksdb::kDisableCompressionOption;
  // Files can move only between levels of the same compression type. The level is higher only where a merge rewrites the file
  // anyway.
  family.compression_opts.level = kFlushCompressionLevel;
  family.bottommost_compression_opts.level = kMergeCompressionLevel;
  family.bottommost_compression_opts.enabled = true;
  // A small merge rewrites whole files, and the next incremental backup contains each of them.
  family.target_file_size_base = kSortedFileBytes;
  family.level_compaction_dynamic_level_bytes = true;
  family.paranoid_file_checks = false;
  family.force_consistency_checks = true;
  // A file that is rewritten only for its age would be one more file in the next incremental backup.
  family.ttl = 0;
  family.periodic_compaction_seconds = 0;
  return family;
}

}  // namespace

rocksdb::DBOptions DatabaseOptions(const StoreOptions& options, const StoreMemory& memory, rocksdb::Env* env,
                                   std::shared_ptr<rocksdb::EventListener> listener) {
  rocksdb::DBOptions database;
  if (env != nullptr) {
    database.env = env;
  }
  if (listener != nullptr) {
    database.listeners.push_back(std::move(listener));
  }
  database.create_if_missing = options.create;
  database.error_if_exists = options.create;
  // A store of an older version gets the families that were added later.
  database.create_missing_column_families = true;

  // Replay ends before the first incomplete record. Synced records come before everything that a crash may tear. So no
  // acknowledged durable write is lost, the store always opens, and its state existed at one moment. Every other mode breaks
  // one of these: kAbsoluteConsistency refuses a torn tail; kTolerateCorruptedTailRecords refuses a tail whose pages reached
  // the device out of order, and continues with the next log after a torn one, which leaves a gap in the history;
  // kSkipAnyCorruptedRecords leaves gaps anywhere. The price: damage within a log is taken for its end.
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  database.paranoid_checks = true;
  // After a failed write the store stays read-only until it is opened again: RocksDB must not resume on its own.
  database.max_bgerror_resume_count = 0;

  database.file_checksum_gen_factory = NewSha256ChecksumFactory();
  database.max_manifest_file_size = kManifestBytesMax;
  database.manifest_preallocation_size = kManifestPreallocationBytes;

  database.write_buffer_manager = memory.write_buffers();
  // Otherwise a family that is seldom written would keep old logs.
  database.max_total_wal_size = options.write_buffer_bytes;
  // Never -1, for any option: a read-only store with unlimited open files can miss blob values (RocksDB 7.8.3).
  database.max_open_files = std::max(options.open_files_max, 64);
  // RocksDB starts this many for each family that has files, 16 by default, which took longer than opening a small store.
  database.max_file_opening_threads = kFileOpeningThreads;
  database.max_background_jobs = std::max(options.background_threads, 2);
  database.bytes_per_sync = kBackgroundSyncBytes;
  database.compaction_readahead_size = kCompactionReadaheadBytes;
  database.avoid_flush_during_shutdown = false;

  database.info_log = NewDiscardingLogger();
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  return database;
}

StoreMemory::StoreMemory(std::size_t write_buffer_bytes, std::size_t block_cache_bytes)
    : write_buffers_(std::make_shared<rocksdb::WriteBufferManager>(write_buffer_bytes)) {
  rocksdb::LRUCacheOptions cache;
  cache.capacity = block_cache_bytes;
  cache.high_pri_pool_ratio = kHighPriorityCacheShare;
  block_cache_ = rocksdb::NewLRUCache(cache);
}

std::shared_ptr<StoreMemory> NewStoreMemory(std::size_t write_buffer_bytes, std::size_t block_cache_bytes) {
  return std::make_shared<StoreMemory>(write_buffer_bytes, block_cache_bytes);
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& block_cache) {
  rocksdb::ColumnFamilyOptions tuned = CommonOptions(block_cache);
  tuned.write_buffer_size = std::max(options.write_buffer_bytes / WriteBufferDivisor(family), kWriteBufferBytesMin);
  tuned.max_write_buffer_number = 3;
  switch (family) {
    case Family::kConversations:
      // Every append looks up the newest rows here, which are in memory or do not exist.
      tuned.memtable_whole_key_filtering = true;
      tuned.memtable_prefix_bloom_size_ratio = kMemtableFilterRatio;
      break;
    case Family::kContents:
      // Compactions would rewrite the chunks of documents again and again; in blob files they are written once.
      tuned.enable_blob_files = true;
      tuned.min_blob_size = kBlobBytesMin;
      tuned.blob_file_size = kBlobFileBytes;
      tuned.blob_compression_type = rocksdb::kZSTD;
      tuned.enable_blob_garbage_collection = true;
      break;
    case Family::kCounters:
      tuned.merge_operator = NewTallyMergeOperator();
      // max_successive_merges stays 0: counting a key's operands at every merge takes a sixth of the time of an insertion. The
      // engine bounds the operands of a key itself (Totals::WantsRebase).
      break;
    case Family::kMessages:
    case Family::kDocuments:
    case Family::kPrompts:
    case Family::kByOwner:
    case Family::kProgress:
    case Family::kOperations:
    case Family::kBackups:
    case Family::kLedger:
    case Family::kTokens:
      break;
  }
  return tuned;
}

rocksdb::ColumnFamilyOptions EmptyFamilyOptions(const std::shared_ptr<rocksdb::Cache>& block_cache) {
  rocksdb::ColumnFamilyOptions tuned = CommonOptions(block_cache);
  tuned.write_buffer_size = kWriteBufferBytesMin;
  return tuned;
}

}  // namespace coffer::storage
