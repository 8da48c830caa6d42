#include "peers/rocksdb_floor.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "require.h"
#include "zstd_file.h"

namespace coffer::bench {
namespace {

constexpr const char* kFamilyNames[kFloorFamilies] = {"conversations", "messages", "by_owner", "counters"};
constexpr std::size_t kWriteBufferTotalBytes = std::size_t{64} << 20;
// Two of each fit into the total, so that a memtable ends at its family's size. The manager, which picks the oldest memtable of
// any size, never ends one.
constexpr std::size_t kWriteBufferBytes[kFloorFamilies] = {std::size_t{4} << 20, std::size_t{16} << 20, std::size_t{2} << 20,
                                                           std::size_t{1} << 20};
constexpr std::size_t kBlockCacheBytes = std::size_t{96} << 20;
constexpr int kFlushZstdLevel = 1;
constexpr int kMergeZstdLevel = 6;
constexpr std::uint64_t kTargetFileBytes = std::uint64_t{16} << 20;
constexpr std::size_t kBlockBytes = std::size_t{8} << 10;

void RequireOk(const rocksdb::Status& status, std::string_view what) { Require(status.ok(), what, status.ToString()); }

rocksdb::Slice AsSlice(std::string_view text) { return {text.data(), text.size()}; }

// Adds 64-bit big-endian lanes modulo 2^64.
class AddLanes : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing, const rocksdb::Slice& operand, std::string* sum,
             rocksdb::Logger*) const override {
    *sum = operand.ToString();
    if (existing == nullptr) return true;
    if (existing->size() != operand.size()) return false;
    unsigned carry = 0;
    for (std::size_t byte = sum->size(); byte-- > 0;) {
      carry += static_cast<unsigned char>((*sum)[byte]) + static_cast<unsigned char>((*existing)[byte]);
      (*sum)[byte] = static_cast<char>(carry);
      carry = byte % 8 == 0 ? 0 : carry >> 8;
    }
    return true;
  }
  const char* Name() const override { return "coffer.bench.AddLanes"; }
};

}  // namespace

FloorTuning MakeFloorTuning() {
  FloorTuning tuning;
  tuning.database.create_if_missing = true;
  tuning.database.create_missing_column_families = true;
  tuning.database.max_background_jobs = 2;
  tuning.database.max_open_files = 512;
  tuning.database.max_manifest_file_size = std::uint64_t{4} << 20;
  tuning.database.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(kWriteBufferTotalBytes);

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  table.block_size = kBlockBytes;
  // Keeps the index blocks in the cache, so that their memory is bounded too.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  rocksdb::ColumnFamilyOptions family;
  // One compression type at every level: files of ascending keys then move down by a manifest change alone. A change of type
  // would read and write each of them again.
  family.compression = rocksdb::kZSTD;
  family.bottommost_compression = rocksdb::kDisableCompressionOption;
  // The level may differ where the type may not: flushes, which ingest waits for, use the lowest.
  family.compression_opts.level = kFlushZstdLevel;
  family.bottommost_compression_opts.enabled = true;
  family.bottommost_compression_opts.level = kMergeZstdLevel;
  // A merge rewrites whole files, however little it adds, and the next incremental backup copies them.
  family.target_file_size_base = kTargetFileBytes;
  family.level_compaction_dynamic_level_bytes = true;
  for (std::size_t place = 0; place < kFloorFamilies; ++place) {
    // A filter pays off where missing keys are looked up; the other families are read by ranges.
    const bool filtered = place == static_cast<std::size_t>(FloorFamily::kConversations);
    table.filter_policy.reset(filtered ? rocksdb::NewBloomFilterPolicy(10) : nullptr);
    family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    family.write_buffer_size = kWriteBufferBytes[place];
    tuning.families[place] = family;
  }
  tuning.families[static_cast<std::size_t>(FloorFamily::kCounters)].merge_operator = std::make_shared<AddLanes>();
  return tuning;
}

RocksdbFloor::RocksdbFloor(const std::filesystem::path& directory, const FloorTuning& tuning) : layout_(tuning.layout) {
  durable_.sync = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors{{rocksdb::kDefaultColumnFamilyName, {}}};
  for (std::size_t family = 0; family < kFloorFamilies; ++family) {
    descriptors.emplace_back(kFamilyNames[family], tuning.families[family]);
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* database = nullptr;
  RequireOk(rocksdb::DB::Open(tuning.database, directory.string(), descriptors, &handles, &database), "open");
  database_.reset(database);
  database_->DestroyColumnFamilyHandle(handles.front());
  std::copy(handles.begin() + 1, handles.end(), handles_.begin());
}

RocksdbFloor::~RocksdbFloor() {
  for (rocksdb::ColumnFamilyHandle* handle : handles_) database_->DestroyColumnFamilyHandle(handle);
  database_->Close().PermitUncheckedError();
}

void RocksdbFloor::Ingest(const EncodedBatch& batch) {
  ingest_.Clear();
  for (FloorFamily written : {FloorFamily::kConversations, FloorFamily::kMessages, FloorFamily::kByOwner}) {
    for (const EncodedRow& row : batch[static_cast<std::size_t>(written)]) {
      RequireOk(ingest_.Put(family(written), row.key, row.value), "put");
    }
  }
  for (const EncodedRow& row : batch[static_cast<std::size_t>(FloorFamily::kCounters)]) {
    RequireOk(ingest_.Merge(family(FloorFamily::kCounters), row.key, row.value), "merge");
  }
  RequireOk(database_->Write(durable_, &ingest_), "write");
}

std::size_t RocksdbFloor::Read(std::string_view id) {
  rocksdb::ReadOptions options;
  std::string row;
  std::size_t bytes = 0;
  if (layout_ == RowLayout::kRecordApart) {
    rocksdb::PinnableSlice record;
    const rocksdb::Status found = database_->Get(options, family(FloorFamily::kConversations), AsSlice(id), &record);
    if (found.IsNotFound()) return 0;
    RequireOk(found, "get");
    row.assign(record.data(), record.size());
    bytes += row.size();
  }
  const std::string end = MessagesEnd(id);
  const rocksdb::Slice upper_bound(end);
  options.iterate_upper_bound = &upper_bound;
  std::unique_ptr<rocksdb::Iterator> rows(database_->NewIterator(options, family(FloorFamily::kMessages)));
  for (rows->Seek(FirstRowKey(id)); rows->Valid(); rows->Next()) {
    row.assign(rows->value().data(), rows->value().size());
    bytes += row.size();
  }
  RequireOk(rows->status(), "read messages");
  return bytes;
}

// What a delete needs of each conversation, read by one MultiGet per family: the record with its owner, and the summary if that
// is a row of its own.
struct RocksdbFloor::Doomed {
  std::vector<std::string> summary_keys;
  std::vector<rocksdb::PinnableSlice> records, summaries;
  std::vector<rocksdb::Status> record_statuses, summary_statuses;
};

RocksdbFloor::Doomed RocksdbFloor::ReadDoomed(std::span<const OwnedId> batch) {
  Doomed doomed;
  std::vector<rocksdb::Slice> keys;
  for (const OwnedId& owned : batch) keys.emplace_back(owned.id);
  doomed.records.resize(batch.size());
  doomed.record_statuses.resize(batch.size());
  database_->MultiGet({}, family(FloorFamily::kConversations), batch.size(), keys.data(), doomed.records.data(),
                      doomed.record_statuses.data());
  if (layout_ != RowLayout::kRecordApart) return doomed;
  for (const OwnedId& owned : batch) doomed.summary_keys.push_back(FirstRowKey(owned.id));
  keys.assign(doomed.summary_keys.begin(), doomed.summary_keys.end());
  doomed.summaries.resize(batch.size());
  doomed.summary_statuses.resize(batch.size());
  database_->MultiGet({}, family(FloorFamily::kMessages), batch.size(), keys.data(), doomed.summaries.data(),
                      doomed.summary_statuses.data());
  return doomed;
}

void RocksdbFloor::DeleteRows(rocksdb::WriteBatch& write, const std::string& id, const RecordHeader& header,
                              const MessageSummary& summary) {
  const auto remove = [this, &write](FloorFamily from, const std::string& key) {
    RequireOk(write.Delete(family(from), key), "delete");
  };
  remove(FloorFamily::kConversations, id);
  remove(FloorFamily::kByOwner, ByOwnerKey(header.owner, header.created_at_us, id));
  remove(FloorFamily::kMessages, FirstRowKey(id));
  if (layout_ == RowLayout::kPackedMessages) return remove(FloorFamily::kMessages, PackedMessagesKey(id));
  for (std::uint64_t i = 0; i < summary.message_count; ++i) {
    remove(FloorFamily::kMessages, MessageKey(id, summary.first_sequence_number + i));
  }
}

std::size_t RocksdbFloor::DeleteOwned(std::span<const OwnedId> batch) {
  const Doomed doomed = ReadDoomed(batch);
  rocksdb::WriteBatch write;
  std::size_t deleted = 0;
  std::map<std::string, CounterDelta> deltas;
  const auto uncount = [&deltas](std::string key, std::uint64_t records, std::uint64_t bytes) {
    CounterDelta& delta = deltas[std::move(key)];
    delta.records -= static_cast<std::int64_t>(records);
    delta.bytes -= static_cast<std::int64_t>(bytes);
  };
  for (std::size_t place = 0; place < batch.size(); ++place) {
    if (!doomed.record_statuses[place].ok()) continue;
    const std::string_view record = doomed.records[place].ToStringView();
    const auto header = DecodeRecordHeader(record);
    const auto summary =
        DecodeSummary(layout_ == RowLayout::kRecordApart ? doomed.summaries[place].ToStringView() : RecordBody(record));
    if (!header || !summary || header->owner != batch[place].user_id) continue;
    DeleteRows(write, batch[place].id, *header, *summary);
    uncount(OwnerCounterKey('c', header->owner), 1, record.size());
    uncount(TotalCounterKey('c'), 1, record.size());
    uncount(OwnerCounterKey('m', header->owner), summary->message_count, summary->bytes);
    uncount(TotalCounterKey('m'), summary->message_count, summary->bytes);
    ++deleted;
  }
  for (const auto& [key, delta] : deltas) {
    RequireOk(write.Merge(family(FloorFamily::kCounters), key, EncodeCounterDelta(delta)), "merge");
  }
  RequireOk(database_->Write(durable_, &write), "write deletes");
  return deleted;
}

namespace {

rocksdb::ReadOptions ScanOptions() {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{1} << 20;
  return options;
}

// Appends a conversation's messages, from the position of `messages` to the first row of another conversation.
void AppendMessages(rocksdb::Iterator& messages, const std::string& id, ZstdFile& file) {
  file.Append(",\"messages\":[");
  for (bool first = true; messages.Valid() && messages.key().starts_with(id); messages.Next()) {
    if (!first) file.Append(",");
    first = false;
    file.Append(MessageJson(messages.value().ToStringView()));
  }
  file.Append("]}\n");
}

}  // namespace

std::uint64_t RocksdbFloor::ExportJson(const std::filesystem::path& path, int zstd_workers) {
  ZstdFile file(path, zstd_workers);
  std::unique_ptr<rocksdb::Iterator> records(database_->NewIterator(ScanOptions(), family(FloorFamily::kConversations)));
  std::unique_ptr<rocksdb::Iterator> messages(database_->NewIterator(ScanOptions(), family(FloorFamily::kMessages)));
  messages->SeekToFirst();
  for (records->SeekToFirst(); records->Valid(); records->Next(), Require(messages->status().ok(), "scan")) {
    Require(messages->Valid(), "conversation without its first row", records->key().ToStringView());
    std::string_view json =
        layout_ == RowLayout::kRecordApart ? RecordBody(records->value().ToStringView()) : messages->value().ToStringView();
    json.remove_suffix(1);  // the object's end: its messages come before it
    file.Append(json);
    messages->Next();
    AppendMessages(*messages, records->key().ToString(), file);
  }
  RequireOk(records->status(), "scan conversations");
  file.Finish();
  return file.text_bytes();
}

void RocksdbFloor::Flush() { RequireOk(database_->Flush({}, {handles_.begin(), handles_.end()}), "flush"); }

void RocksdbFloor::CompactAll() {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    RequireOk(database_->CompactRange(options, handle, nullptr, nullptr), "compact");
  }
}

void RocksdbFloor::WaitForCompactions() {
  constexpr auto kPoll = std::chrono::milliseconds(20);
  const auto busy = [this](rocksdb::ColumnFamilyHandle* handle) {
    for (const char* property : {"rocksdb.num-running-flushes", "rocksdb.num-running-compactions",
                                 "rocksdb.mem-table-flush-pending", "rocksdb.compaction-pending"}) {
      std::uint64_t value = 0;
      if (database_->GetIntProperty(handle, property, &value) && value > 0) return true;
    }
    return false;
  };
  while (std::any_of(handles_.begin(), handles_.end(), busy)) std::this_thread::sleep_for(kPoll);
}

std::uint64_t RocksdbFloor::size_bytes() const {
  std::uint64_t bytes = 0;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    for (const char* property : {rocksdb::DB::Properties::kLiveSstFilesSize.c_str(), "rocksdb.live-blob-file-size"}) {
      std::uint64_t value = 0;
      if (database_->GetIntProperty(handle, property, &value)) bytes += value;
    }
  }
  return bytes;
}

}  // namespace coffer::bench
