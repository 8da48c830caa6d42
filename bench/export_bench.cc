// What does an export cost in each layout, compared with a raw scan of the same records with the same compression, SQLite and
// PostgreSQL, and what does an import of the export cost?
//
//   export_bench [--data DIR] [--work DIR] [--copies N] [--rounds N] [--out DIR]
//
// Prints a Markdown table of figures and ratios, and writes it with a chart to --out. Each task runs in a process of its own.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "coffer/export.h"
#include "coffer/import.h"
#include "corpus.h"
#include "figures.h"
#include "peers/coffer_peer.h"
#include "peers/floor_encoding.h"
#include "peers/postgres_peer.h"
#include "peers/rocksdb_floor.h"
#include "peers/sqlite_peer.h"
#include "program.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 500;
constexpr int kCompressionWorkers = 2;
constexpr double kPeakMegabytesMax = 268.4;  // 256 MiB
constexpr const char* kFormats[] = {"json", "ndjson", "csv", "sql", "xml"};

struct Settings {
  fs::path data = "../shared/data";
  fs::path work = fs::temp_directory_path() / "coffer-export-bench";
  fs::path out = "bench-results";
  std::size_t copies = 8;
  std::size_t rounds = 3;
};

FloorTuning PackedTuning() {
  FloorTuning tuning = MakeFloorTuning();
  tuning.layout = RowLayout::kPackedMessages;
  return tuning;
}

// Calls `take` with the records in batches. The time to make them is not measured.
template <typename Take>
void ForEachBatch(const Settings& settings, const Take& take) {
  const Corpus corpus = Corpus::Load(settings.data);
  const CorpusCopies copies(corpus, settings.copies, IdForm::kUlid);
  for (std::size_t begin = 0; begin < copies.size(); begin += kBatch) {
    std::vector<Conversation> batch;
    for (std::size_t i = begin; i < std::min(copies.size(), begin + kBatch); ++i) batch.push_back(copies.At(i));
    take(batch);
  }
}

Figures MakeFloor(const Settings& settings) {
  RocksdbFloor floor(settings.work / "floor", PackedTuning());
  ForEachBatch(settings,
               [&](const std::vector<Conversation>& batch) { floor.Ingest(EncodeBatch(batch, RowLayout::kPackedMessages)); });
  floor.Flush();
  floor.CompactAll();
  return {};
}

// The median user by number of conversations.
std::string MedianUser(const std::map<std::string, std::size_t>& users) {
  std::vector<std::pair<std::size_t, std::string>> by_count;
  by_count.reserve(users.size());
  for (const auto& [user, count] : users) by_count.emplace_back(count, user);
  std::ranges::sort(by_count);
  return by_count[by_count.size() / 2].second;
}

Figures MakeStore(const Settings& settings) {
  Figures figures;
  std::map<std::string, std::size_t> users;
  double bytes = 0;
  {
    CofferPeer peer(settings.work / "store");
    ForEachBatch(settings, [&](const std::vector<Conversation>& batch) {
      std::vector<HostConversation> hosts;
      for (const Conversation& conversation : batch) {
        ++users[std::string(conversation.user_id)];
        hosts.push_back(MakeHostConversation(conversation));
      }
      const Stopwatch watch;
      peer.Ingest(hosts);
      figures["ingest_s"] += watch.seconds();
    });
    peer.Compact();
  }
  std::ofstream(settings.work / "median-user") << MedianUser(users);
  const Corpus corpus = Corpus::Load(settings.data);
  bytes = static_cast<double>(corpus.conversation_json_bytes() * settings.copies);
  figures["json_mb"] = bytes / 1e6;
  figures["users"] = static_cast<double>(users.size());
  return figures;
}

Figures RunFloor(const Settings& settings) {
  RocksdbFloor floor(settings.work / "floor", PackedTuning());
  const fs::path path = settings.work / "floor.json.zst";
  Figures figures;
  const Stopwatch watch;
  floor.ExportJson(path, kCompressionWorkers);
  figures["seconds"] = watch.seconds();
  figures["file_mb"] = static_cast<double>(fs::file_size(path)) / 1e6;
  return figures;
}

Figures MakeSqlite(const Settings& settings) {
  SqlitePeer peer(settings.work / "peer.db");
  ForEachBatch(settings, [&](const std::vector<Conversation>& batch) { peer.Ingest(batch); });
  peer.Checkpoint();
  return {};
}

Figures WithFile(double seconds, const fs::path& path) {
  return {{"seconds", seconds}, {"file_mb", static_cast<double>(fs::file_size(path)) / 1e6}};
}

// json_object row by row in this process, into the same zstd with the same workers as the floor.
Figures RunSqliteJson(const Settings& settings, int workers) {
  SqlitePeer peer(settings.work / "peer.db");
  const fs::path path = settings.work / "sqlite.json.zst";
  const Stopwatch watch;
  peer.ExportJson(path, workers);
  return WithFile(watch.seconds(), path);
}

// The sqlite3 program's own CSV of both tables, through the zstd program.
Figures RunSqliteCsv(const Settings& settings) {
  const fs::path path = settings.work / "sqlite.csv.zst";
  const char* pipe =
      "sqlite3 -csv -header \"$DATABASE\" 'SELECT * FROM conversations ORDER BY id;"
      " SELECT * FROM messages ORDER BY conversation_id, sequence_number' | zstd -q -f -3 -T2 -o \"$FILE\"";
  const Stopwatch watch;
  RunProgram({"bash", "-o", "pipefail", "-c", pipe},
             {{{"DATABASE", (settings.work / "peer.db").string()}, {"FILE", path.string()}}});
  return WithFile(watch.seconds(), path);
}

// One cluster for all rounds, because creating it takes longer than the measured work.
Figures RunPostgres(const Settings& settings) {
  const fs::path folder = settings.work / "postgres";
  std::vector<Figures> runs;
  {
    PostgresPeer peer(folder);
    peer.Fill({settings.data, settings.copies, false, 0});
    for (std::size_t round = 0; round < settings.rounds; ++round) {
      Figures figures;
      figures["json_s"] = peer.CopyJson(folder / "json.zst");
      figures["csv_s"] = peer.CopyCsv(folder / "csv.zst");
      figures["json_mb"] = static_cast<double>(fs::file_size(folder / "json.zst")) / 1e6;
      figures["csv_mb"] = static_cast<double>(fs::file_size(folder / "csv.zst")) / 1e6;
      runs.push_back(std::move(figures));
    }
  }
  fs::remove_all(folder);
  return Median(runs);
}

Figures RunOne(const Settings& settings, const std::string& format, bool median_user) {
  CofferPeer peer(settings.work / "store");
  ExportOptions options;
  options.format = *ParseExportFormat(format);
  options.output = (settings.work / ("export-" + format)).string();
  if (median_user) {
    options.scope = ExportScope::kUser;
    std::ifstream(settings.work / "median-user") >> options.owner;
    options.output += "-user";
  }
  fs::remove(options.output);
  Figures figures;
  const Stopwatch watch;
  const Result<ExportReport> report = coffer::RunExport(peer.engine(), options);
  figures["seconds"] = watch.seconds();
  Require(report.ok(), "export", report.status().ToString());
  figures["peak_mb"] = PeakMemoryBytes() / 1e6;
  figures["file_mb"] = static_cast<double>(report->file_bytes) / 1e6;
  figures["conversations"] = static_cast<double>(report->conversations);
  return figures;
}

Figures ImportTask(const Settings& settings) {
  const fs::path directory = settings.work / "import";
  fs::remove_all(directory);
  Result<std::unique_ptr<Engine>> engine = Engine::Open(directory.string());
  Require(engine.ok(), "open", engine.status().ToString());
  Figures figures;
  const Stopwatch watch;
  const Result<ImportReport> report = RunImport(**engine, {(settings.work / "export-json").string()});
  figures["seconds"] = watch.seconds();
  Require(report.ok() && report->errors_total == 0, "import", report.status().ToString());
  figures["peak_mb"] = PeakMemoryBytes() / 1e6;
  Require((*engine)->Close().ok(), "close");
  fs::remove_all(directory);
  return figures;
}

template <typename... Figure>
std::string Text(const char* form, Figure... figures) {
  char text[200];
  std::snprintf(text, sizeof text, form, figures...);
  return text;
}

class Comparison {
 public:
  explicit Comparison(const Settings& settings) : settings_(settings) {}

  void Run() {
    fs::remove_all(settings_.work);
    fs::create_directories(settings_.work);
    fs::create_directories(settings_.out);
    Apart("make-floor");
    const Figures made = Apart("make-store");
    const double floor = Rounds("floor").at("seconds");
    std::map<std::string, Figures> exported;
    for (const char* format : kFormats) exported[format] = Rounds(format);
    const double json = exported["json"]["seconds"];
    const double megabytes = made.at("json_mb");
    Add("json, zstd 3", exported["json"], floor, "floor", 0.8);
    AddPeers(exported);
    Add("ndjson, zstd 3", exported["ndjson"], json, "our json", 0);
    Add("csv, zstd 3", exported["csv"], json, "our json", 0.6);
    Add("sql, zstd 3", exported["sql"], json, "our json", 0.6);
    Add("xml, zstd 3", exported["xml"], json, "our json", 0.5);
    const Figures user = Rounds("user");
    rows_.push_back({"scope user, the median of " + Text("%.0f", made.at("users")),
                     Text("%.3f s, %.0f conversations; everything %.2f s", user.at("seconds"), user.at("conversations"), json),
                     user.at("seconds") / json, "of everything", 0.03, true});
    const Figures import = Rounds("import");
    rows_.push_back(
        {"import of our json",
         Text("%.2f s, %.0f MB/s; ingest %.2f s", import.at("seconds"), megabytes / import.at("seconds"), made.at("ingest_s")),
         made.at("ingest_s") / import.at("seconds"), "× ingest", 0.75});
    AddPeak("import", import);
    for (const char* format : kFormats) AddPeak(format, exported[format]);
    const std::string table = MarkdownTable(rows_);
    std::printf("%.0f MB of JSON, %zu copies\n\n%s", megabytes, settings_.copies, table.c_str());
    std::ofstream(settings_.out / "export_bench.md") << table;
    WriteChart(settings_.out / "export_bench.svg", "Exports", rows_);
    fs::remove_all(settings_.work);
  }

 private:
  Figures Apart(const std::string& task) const {
    return RunApart({"--task", task, "--data", settings_.data.string(), "--work", settings_.work.string(), "--copies",
                     std::to_string(settings_.copies), "--rounds", std::to_string(settings_.rounds)});
  }
  Figures Rounds(const std::string& task) const {
    std::vector<Figures> runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) runs.push_back(Apart(task));
    return Median(runs);
  }
  void Add(const std::string& work, const Figures& figures, double against_seconds, const std::string& against,
           double must_reach) {
    rows_.push_back({work,
                     Text("%.2f s, file %.0f MB; %s %.2f s", figures.at("seconds"), figures.at("file_mb"), against.c_str(),
                          against_seconds),
                     against_seconds / figures.at("seconds"), "× " + against, must_reach});
  }
  void AddPeers(const std::map<std::string, Figures>& exported) {
    Apart("make-sqlite");
    const Figures& json = exported.at("json");
    const Figures& csv = exported.at("csv");
    Add("json, zstd 3", json, Rounds("sqlite-json").at("seconds"), "SQLite", 3);
    Add("json, zstd 3", json, Rounds("sqlite-json-alone").at("seconds"), "SQLite in one thread", 0);
    Add("csv, zstd 3", csv, Rounds("sqlite-csv").at("seconds"), "sqlite3 -csv | zstd -T2", 0);
    fs::remove(settings_.work / "peer.db");
    if (PostgresPeer::Programs().empty()) return;
    const Figures postgres = Apart("postgres");
    Add("json, zstd 3", json, postgres.at("json_s"), "PostgreSQL COPY", 4);
    Add("csv, zstd 3", csv, postgres.at("csv_s"), "PostgreSQL COPY", 0);
  }
  void AddPeak(const std::string& work, const Figures& figures) {
    rows_.push_back({"peak memory of " + work, Text("%.0f MB", figures.at("peak_mb")),
                     figures.at("peak_mb") / kPeakMegabytesMax, "of 256 MiB", 1, true});
  }

  Settings settings_;
  std::vector<Row> rows_;
};

Figures RunTask(const std::string& task, const Settings& settings) {
  if (task == "make-floor") return MakeFloor(settings);
  if (task == "make-store") return MakeStore(settings);
  if (task == "floor") return RunFloor(settings);
  if (task == "import") return ImportTask(settings);
  if (task == "make-sqlite") return MakeSqlite(settings);
  if (task == "sqlite-json") return RunSqliteJson(settings, kCompressionWorkers);
  if (task == "sqlite-json-alone") return RunSqliteJson(settings, 0);
  if (task == "sqlite-csv") return RunSqliteCsv(settings);
  if (task == "postgres") return RunPostgres(settings);
  if (task == "user") return RunOne(settings, "json", true);
  Require(std::ranges::find(kFormats, task) != std::end(kFormats), "no such task", task);
  return RunOne(settings, task, false);
}

int Main(int argc, char** argv) {
  Settings settings;
  std::string task;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--data") settings.data = value;
    if (name == "--work") settings.work = value;
    if (name == "--out") settings.out = value;
    if (name == "--copies") settings.copies = std::stoul(value);
    if (name == "--rounds") settings.rounds = std::stoul(value);
    if (name == "--task") task = value;
  }
  if (!task.empty()) {
    PrintFigures(RunTask(task, settings));
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
