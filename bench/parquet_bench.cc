// What does an export as Parquet cost, compared with DuckDB writing the same tables from its own, or from our NDJSON?
//
//   parquet_bench [--data DIR] [--work DIR] [--copies N] [--rounds N] [--out DIR]
//
// All with two threads and zstd level 3. Prints a Markdown table of figures and ratios, and writes it with a chart to --out.
// Needs python3 with venv, and PyPI for DuckDB.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "backup_store.h"
#include "coffer/export.h"
#include "figures.h"
#include "peers/coffer_peer.h"
#include "peers/duckdb_peer.h"
#include "program.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

constexpr double kPeakMegabytesMax = 268.4;  // 256 MiB

struct Settings {
  fs::path data = "../shared/data";
  fs::path work = fs::temp_directory_path() / "coffer-parquet-bench";
  fs::path out = "bench-results";
  std::size_t copies = 8;
  std::size_t rounds = 3;
};

// What is exported, and the tables that it becomes.
struct Part {
  const char* name;
  ExportScope scope;
  std::vector<std::string> tables;
};

const Part kParts[] = {{"everything", ExportScope::kFull, {"conversations", "messages", "contents", "documents", "prompts"}},
                       {"conversations", ExportScope::kConversation, {"conversations", "messages"}},
                       {"documents", ExportScope::kDocument, {"contents", "documents"}}};

Figures MakeStore(const Settings& settings) {
  BuildStore({settings.data, settings.copies, /*documents=*/true, /*days_held_back=*/0}, settings.work / "store");
  CofferPeer(settings.work / "store").Compact();
  return {};
}

Figures RunCoffer(const Settings& settings, ExportFormat format, ExportScope scope, const std::string& name) {
  CofferPeer peer(settings.work / "store");
  ExportOptions options;
  options.format = format;
  options.scope = scope;
  options.compress = format == ExportFormat::kParquet;
  options.output = (settings.work / name).string();
  fs::remove(options.output);
  SettleDevice();
  const Stopwatch watch;
  const Result<ExportReport> report = coffer::RunExport(peer.engine(), options);
  Figures figures;
  figures["seconds"] = watch.seconds();
  Require(report.ok(), "export", report.status().ToString());
  figures["peak_mb"] = PeakMemoryBytes() / 1e6;
  figures["file_mb"] = static_cast<double>(report->file_bytes) / 1e6;
  return figures;
}

Figures RunTask(const std::string& task, const Settings& settings) {
  if (task == "make-store") return MakeStore(settings);
  if (task == "ndjson") return RunCoffer(settings, ExportFormat::kNdjson, ExportScope::kConversation, "lines.ndjson");
  for (const Part& part : kParts) {
    if (task == part.name) return RunCoffer(settings, ExportFormat::kParquet, part.scope, task + ".tar");
  }
  Require(false, "no such task", task);
  return {};
}

template <typename... Figure>
std::string Text(const char* form, Figure... figures) {
  char text[200];
  std::snprintf(text, sizeof text, form, figures...);
  return text;
}

class Comparison {
 public:
  explicit Comparison(const Settings& settings)
      : settings_(settings), duckdb_(settings.work.string() + "-environment"), answers_(settings.work / "duckdb") {}

  void Run() {
    FreshFolder(settings_.work);
    fs::create_directories(answers_);
    fs::create_directories(settings_.out);
    Apart("make-store");
    Apart("ndjson");
    for (const Part& part : kParts) ComparePart(part);
    const std::string table = MarkdownTable(rows_);
    std::printf("%zu copies\n\n%s", settings_.copies, table.c_str());
    std::ofstream(settings_.out / "parquet_bench.md") << table;
    WriteChart(settings_.out / "parquet_bench.svg", "Parquet", rows_);
    fs::remove_all(settings_.work);
  }

 private:
  Figures Apart(const std::string& task) const {
    return RunApart({"--task", task, "--data", settings_.data.string(), "--work", settings_.work.string(), "--copies",
                     std::to_string(settings_.copies)});
  }
  template <typename Measure>
  Figures Rounds(const Measure& measure) const {
    std::vector<Figures> runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) runs.push_back(measure());
    return Median(runs);
  }
  Figures Duckdb(std::vector<std::string> words) const {
    return Rounds([&] {
      SettleDevice();
      return duckdb_.Run(words);
    });
  }

  // DuckDB's tables are loaded from our export, so both write the same rows.
  void ComparePart(const Part& part) {
    const Figures ours = Rounds([&] { return Apart(part.name); });
    const fs::path files = FreshFolder(settings_.work / "files");
    RunProgram({"tar", "-xf", (settings_.work / (std::string(part.name) + ".tar")).string(), "-C", files.string()});
    const std::string database = (settings_.work / (std::string(part.name) + ".duckdb")).string();
    duckdb_.Run({"load", database, files.string()});
    std::vector<std::string> copy = {"copy", database};
    copy.insert(copy.end(), part.tables.begin(), part.tables.end());
    copy.push_back(answers_.string());
    const Figures theirs = Duckdb(copy);
    const bool is_all = part.scope == ExportScope::kFull;
    AddRate(part.name, ours, theirs, "DuckDB's own tables", is_all ? 0.65 : 0);
    rows_.push_back({std::string(part.name) + ", file",
                     Text("%.1f MB; DuckDB's %.1f MB", ours.at("file_mb"), theirs.at("file_mb")),
                     ours.at("file_mb") / theirs.at("file_mb"), "of DuckDB's", is_all ? 1.1 : 0, true});
    if (is_all) {
      rows_.push_back({std::string(part.name) + ", peak memory", Text("%.0f MB", ours.at("peak_mb")),
                       ours.at("peak_mb") / kPeakMegabytesMax, "of 256 MiB", 1, true});
    }
    if (part.scope != ExportScope::kConversation) return;
    const Figures from_lines = Duckdb({"ndjson", (settings_.work / "lines.ndjson").string(), answers_.string()});
    AddRate(part.name, ours, from_lines, "DuckDB from our NDJSON", 1.2);
  }

  void AddRate(const std::string& work, const Figures& ours, const Figures& theirs, const std::string& against,
               double must_reach) {
    rows_.push_back({work,
                     Text("%.2f s, %.0f MB of memory; %s %.2f s, %.0f MB", ours.at("seconds"), ours.at("peak_mb"),
                          against.c_str(), theirs.at("seconds"), theirs.at("peak_mb")),
                     theirs.at("seconds") / ours.at("seconds"), "× its rate", must_reach});
  }

  Settings settings_;
  DuckdbPeer duckdb_;
  fs::path answers_;
  std::vector<Row> rows_;
};

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
