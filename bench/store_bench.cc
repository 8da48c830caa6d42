// How fast and how small is Coffer compared with SQLite and with bare RocksDB, on the same records in the same run?
//
//   store_bench [--data DIR] [--work DIR] [--copies N] [--rounds N] [--out DIR]
//
// Prints a Markdown table of figures and ratios, and writes it with a chart to --out. Each contender runs in a process of its
// own.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "coffer/import.h"
#include "corpus.h"
#include "figures.h"
#include "peers/coffer_peer.h"
#include "peers/floor_encoding.h"
#include "peers/rocksdb_floor.h"
#include "peers/sqlite_peer.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 500;
constexpr std::size_t kReads = 40'000;
constexpr std::size_t kHot = 2'000;
constexpr int kCompressionWorkers = 2;
constexpr std::uint64_t kSeed = 7;
// The rows that Coffer writes for a conversation with its messages.
constexpr RowLayout kFloorLayout = RowLayout::kPackedMessages;

struct Settings {
  fs::path data = "../shared/data";
  fs::path work = fs::temp_directory_path() / "coffer-bench";
  fs::path out = "bench-results";
  std::size_t copies = 4;
  std::size_t rounds = 3;
};

// One interface for the three, for the work that all of them do.
struct SqliteContender {
  using Prepared = Conversation;
  SqlitePeer peer;
  explicit SqliteContender(const fs::path& directory) : peer(directory / "peer.db") {}
  static std::vector<Prepared> Prepare(std::vector<Conversation> batch) { return batch; }
  void Ingest(const std::vector<Prepared>& batch) { peer.Ingest(std::span<const Conversation>(batch)); }
  void Export(const fs::path& path) { peer.ExportJson(path, kCompressionWorkers); }
  void ExportInOneThread(const fs::path& path) { peer.ExportJson(path, 0); }
  void Compact() { peer.Checkpoint(); }
  double Size() { return static_cast<double>(peer.size_bytes()); }
  void Statistics() { peer.StatisticsByUser(); }
};

struct FloorContender {
  RocksdbFloor peer;
  explicit FloorContender(const fs::path& directory) : peer(directory / "floor", Tuning()) {}
  static FloorTuning Tuning() {
    FloorTuning tuning = MakeFloorTuning();
    tuning.layout = kFloorLayout;
    return tuning;
  }
  static EncodedBatch Prepare(const std::vector<Conversation>& batch) { return EncodeBatch(batch, kFloorLayout); }
  void Ingest(const EncodedBatch& batch) { peer.Ingest(batch); }
  void Export(const fs::path& path) { peer.ExportJson(path, kCompressionWorkers); }
  void Compact() {
    peer.Flush();
    peer.CompactAll();
  }
  double Size() { return static_cast<double>(peer.size_bytes()); }
  void Statistics() {}
};

struct CofferContender {
  CofferPeer peer;
  explicit CofferContender(const fs::path& directory) : peer(directory / "store") {}
  static std::vector<HostConversation> Prepare(const std::vector<Conversation>& batch) {
    std::vector<HostConversation> prepared;
    prepared.reserve(batch.size());
    for (const Conversation& conversation : batch) prepared.push_back(MakeHostConversation(conversation));
    return prepared;
  }
  void Ingest(const std::vector<HostConversation>& batch) { peer.Ingest(batch); }
  void Export(const fs::path& path) { peer.ExportJson(path); }
  void Compact() { peer.Compact(); }
  double Size() { return static_cast<double>(peer.size_bytes()); }
  void Statistics() { Require(peer.engine().Statistics().ok(), "statistics"); }
};

fs::path FreshDirectory(const fs::path& directory) {
  fs::remove_all(directory);
  fs::create_directories(directory);
  return directory;
}

template <typename Peer>
double MicrosecondsPerRead(Peer& peer, const std::vector<OwnedId>& ids, const std::vector<std::size_t>& places) {
  const Stopwatch watch;
  for (std::size_t place : places) Require(peer.Read(ids[place].id) > 0, "read", ids[place].id);
  return watch.seconds() / static_cast<double>(places.size()) * 1e6;
}

// Everything one contender does with one set of records. `full` false: ingest and size only.
template <typename Contender>
Figures RunSuite(const Settings& settings, IdForm id_form, bool full, const fs::path& directory) {
  const Corpus corpus = Corpus::Load(settings.data);
  const CorpusCopies copies(corpus, settings.copies, id_form);
  using Prepared = decltype(Contender::Prepare(std::vector<Conversation>()));
  std::vector<Prepared> batches;
  std::vector<OwnedId> ids;
  for (std::size_t begin = 0; begin < copies.size(); begin += kBatch) {
    std::vector<Conversation> batch;
    for (std::size_t i = begin; i < std::min(copies.size(), begin + kBatch); ++i) {
      batch.push_back(copies.At(i));
      ids.push_back({batch.back().id, std::string(batch.back().user_id)});
    }
    batches.push_back(Contender::Prepare(std::move(batch)));
  }

  Figures figures;
  Contender contender(FreshDirectory(directory));
  {
    const Stopwatch watch;
    for (const Prepared& batch : batches) contender.Ingest(batch);
    figures["ingest_s"] = watch.seconds();
  }
  figures["json_mb"] = static_cast<double>(copies.conversation_json_bytes()) / 1e6;
  batches.clear();
  contender.Compact();
  figures["size_mb"] = contender.Size() / 1e6;
  if (!full) return figures;

  std::mt19937_64 random(kSeed);
  std::vector<std::size_t> places(kReads);
  for (std::size_t& place : places) place = random() % ids.size();
  MicrosecondsPerRead(contender.peer, ids, places);  // opens the files
  figures["random_read_us"] = MicrosecondsPerRead(contender.peer, ids, places);
  std::vector<std::size_t> hot(kHot);
  for (std::size_t& place : hot) place = random() % ids.size();
  for (std::size_t& place : places) place = hot[random() % hot.size()];
  MicrosecondsPerRead(contender.peer, ids, places);
  figures["hot_read_us"] = MicrosecondsPerRead(contender.peer, ids, places);

  {
    const Stopwatch watch;
    contender.Export(directory / "export.json.zst");
    figures["export_s"] = watch.seconds();
  }
  if constexpr (requires { contender.ExportInOneThread(directory); }) {
    const Stopwatch watch;
    contender.ExportInOneThread(directory / "one-thread.json.zst");
    figures["export_one_thread_s"] = watch.seconds();
  }
  {
    const Stopwatch watch;
    contender.Statistics();
    figures["statistics_ms"] = watch.seconds() * 1e3;
  }
  std::vector<OwnedId> doomed;
  for (std::size_t i = 0; i < ids.size(); i += 10) doomed.push_back(ids[i]);
  const Stopwatch watch;
  std::size_t gone = 0;
  for (std::size_t i = 0; i < doomed.size(); i += kBatch) {
    gone += contender.peer.DeleteOwned({doomed.data() + i, std::min(kBatch, doomed.size() - i)});
  }
  figures["delete_s"] = watch.seconds();
  Require(gone == doomed.size(), "every 10th conversation is deleted");
  return figures;
}

// Writes the records as an NDJSON file, for import.
void WriteRecords(const Settings& settings, std::size_t copies, const fs::path& path) {
  const Corpus corpus = Corpus::Load(settings.data);
  const CorpusCopies records(corpus, copies, IdForm::kUlid);
  std::ofstream lines(path, std::ios::binary);
  for (std::size_t i = 0; i < records.size(); ++i) lines << ConversationLine(records.At(i)) << '\n';
  Require(lines.flush().good(), "writing", path.string());
}

Figures ImportTask(const fs::path& records, const fs::path& directory) {
  Result<std::unique_ptr<Engine>> engine = Engine::Open(FreshDirectory(directory).string());
  Require(engine.ok(), "open", engine.status().ToString());
  ImportOptions options;
  options.kind = Kind::kConversation;
  Figures figures;
  const Stopwatch watch;
  Result<ImportReport> report = RunImport(**engine, {records.string()}, options);
  figures["import_s"] = watch.seconds();
  Require(report.ok() && report->failed == 0, "import", report.status().ToString());
  figures["peak_memory_mb"] = PeakMemoryBytes() / 1e6;
  Require((*engine)->Close().ok(), "close");
  return figures;
}

Figures RunExport(const fs::path& directory) {
  Figures figures;
  CofferPeer peer(directory);
  fs::remove(directory.parent_path() / "again.json.zst");
  const Stopwatch watch;
  peer.ExportJson(directory.parent_path() / "again.json.zst");
  figures["export_s"] = watch.seconds();
  figures["peak_memory_mb"] = PeakMemoryBytes() / 1e6;
  const Stopwatch statistics;
  constexpr int kRepeats = 100;
  for (int i = 0; i < kRepeats; ++i) Require(peer.engine().Statistics().ok(), "statistics");
  figures["statistics_ms"] = statistics.seconds() * 1e3 / kRepeats;
  return figures;
}

// Statistics after `appends` single appends, with no memtable flushed in between as far as its limit allows.
Figures RunAppends(const fs::path& directory, std::size_t appends) {
  Figures figures;
  CofferPeer peer(FreshDirectory(directory));
  std::vector<std::string> ids;
  for (int owner = 0; owner < 200; ++owner) {
    coffer::Conversation conversation;
    conversation.user_id = "user-" + std::to_string(owner);
    conversation.title = "appends";
    Result<std::string> id = peer.engine().PutConversation(conversation);
    Require(id.ok(), "put", id.status().ToString());
    ids.push_back(*id);
  }
  coffer::Message message;
  message.content = "one more";
  const WriteOptions buffered{Durability::kBuffered};
  std::mt19937_64 random(kSeed);
  double slowest_ms = 0;
  const Stopwatch watch;
  for (std::size_t i = 0; i < appends; ++i) {
    Require(peer.engine().AppendMessage(ids[random() % ids.size()], message, buffered).ok(), "append");
    if (i % 10'000 != 9'999) continue;
    const Stopwatch statistics;
    Require(peer.engine().Statistics().ok(), "statistics");
    slowest_ms = std::max(slowest_ms, statistics.seconds() * 1e3);
  }
  figures["append_us"] = watch.seconds() / static_cast<double>(appends) * 1e6;
  constexpr int kRepeats = 100;
  const Stopwatch statistics;
  for (int i = 0; i < kRepeats; ++i) Require(peer.engine().Statistics().ok(), "statistics");
  figures["statistics_ms"] = statistics.seconds() * 1e3 / kRepeats;
  figures["statistics_slowest_ms"] = slowest_ms;
  return figures;
}

// A read after each of many single deletes, compared with the same reads on an idle store.
Figures RunSingleDeletes(const Settings& settings, const fs::path& directory) {
  const Corpus corpus = Corpus::Load(settings.data);
  const CorpusCopies copies(corpus, 1, IdForm::kUlid);
  CofferPeer peer(FreshDirectory(directory));
  std::vector<OwnedId> ids;
  for (std::size_t begin = 0; begin < copies.size(); begin += kBatch) {
    std::vector<HostConversation> batch;
    for (std::size_t i = begin; i < std::min(copies.size(), begin + kBatch); ++i) {
      const Conversation conversation = copies.At(i);
      ids.push_back({conversation.id, std::string(conversation.user_id)});
      batch.push_back(MakeHostConversation(conversation));
    }
    peer.Ingest(batch);
  }
  constexpr std::size_t kDeletes = 10'000;
  std::mt19937_64 random(kSeed);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i % 3 != 0) kept.push_back(i);
  }
  const auto median_read_us = [&](bool deleting) {
    std::vector<double> times;
    const WriteOptions buffered{Durability::kBuffered};
    for (std::size_t i = 0; i < kDeletes; ++i) {
      if (deleting) Require(peer.engine().Delete(Kind::kConversation, ids[i * 3].id, {}, buffered).ok(), "delete");
      const std::string& id = ids[kept[random() % kept.size()]].id;
      const Stopwatch watch;
      Require(peer.Read(id) > 0, "read", id);
      times.push_back(watch.seconds() * 1e6);
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
  };
  Figures figures;
  median_read_us(false);
  figures["quiet_us"] = median_read_us(false);
  figures["between_deletes_us"] = median_read_us(true);
  return figures;
}

std::string Text(const char* form, double a, double b = 0, double c = 0) {
  char text[160];
  std::snprintf(text, sizeof text, form, a, b, c);
  return text;
}

Figures SuiteOf(const std::string& contender, const Settings& settings, IdForm id_form, bool full) {
  const fs::path directory = settings.work / contender;
  if (contender == "sqlite") return RunSuite<SqliteContender>(settings, id_form, full, directory);
  if (contender == "floor") return RunSuite<FloorContender>(settings, id_form, full, directory);
  return RunSuite<CofferContender>(settings, id_form, full, directory);
}

class Comparison {
 public:
  explicit Comparison(const Settings& settings) : settings_(settings) {}

  void Run() {
    fs::create_directories(settings_.work);
    fs::create_directories(settings_.out);
    CompareSuites();
    CompareRandomIds();
    CompareImport();
    MeasureMemoryAndStatistics();
    MeasureSingles();
    const std::string table = MarkdownTable(rows_);
    std::printf("\n%s", table.c_str());
    std::ofstream(settings_.out / "store.md") << table;
    WriteChart(settings_.out / "store.svg", "Coffer at x" + std::to_string(settings_.copies) + " of the data set", rows_);
  }

 private:
  Figures Apart(const std::string& task, const std::string& what, std::size_t copies) {
    std::fprintf(stderr, "%s %s x%zu\n", task.c_str(), what.c_str(), copies);
    return RunApart({"--task", task, "--what", what, "--data", settings_.data.string(), "--work", settings_.work.string(),
                     "--copies", std::to_string(copies)});
  }

  void CompareSuites() {
    std::map<std::string, std::vector<Figures>> runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) {
      for (const char* contender : {"sqlite", "floor", "coffer"}) {
        runs[contender].push_back(Apart("suite", contender, settings_.copies));
      }
    }
    Figures sqlite = Median(runs["sqlite"]);
    Figures floor = Median(runs["floor"]);
    coffer_ = Median(runs["coffer"]);
    const auto against = [&](const std::string& work, const std::string& name, const char* form, double sqlite_min,
                             double floor_min) {
      const std::string figures = Text(form, coffer_[name], sqlite[name], floor[name]);
      rows_.push_back({work, figures, sqlite[name] / coffer_[name], "× SQLite", sqlite_min});
      if (floor_min > 0) rows_.push_back({work, figures, floor[name] / coffer_[name], "× floor", floor_min});
    };
    against("durable ingest", "ingest_s", "%.2f s; SQLite %.2f, floor %.2f", 2.2, 0.9);
    against("point read, random", "random_read_us", "%.1f µs; SQLite %.1f, floor %.1f", 0.8, 0);
    against("point read, hottest 2,000", "hot_read_us", "%.1f µs; SQLite %.1f, floor %.1f", 1.3, 0.9);
    against("bulk delete of every 10th", "delete_s", "%.2f s; SQLite %.2f, floor %.2f", 3, 0.75);
    against("JSON export, zstd 3", "export_s", "%.2f s; SQLite %.2f, floor %.2f", 3, 0.7);
    rows_.push_back({"the same, SQLite without workers",
                     Text("%.2f s; SQLite %.2f", coffer_["export_s"], sqlite["export_one_thread_s"]),
                     sqlite["export_one_thread_s"] / coffer_["export_s"], "× SQLite", 0});
    rows_.push_back({"size after compaction",
                     Text("%.1f MB; SQLite %.1f, floor %.1f", coffer_["size_mb"], sqlite["size_mb"], floor["size_mb"]),
                     coffer_["size_mb"] / sqlite["size_mb"], "× SQLite", 0.45, true});
    rows_.push_back({"statistics", Text("%.3f ms; SQLite %.0f", coffer_["statistics_ms"], sqlite["statistics_ms"]), 0, "", 0});
  }

  void CompareRandomIds() {
    Figures sqlite = Apart("suite-uuid", "sqlite", settings_.copies);
    Figures floor = Apart("suite-uuid", "floor", settings_.copies);
    Figures coffer = Apart("suite-uuid", "coffer", settings_.copies);
    rows_.push_back({"durable ingest, random UUIDs",
                     Text("%.2f s; SQLite %.2f, floor %.2f", coffer["ingest_s"], sqlite["ingest_s"], floor["ingest_s"]),
                     sqlite["ingest_s"] / coffer["ingest_s"], "× SQLite", 0});
    rows_.push_back({"size, random UUIDs",
                     Text("%.1f MB; SQLite %.1f, floor %.1f", coffer["size_mb"], sqlite["size_mb"], floor["size_mb"]),
                     coffer["size_mb"] / sqlite["size_mb"], "× SQLite", 0, true});
  }

  void CompareImport() {
    WriteRecords(settings_, settings_.copies, settings_.work / "records.ndjson");
    std::vector<Figures> runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) runs.push_back(Apart("import", "coffer", settings_.copies));
    Figures import = Median(runs);
    rows_.push_back({"import from NDJSON", Text("%.2f s; ingest from memory %.2f", import["import_s"], coffer_["ingest_s"]),
                     coffer_["ingest_s"] / import["import_s"], "× ingest", 0.75});
  }

  void MeasureMemoryAndStatistics() {
    constexpr double kPeakMegabytesMax = 256 * 1.048576;
    for (std::size_t copies : {1, 8}) {
      const std::string at = " at ×" + std::to_string(copies);
      WriteRecords(settings_, copies, settings_.work / "records.ndjson");
      Figures import = Apart("import", "coffer", copies);
      Figures exported = Apart("export", "coffer", copies);
      rows_.push_back({"peak memory of ingest" + at, Text("%.0f MB", import["peak_memory_mb"]),
                       import["peak_memory_mb"] / kPeakMegabytesMax, "of 256 MiB", 1, true});
      rows_.push_back({"peak memory of export" + at, Text("%.0f MB", exported["peak_memory_mb"]),
                       exported["peak_memory_mb"] / kPeakMegabytesMax, "of 256 MiB", 1, true});
      rows_.push_back({"statistics" + at, Text("%.3f ms", exported["statistics_ms"]), exported["statistics_ms"] / 0.3,
                       "of 0.3 ms", 1, true});
    }
  }

  void MeasureSingles() {
    Figures appends = Apart("appends", "coffer", 1);
    rows_.push_back({"statistics after 1,000,000 single appends",
                     Text("%.3f ms; slowest while appending %.3f; an append %.1f µs", appends["statistics_ms"],
                          appends["statistics_slowest_ms"], appends["append_us"]),
                     appends["statistics_ms"] / 0.3, "of 0.3 ms", 1, true});
    Figures deletes = Apart("single-deletes", "coffer", 1);
    rows_.push_back({"a read between single deletes",
                     Text("%.1f µs; quiet %.1f", deletes["between_deletes_us"], deletes["quiet_us"]),
                     deletes["between_deletes_us"] / deletes["quiet_us"], "× quiet", 2, true});
  }

  Settings settings_;
  std::vector<Row> rows_;
  Figures coffer_;
};

Figures RunTask(const std::string& task, const std::string& what, const Settings& settings) {
  constexpr std::size_t kAppends = 1'000'000;
  if (task == "suite") return SuiteOf(what, settings, IdForm::kUlid, true);
  if (task == "suite-uuid") return SuiteOf(what, settings, IdForm::kRandomUuid, false);
  if (task == "import") return ImportTask(settings.work / "records.ndjson", settings.work / "import");
  if (task == "export") return RunExport(settings.work / "import");
  if (task == "appends") return RunAppends(settings.work / "appends", kAppends);
  Require(task == "single-deletes", "no such task", task);
  return RunSingleDeletes(settings, settings.work / "single-deletes");
}

int Main(int argc, char** argv) {
  Settings settings;
  std::string task;
  std::string what;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--data") settings.data = value;
    if (name == "--work") settings.work = value;
    if (name == "--out") settings.out = value;
    if (name == "--copies") settings.copies = std::stoul(value);
    if (name == "--rounds") settings.rounds = std::stoul(value);
    if (name == "--task") task = value;
    if (name == "--what") what = value;
  }
  if (!task.empty()) {
    PrintFigures(RunTask(task, what, settings));
    return 0;
  }
  if (!fs::exists(settings.data / "conversations.ndjson.zst"))
    std::printf("no data set at %s: measured on generated records\n", settings.data.c_str());
  Comparison(settings).Run();
  return 0;
}

}  // namespace
}  // namespace coffer::bench

int main(int argc, char** argv) { return coffer::bench::Main(argc, argv); }
