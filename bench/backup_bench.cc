// What do backups cost and how large are they, compared with RocksDB's BackupEngine, restic, SQLite and PostgreSQL on the same
// records in the same run?
//
//   backup_bench [--data DIR] [--work DIR] [--copies N] [--rounds N] [--out DIR]
//
// Prints Markdown tables of figures and ratios, and writes them with a chart to --out. Each step runs in a process of its own,
// with the store's files in the page cache.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "backup_store.h"
#include "backup_tasks.h"
#include "backup_week.h"
#include "figures.h"
#include "peers/backup_engine_peer.h"
#include "peers/postgres_peer.h"
#include "peers/restic_peer.h"
#include "peers/sqlite_backup.h"
#include "program.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

struct Settings {
  fs::path data = "../shared/data";
  fs::path work = fs::temp_directory_path() / "coffer-backup-bench";
  fs::path out = "bench-results";
  std::size_t copies = 8;
  std::size_t rounds = 3;
};

template <typename... Values>
std::string Text(const char* form, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, form, values...);
  return text;
}

double Megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

class Comparison {
 public:
  explicit Comparison(const Settings& settings) : settings_(settings) {}

  void Run() {
    FreshFolder(settings_.work);
    fs::create_directories(settings_.out);
    const std::size_t n = settings_.copies;
    Build("store", n, true, 0);
    CopyStore("store", "compacted");
    Apart("compact", {{"--store", Path("compacted")}});
    CompareFull("uncompacted", "store", 0.8);
    CompareFull("compacted", "compacted", 0.5);
    CompareRestore();
    MeasureSmall();
    MeasureMemory();
    MeasureSwitches();
    MeasureCommits();
    fs::remove_all(settings_.work / "compacted");
    fs::remove_all(settings_.work / "store");
    std::string weeks = Week("with documents", true, 0.3);
    weeks += Week("without documents", false, 1.2);
    CompareDatabases();
    const std::string tables = MarkdownTable(rows_) + weeks;
    std::printf("\n%s", tables.c_str());
    std::ofstream(settings_.out / "backup.md") << tables;
    WriteChart(settings_.out / "backup.svg", "Backups of x" + std::to_string(n) + " of the data set", rows_);
    fs::remove_all(settings_.work);
  }

 private:
  using Words = std::vector<std::pair<std::string, std::string>>;

  std::string Path(const std::string& name) const { return (settings_.work / name).string(); }

  Figures Apart(const std::string& task, const Words& words) {
    std::vector<std::string> arguments = {"--task", task, "--data", settings_.data.string(), "--work", settings_.work.string()};
    std::string line = task;
    for (const auto& [name, value] : words) {
      arguments.insert(arguments.end(), {name, value});
      line += " " + fs::path(value).filename().string();
    }
    std::fprintf(stderr, "%s\n", line.c_str());
    return RunApart(arguments);
  }

  void Build(const std::string& name, std::size_t copies, bool documents, std::size_t held_back) {
    Apart("build", {{"--store", Path(name)},
                    {"--copies", std::to_string(copies)},
                    {"--documents", documents ? "1" : "0"},
                    {"--held-back", std::to_string(held_back)}});
    Apart("settle", {{"--store", Path(name)}});
  }

  void CopyStore(const std::string& from, const std::string& to) {
    fs::copy(settings_.work / from, settings_.work / to, fs::copy_options::recursive);
    fs::copy_file(Path(from) + ".sample", Path(to) + ".sample");
  }

  Figures Create(const std::string& store, const std::string& repository, const std::string& type, bool sealed) {
    return Apart(
        "create",
        {{"--store", Path(store)}, {"--repository", Path(repository)}, {"--type", type}, {"--sealed", sealed ? "1" : "0"}});
  }

  double RepositoryMegabytes(const std::string& name) { return Megabytes(FolderBytes(settings_.work / name)); }

  // Each round starts with empty repositories and runs the contenders in turn.
  void CompareFull(const std::string& what, const std::string& store, double restic_max) {
    std::map<std::string, std::vector<Figures>> runs;
    const std::string linked = Path(store + ".linked");
    LinkStore(LiveFolder(settings_.work / store), linked);
    for (std::size_t round = 0; round < settings_.rounds; ++round) {
      for (const char* repository : {"plain", "engine", "sealed"}) fs::remove_all(settings_.work / (store + repository));
      runs["plain"].push_back(Create(store, store + "plain", "full", false));
      runs["engine"].push_back(Apart("engine-create", {{"--store", linked}, {"--repository", Path(store + "engine")}}));
      runs["sealed"].push_back(Create(store, store + "sealed", "full", true));
      if (ResticPeer::Installed()) {
        runs["restic"].push_back(
            Apart("restic-create", {{"--store", linked}, {"--repository", Path(store + "restic")}, {"--begin", "1"}}));
      }
    }
    fs::remove_all(linked);
    const double plain = Median(runs["plain"])["seconds"];
    const double engine = Median(runs["engine"])["seconds"];
    const Figures sealed = Median(runs["sealed"]);
    if (what == "uncompacted") create_memory_mb_ = sealed.at("peak_memory_mb");
    rows_.push_back({"full, plain, " + what, Text("%.2f s of %.0f MB; BackupEngine %.2f", plain, sealed.at("file_mb"), engine),
                     plain / engine, "× BackupEngine", 1.3, true});
    if (!ResticPeer::Installed()) return;
    const double restic = Median(runs["restic"])["seconds"];
    rows_.push_back({"full, compressed and encrypted, " + what, Text("%.2f s; restic %.2f", sealed.at("seconds"), restic),
                     sealed.at("seconds") / restic, "× restic", restic_max, true});
    const double sealed_mb = RepositoryMegabytes(store + "sealed");
    const double restic_mb = RepositoryMegabytes(store + "restic");
    rows_.push_back({"its stored bytes, " + what, Text("%.1f MB; restic %.1f", sealed_mb, restic_mb), sealed_mb / restic_mb,
                     "× restic", 1, true});
  }

  Figures Restore(const std::string& repository) {
    std::vector<Figures> runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) {
      runs.push_back(
          Apart("restore", {{"--store", Path("store")}, {"--repository", Path(repository)}, {"--target", Path("restored")}}));
    }
    fs::remove_all(settings_.work / "restored");
    return Median(runs);
  }

  void CompareRestore() {
    const double plain = Restore("storeplain").at("seconds");
    const Figures sealed = Restore("storesealed");
    std::vector<Figures> engine_runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) {
      engine_runs.push_back(
          Apart("engine-restore",
                {{"--store", Path("store")}, {"--repository", Path("storeengine")}, {"--target", Path("restored")}}));
    }
    const double engine = Median(engine_runs).at("seconds");
    sealed_restore_s_ = sealed.at("seconds");
    restore_memory_mb_ = sealed.at("peak_memory_mb");
    std::string restic;
    if (ResticPeer::Installed()) {
      restic =
          Text("; restic, files alone, %.2f",
               Apart("restic-restore", {{"--repository", Path("storerestic")}, {"--target", Path("restored")}})["seconds"]);
    }
    fs::remove_all(settings_.work / "restored");
    rows_.push_back({"restore to the first read, plain", Text("%.2f s; BackupEngine %.2f", plain, engine), plain / engine,
                     "× BackupEngine", 1.5, true});
    rows_.push_back({"restore to the first read, encrypted",
                     Text("%.2f s; BackupEngine %.2f", sealed_restore_s_, engine) + restic, sealed_restore_s_ / engine,
                     "× BackupEngine", 1.5, true});
  }

  void AddOpenRow(const std::string& store, std::size_t copies) {
    std::vector<Figures> runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) {
      runs.push_back(Apart("open", {{"--store", Path(store)}, {"--repository", Path(store + "sealed")}}));
    }
    const double open_ms = Median(runs)["seconds"] * 1e3;
    rows_.push_back({"open in place to the first read at ×" + std::to_string(copies), Text("%.1f ms", open_ms), open_ms / 100,
                     "of 100 ms", 1, true});
  }

  void MeasureSmall() {
    Build("one", 1, true, 0);
    one_create_ = Create("one", "onesealed", "full", true);
    AddOpenRow("one", 1);
    AddOpenRow("store", settings_.copies);
    std::vector<Figures> runs;
    for (std::size_t round = 0; round < settings_.rounds; ++round) {
      Apart("settle", {{"--store", Path("store")}});  // compacts what the previous round restored
      runs.push_back(Apart("partial", {{"--store", Path("store")}, {"--repository", Path("storesealed")}}));
    }
    const Figures partial = Median(runs);
    partial_memory_mb_ = partial.at("peak_memory_mb");
    rows_.push_back({"the median user restored",
                     Text("%.0f ms, %.0f conversations; all %.2f s", partial.at("seconds") * 1e3, partial.at("conversations"),
                          sealed_restore_s_),
                     partial.at("seconds") / sealed_restore_s_, "× full restore", 0.1, true});
  }

  void AddMemoryRow(const std::string& work, std::size_t copies, double peak_mb) {
    constexpr double kPeakMegabytesMax = 256 * 1.048576;
    rows_.push_back({"peak memory of " + work + " at ×" + std::to_string(copies), Text("%.0f MB", peak_mb),
                     peak_mb / kPeakMegabytesMax, "of 256 MiB", 1, true});
  }

  void MeasureMemory() {
    const Words one = {{"--store", Path("one")}, {"--repository", Path("onesealed")}, {"--target", Path("restored")}};
    const Words many = {{"--store", Path("store")}, {"--repository", Path("storesealed")}};
    AddMemoryRow("create", 1, one_create_.at("peak_memory_mb"));
    AddMemoryRow("restore", 1, Apart("restore", one)["peak_memory_mb"]);
    AddMemoryRow("verify, level 5,", 1, Apart("verify", one)["peak_memory_mb"]);
    AddMemoryRow("partial restore", 1, Apart("partial", one)["peak_memory_mb"]);
    AddMemoryRow("create", settings_.copies, create_memory_mb_);
    AddMemoryRow("restore", settings_.copies, restore_memory_mb_);
    AddMemoryRow("verify, level 5,", settings_.copies, Apart("verify", many)["peak_memory_mb"]);
    AddMemoryRow("partial restore", settings_.copies, partial_memory_mb_);
  }

  void MeasureCommits() {
    Figures commits = Apart("commits", {{"--store", Path("store")}, {"--repository", Path("commits")}});
    rows_.push_back({"99th percentile of a durable commit during a backup",
                     Text("%.1f ms, median %.1f, slowest %.0f; quiet %.1f, median %.1f, slowest %.0f", commits["busy_p99_ms"],
                          commits["busy_p50_ms"], commits["busy_max_ms"], commits["quiet_p99_ms"], commits["quiet_p50_ms"],
                          commits["quiet_max_ms"]),
                     commits["busy_p99_ms"] / 30, "of 30 ms", 1, true});
    fs::remove_all(settings_.work / "commits");
  }

  void MeasureSwitches() {
    Figures stalls = Apart("switches", {{"--store", Path("store")}, {"--repository", Path("storesealed")}});
    rows_.push_back(
        {"99th percentile of a switch, 20 restores",
         Text("%.1f ms, median %.1f, store of %.0f MB", stalls["stall_p99_ms"], stalls["stall_p50_ms"], stalls["store_mb"]),
         stalls["stall_p99_ms"] / 20, "of 20 ms", 1, true});
  }

  // One backup of the store's current state by each contender. Coffer's comes first; the others use hard links to its files.
  DayFigures BackUp(const std::string& store, const std::string& type) {
    DayFigures day;
    const auto grown = [this](const std::string& name, const auto& work) {
      const fs::path folder = settings_.work / name;
      const std::uint64_t before = fs::exists(folder) ? FolderBytes(folder) : 0;
      work();
      return Megabytes(FolderBytes(folder) - before);
    };
    const std::string linked = Path(store + ".linked");
    day.coffer_mb = grown("week.coffer", [&] { day.coffer_s = Create(store, "week.coffer", type, true)["seconds"]; });
    LinkStore(LiveFolder(settings_.work / store), linked);
    day.engine_mb = grown("week.engine", [&] {
      day.engine_s = Apart("engine-create", {{"--store", linked}, {"--repository", Path("week.engine")}})["seconds"];
    });
    if (ResticPeer::Installed()) {
      LinkStore(LiveFolder(settings_.work / store), linked);
      day.restic_mb = grown("week.restic", [&] {
        day.restic_s = Apart(
            "restic-create",
            {{"--store", linked}, {"--repository", Path("week.restic")}, {"--begin", type == "full" ? "1" : "0"}})["seconds"];
      });
    }
    fs::remove_all(linked);
    return day;
  }

  std::string Week(const std::string& what, bool documents, double engine_time_max) {
    const Words shape = {{"--store", Path("week")},
                         {"--copies", std::to_string(settings_.copies)},
                         {"--documents", documents ? "1" : "0"},
                         {"--held-back", std::to_string(kDaysOfUse)}};
    Build("week", settings_.copies, documents, kDaysOfUse);
    BackUp("week", "full");
    WeekFigures week;
    for (std::size_t day = 0; day < kDaysOfUse; ++day) {
      Words words = shape;
      words.emplace_back("--day", std::to_string(day));
      const double changed_mb = Apart("use", words)["changed_mb"];
      Apart("settle", shape);
      week.days.push_back(BackUp("week", "incremental"));
      week.days.back().changed_mb = changed_mb;
    }
    const Figures reads = Apart("count-reads", {{"--store", Path("week")}, {"--repository", Path("week.coffer")}});
    Apart("compact", shape);
    week.compacted = BackUp("week", "incremental");
    AddWeekRows(what, engine_time_max, week, rows_);
    rows_.push_back({"read of unchanged files, " + what, Text("%.0f bytes", reads.at("read_bytes")), 0, "", 0});
    for (const char* name : {"week", "week.coffer", "week.engine", "week.restic"}) fs::remove_all(settings_.work / name);
    return WeekTable(what, week);
  }

  void CompareDatabases() {
    const Words shape = {{"--copies", std::to_string(settings_.copies)}, {"--documents", "1"}};
    Words words = shape;
    words.emplace_back("--store", Path("sqlite"));
    Figures sqlite = Apart("sqlite", words);
    rows_.push_back(
        {"SQLite, VACUUM INTO and zstd", Text("%.2f s, %.1f MB", sqlite["seconds"], sqlite["packed_mb"]), 0, "", 0});
    if (PostgresPeer::Programs().empty()) return;
    words = shape;
    words.emplace_back("--store", Path("postgres"));
    Figures postgres = Apart("postgres", words);
    rows_.push_back({"PostgreSQL, pg_dump -Fc", Text("%.2f s, %.1f MB", postgres["dump_s"], postgres["dump_mb"]), 0, "", 0});
    rows_.push_back(
        {"PostgreSQL, pg_basebackup, zstd 3", Text("%.2f s, %.1f MB", postgres["base_s"], postgres["base_mb"]), 0, "", 0});
  }

  Settings settings_;
  std::vector<Row> rows_;
  Figures one_create_;
  double sealed_restore_s_ = 0;
  double create_memory_mb_ = 0;
  double restore_memory_mb_ = 0;
  double partial_memory_mb_ = 0;
};

using Options = std::map<std::string, std::string>;

Figures RunSqlite(const StoreShape& shape, const fs::path& folder) {
  FreshFolder(folder);
  BuildSqlite(shape, folder / "peer.db");
  SettleDevice();
  const double seconds = BackupSqlite(folder / "peer.db", folder / "packed.zst");
  const double packed_mb = Megabytes(fs::file_size(folder / "packed.zst"));
  fs::remove_all(folder);
  return {{"seconds", seconds}, {"packed_mb", packed_mb}};
}

Figures RunPostgres(const StoreShape& shape, const fs::path& folder) {
  Figures figures;
  {
    PostgresPeer peer(folder);
    peer.Fill(shape);
    SettleDevice();
    figures["dump_s"] = peer.Dump(folder / "dump");
    figures["dump_mb"] = Megabytes(fs::file_size(folder / "dump"));
    SettleDevice();
    figures["base_s"] = peer.BaseBackup(folder / "base");
    figures["base_mb"] = Megabytes(FolderBytes(folder / "base"));
  }
  fs::remove_all(folder);
  return figures;
}

Figures RunRestic(Options& options) {
  ResticPeer restic(options["--repository"]);
  if (options["--begin"] == "1") restic.Begin();
  SettleDevice();
  return {{"seconds", restic.Backup(options["--store"])}};
}

Figures RunTask(const std::string& task, Options& options) {
  const BackupPlace place{options["--store"], options["--repository"]};
  const auto number = [&options](const char* name) { return options[name].empty() ? 0 : std::stoul(options[name]); };
  const StoreShape shape{options["--data"], number("--copies"), options["--documents"] == "1", number("--held-back")};
  if (task == "build") return BuildStore(shape, place.store), Figures{};
  if (task == "settle") return LetCompactionsEnd(LiveFolder(place.store)), Figures{};
  if (task == "compact") return CompactStore(place);
  if (task == "use") return {{"changed_mb", Megabytes(UseForADay(shape, number("--day"), place.store))}};
  if (task == "create") return CreateOnce(place, *ParseBackupType(options["--type"]), options["--sealed"] == "1");
  if (task == "restore") return RestoreAndRead(place, options["--target"]);
  if (task == "open") return OpenAndRead(place);
  if (task == "partial") return RestoreMedianUser(place);
  if (task == "verify") return VerifyDeepest(place);
  if (task == "count-reads") return CountReadsOfUnchanged(place);
  if (task == "commits") return TimeCommits(place);
  if (task == "switches") return TimeSwitches(place);
  if (task == "sqlite") return RunSqlite(shape, place.store);
  if (task == "postgres") return RunPostgres(shape, place.store);
  if (task == "restic-create") return RunRestic(options);
  SettleDevice();
  if (task == "engine-create") return {{"seconds", BackupEnginePeer(place.repository).Create(place.store)}};
  if (task == "restic-restore") return {{"seconds", ResticPeer(place.repository).Restore(FreshFolder(options["--target"]))}};
  Require(task == "engine-restore", "no such task", task);
  const std::string id = SampleOf(place.store).conversation_id;
  return {{"seconds", BackupEnginePeer(place.repository).RestoreAndRead(FreshFolder(options["--target"]), id)}};
}

int Main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  if (options.contains("--task")) {
    PrintFigures(RunTask(options["--task"], options));
    return 0;
  }
  Settings settings;
  if (options.contains("--data")) settings.data = options["--data"];
  if (options.contains("--work")) settings.work = options["--work"];
  if (options.contains("--out")) settings.out = options["--out"];
  if (options.contains("--copies")) settings.copies = std::stoul(options["--copies"]);
  if (options.contains("--rounds")) settings.rounds = std::stoul(options["--rounds"]);
  if (!fs::exists(settings.data / "conversations.ndjson.zst"))
    std::printf("no data set at %s: measured on generated records\n", settings.data.c_str());
  Comparison(settings).Run();
  return 0;
}

}  // namespace
}  // namespace coffer::bench

int main(int argc, char** argv) { return coffer::bench::Main(argc, argv); }
