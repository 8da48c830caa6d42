// Where should messages be stored: inline in SST files, or in blob files from some size on? Measures the same records under
// each placement: size on disk, full-scan rate, point-read time, and the bytes that an incremental backup would copy after a
// day of use. Prints a Markdown table; FORMAT.md states the decision.
//
//   message_placement [--data DIR] [--copies N] [--work DIR]

#include <rocksdb/metadata.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "corpus.h"
#include "peers/floor_encoding.h"
#include "peers/rocksdb_floor.h"
#include "require.h"

namespace coffer::bench {
namespace {

constexpr std::size_t kBatchConversations = 500;
constexpr std::size_t kPointReads = 40'000;
constexpr std::size_t kDays = 5;          // of use, each followed by an incremental backup
constexpr std::size_t kDailyShare = 100;  // a day adds 1/100 new conversations, and continues as many
constexpr std::size_t kRecentShare = 10;  // of those in the newest tenth
constexpr std::size_t kMessagesContinued = 2;

struct Placement {
  const char* name;
  bool blobs;
  std::uint64_t blob_bytes_min;
};

constexpr Placement kPlacements[] = {
    {"inline in SSTs", false, 0},     {"blobs from 0 B", true, 0},      {"blobs from 256 B", true, 256},
    {"blobs from 1 KiB", true, 1024}, {"blobs from 4 KiB", true, 4096},
};

struct Figures {
  std::uint64_t size_bytes = 0;
  double scan_megabytes_per_second = 0;
  double random_read_us = 0;
  std::vector<std::uint64_t> day_new_bytes;  // files that did not exist the day before
  std::uint64_t compaction_new_bytes = 0;    // the same after a forced full compaction
};

using FileSet = std::set<std::string>;

double SecondsOf(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

FloorTuning TuningFor(const Placement& placement) {
  FloorTuning tuning = MakeFloorTuning();
  auto& messages = tuning.families[static_cast<std::size_t>(FloorFamily::kMessages)];
  messages.enable_blob_files = placement.blobs;
  messages.min_blob_size = placement.blob_bytes_min;
  messages.blob_compression_type = rocksdb::kZSTD;
  messages.blob_file_size = std::uint64_t{64} << 20;
  messages.enable_blob_garbage_collection = true;
  return tuning;
}

// Live SST and blob files with their sizes: the files that a backup of the store at this moment contains.
std::vector<std::pair<std::string, std::uint64_t>> DataFiles(RocksdbFloor& floor) {
  std::vector<rocksdb::LiveFileStorageInfo> files;
  rocksdb::LiveFilesStorageInfoOptions options;
  options.wal_size_for_flush = UINT64_MAX;
  const rocksdb::Status status = floor.database().GetLiveFilesStorageInfo(options, &files);
  Require(status.ok(), "list files", status.ToString());
  std::vector<std::pair<std::string, std::uint64_t>> data;
  for (const auto& file : files) {
    const bool holds_rows = file.file_type == rocksdb::kTableFile || file.file_type == rocksdb::kBlobFile;
    if (holds_rows) data.emplace_back(file.relative_filename, file.size);
  }
  return data;
}

// Returns the bytes of the files that are not in `known`, and sets `known` to the current files.
std::uint64_t TakeNewBytes(RocksdbFloor& floor, FileSet& known) {
  std::uint64_t new_bytes = 0;
  FileSet now;
  for (const auto& [name, bytes] : DataFiles(floor)) {
    if (!known.contains(name)) new_bytes += bytes;
    now.insert(name);
  }
  known = std::move(now);
  return new_bytes;
}

void IngestRange(RocksdbFloor& floor, const CorpusCopies& corpus, std::size_t begin, std::size_t end) {
  std::vector<Conversation> batch;
  for (std::size_t position = begin; position < end; ++position) {
    batch.push_back(corpus.At(position));
    if (batch.size() < kBatchConversations && position + 1 < end) continue;
    floor.Ingest(EncodeBatch(batch, RowLayout::kRecordWithMessages));
    batch.clear();
  }
}

// Continues `count` conversations of the newest tenth before `end`: each gets two more messages in one commit.
void ContinueRecent(RocksdbFloor& floor, const CorpusCopies& corpus, std::size_t end, std::size_t count,
                    std::mt19937_64& random) {
  for (std::size_t i = 0; i < count; ++i) {
    Conversation conversation = corpus.At(end - 1 - random() % (end / kRecentShare));
    const Conversation before = conversation;
    const std::vector<Message> source = corpus.At(random() % end).messages;
    for (std::size_t added = 0; added < kMessagesContinued && added < source.size(); ++added) {
      conversation.messages.push_back(source[added]);
      conversation.messages.back().sequence_number = before.messages.size() + added;
    }
    EncodedBatch append = EncodeBatch({&conversation, 1}, RowLayout::kRecordWithMessages);
    auto& rows = append[static_cast<std::size_t>(FloorFamily::kMessages)];
    rows.erase(rows.begin(), rows.begin() + 1 + static_cast<std::ptrdiff_t>(before.messages.size()));
    append[static_cast<std::size_t>(FloorFamily::kByOwner)].clear();
    floor.Ingest(append);
  }
}

void MeasureReads(RocksdbFloor& floor, const CorpusCopies& corpus, std::size_t end, Figures& figures) {
  std::vector<std::string> ids;
  std::mt19937_64 random(7);
  for (std::size_t i = 0; i < kPointReads; ++i) ids.push_back(corpus.At(random() % end).id);
  for (const std::string& id : ids) floor.Read(id);
  const double seconds = SecondsOf([&] {
    for (const std::string& id : ids) Require(floor.Read(id) > 0, "no such conversation", id);
  });
  figures.random_read_us = seconds * 1e6 / kPointReads;

  std::uint64_t bytes = 0;
  const double scan_seconds = SecondsOf([&] {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = std::size_t{1} << 20;
    std::unique_ptr<rocksdb::Iterator> rows(floor.database().NewIterator(options, floor.family(FloorFamily::kMessages)));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) bytes += rows->value().size();
  });
  figures.scan_megabytes_per_second = static_cast<double>(bytes) / 1e6 / scan_seconds;
}

Figures Measure(const Placement& placement, const CorpusCopies& corpus, const std::filesystem::path& directory) {
  std::filesystem::remove_all(directory);
  Figures figures;
  {
    RocksdbFloor floor(directory, TuningFor(placement));
    const std::size_t daily = corpus.size() / kDailyShare;
    std::size_t end = corpus.size() - daily * kDays;
    IngestRange(floor, corpus, 0, end);
    floor.Flush();
    floor.CompactAll();
    figures.size_bytes = floor.size_bytes();
    MeasureReads(floor, corpus, end, figures);

    FileSet known;
    TakeNewBytes(floor, known);
    std::mt19937_64 random(11);
    for (std::size_t day = 0; day < kDays; ++day) {
      IngestRange(floor, corpus, end, end + daily);
      end += daily;
      ContinueRecent(floor, corpus, end, daily, random);
      floor.Flush();
      floor.WaitForCompactions();
      figures.day_new_bytes.push_back(TakeNewBytes(floor, known));
    }
    floor.CompactAll();
    figures.compaction_new_bytes = TakeNewBytes(floor, known);
  }
  std::filesystem::remove_all(directory);
  return figures;
}

void PrintRow(const Placement& placement, const Figures& figures) {
  std::printf("| %s | %.1f | %.0f | %.1f |", placement.name, static_cast<double>(figures.size_bytes) / 1e6,
              figures.scan_megabytes_per_second, figures.random_read_us);
  for (const std::uint64_t bytes : figures.day_new_bytes) std::printf(" %.1f |", static_cast<double>(bytes) / 1e6);
  std::printf(" %.1f |\n", static_cast<double>(figures.compaction_new_bytes) / 1e6);
  std::fflush(stdout);
}

int Run(int argc, char** argv) {
  std::filesystem::path data = "../shared/data";
  std::filesystem::path work = "message_placement.work";
  std::size_t copies = 4;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--data") == 0) data = argv[i + 1];
    if (std::strcmp(argv[i], "--work") == 0) work = argv[i + 1];
    if (std::strcmp(argv[i], "--copies") == 0) copies = std::strtoul(argv[i + 1], nullptr, 10);
  }
  const Corpus corpus = Corpus::Load(data);
  const CorpusCopies records(corpus, copies, IdForm::kUlid);
  std::printf("%s set, %zu copies, %zu conversations, %zu messages\n\n", corpus.generated() ? "Generated" : "Development",
              copies, records.size(), records.message_count());
  std::printf("| messages | size, MB | scan, MB/s | random read, us |");
  for (std::size_t day = 1; day <= kDays; ++day) std::printf(" new on day %zu, MB |", day);
  std::printf(" new after full compaction, MB |\n|---|---|---|---|");
  for (std::size_t day = 0; day <= kDays; ++day) std::printf("---|");
  std::printf("\n");
  for (const Placement& placement : kPlacements) PrintRow(placement, Measure(placement, records, work));
  return 0;
}

}  // namespace
}  // namespace coffer::bench

int main(int argc, char** argv) { return coffer::bench::Run(argc, argv); }
