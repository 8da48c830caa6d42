#include "backup_tasks.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "backup_store.h"
#include "coffer/engine.h"
#include "counting_file_system.h"
#include "program.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

template <typename T>
T Take(Result<T> result, std::string_view what) {
  Require(result.ok(), what, result.status().ToString());
  return std::move(*result);
}

std::unique_ptr<Engine> OpenStore(const fs::path& folder, const fs::path& repository, FileSystem* files = nullptr) {
  OpenOptions options;
  options.repository = repository.string();
  options.file_system = files;
  return Take(Engine::Open(folder.string(), options), "open");
}

std::string IdentityOf(const fs::path& store) {
  const fs::path file = store / "keys" / "identity.txt";
  return fs::exists(file) ? file.string() : std::string();
}

void ReadFirst(Engine& engine, const fs::path& store) {
  Require(!Take(engine.GetConversationJson(SampleOf(store).conversation_id, true), "first read").empty(), "first read");
}

Figures TimeAndMemory(const Stopwatch& watch) {
  const double seconds = watch.seconds();
  return {{"seconds", seconds}, {"peak_memory_mb", PeakMemoryBytes() / 1e6}};
}

double AtShare(std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void AddShares(std::vector<double> times_ms, const std::string& prefix, Figures& figures) {
  std::sort(times_ms.begin(), times_ms.end());
  figures[prefix + "_commits"] = static_cast<double>(times_ms.size());
  figures[prefix + "_p50_ms"] = AtShare(times_ms, 0.5);
  figures[prefix + "_p99_ms"] = AtShare(times_ms, 0.99);
  figures[prefix + "_max_ms"] = times_ms.back();
}

// One writer that waits for each message to be durable.
class Writer {
 public:
  explicit Writer(Engine& engine) : engine_(engine) {
    for (const coffer::Conversation& conversation : Take(engine.ListConversations(), "list").items)
      ids_.push_back(conversation.id);
    message_.content = std::string(400, 'x');
  }
  double CommitOne() {
    const std::string& id = ids_[random_() % ids_.size()];
    const Stopwatch watch;
    Take(engine_.AppendMessage(id, message_), "append");
    return watch.seconds() * 1e3;
  }

 private:
  Engine& engine_;
  std::vector<std::string> ids_;
  coffer::Message message_;
  std::mt19937_64 random_{7};
};

}  // namespace

Figures CreateOnce(const BackupPlace& place, BackupType type, bool sealed) {
  const std::unique_ptr<Engine> engine = OpenStore(place.store, place.repository);
  BackupOptions options;
  options.type = type;
  options.compress = sealed;
  options.encrypt = sealed;
  SettleDevice();
  const Stopwatch watch;
  const BackupInfo info = Take(RunBackup(*engine, options), "backup");
  Figures figures = TimeAndMemory(watch);
  Require(info.type == type, "backup of another type", BackupTypeName(info.type));
  figures["file_mb"] = static_cast<double>(info.file_bytes) / 1e6;
  return figures;
}

Figures RestoreAndRead(const BackupPlace& place, const fs::path& target) {
  const std::unique_ptr<Engine> engine = OpenStore(FreshFolder(target), place.repository);
  RestoreOptions options;
  options.safety_backup = false;
  options.identity_file = IdentityOf(place.store);
  SettleDevice();
  const Stopwatch watch;
  const RestoreReport report = Take(RunRestore(*engine, "latest", options), "restore");
  ReadFirst(*engine, place.store);
  Require(report.failed == 0, "restore", "failed for some");
  return TimeAndMemory(watch);
}

Figures OpenAndRead(const BackupPlace& place) {
  OpenBackupOptions options;
  options.identity_file = IdentityOf(place.store);
  const Stopwatch watch;
  const std::unique_ptr<Engine> engine = Take(OpenBackupIn(place.repository.string(), "latest", options), "open in place");
  ReadFirst(*engine, place.store);
  return TimeAndMemory(watch);
}

Figures RestoreMedianUser(const BackupPlace& place) {
  const std::unique_ptr<Engine> engine = OpenStore(place.store, place.repository);
  RestoreOptions options;
  options.scope = RestoreScope::kUser;
  options.owner = SampleOf(place.store).median_user;
  options.safety_backup = false;
  SettleDevice();
  const Stopwatch watch;
  const RestoreReport report = Take(RunRestore(*engine, "latest", options), "partial restore");
  Figures figures = TimeAndMemory(watch);
  Require(report.conversations > 0 && report.failed == 0, "partial restore", "of nothing");
  figures["conversations"] = static_cast<double>(report.conversations);
  return figures;
}

Figures VerifyDeepest(const BackupPlace& place) {
  const std::unique_ptr<Engine> engine = OpenStore(place.store, place.repository);
  const std::string id = Take(ListBackups(*engine), "list").front().id;
  VerifyOptions options;
  options.level = kVerifyLevelMax;
  const Stopwatch watch;
  const VerifyReport report = Take(RunVerifyBackup(*engine, id, options), "verify");
  Require(report.ok, "verify", report.findings.empty() ? "" : report.findings.front().problem);
  return TimeAndMemory(watch);
}

Figures CountReadsOfUnchanged(const BackupPlace& place) {
  CountingFileSystem files;
  const std::unique_ptr<Engine> engine = OpenStore(place.store, place.repository, &files);
  BackupOptions options;
  options.type = BackupType::kIncremental;
  Take(RunBackup(*engine, options), "backup");  // takes what opening the store through these files has written
  const std::uint64_t before = files.bytes_read();
  Take(RunBackup(*engine, options), "backup");
  return {{"read_bytes", static_cast<double>(files.bytes_read() - before)}};
}

Figures TimeCommits(const BackupPlace& place) {
  constexpr std::size_t kCommits = 1'500;
  const std::unique_ptr<Engine> engine = OpenStore(place.store, FreshFolder(place.repository));
  Writer writer(*engine);
  std::vector<double> quiet;
  while (quiet.size() < kCommits) quiet.push_back(writer.CommitOne());
  std::vector<double> busy;
  while (busy.size() < kCommits) {
    const OperationOf<BackupInfo> backup = Take(StartBackup(*engine), "backup");
    while (!backup.WaitFor(std::chrono::milliseconds(0))) busy.push_back(writer.CommitOne());
    Take(backup.Finish(), "backup");
  }
  Figures figures;
  AddShares(std::move(quiet), "quiet", figures);
  AddShares(std::move(busy), "busy", figures);
  return figures;
}

Figures TimeSwitches(const BackupPlace& place) {
  constexpr int kRestores = 20;
  const std::unique_ptr<Engine> engine = OpenStore(place.store, place.repository);
  RestoreOptions options;
  options.safety_backup = false;
  std::vector<double> stalls_ms;
  for (int restore = 0; restore < kRestores; ++restore) {
    OperationOf<RestoreReport> operation = Take(StartRestore(*engine, "latest", options), "restore");
    double stall_ms = 0;  // a switch too short to be seen counts as nothing
    while (!operation.WaitFor(std::chrono::milliseconds(0))) {
      const Stopwatch watch;
      while (engine->switching()) stall_ms = watch.seconds() * 1e3;
      std::this_thread::yield();
    }
    Take(operation.Finish(), "restore");
    stalls_ms.push_back(stall_ms);
  }
  Figures figures;
  AddShares(stalls_ms, "stall", figures);
  figures["store_mb"] = static_cast<double>(FolderBytes(place.store)) / 1e6;
  return figures;
}

Figures CompactStore(const BackupPlace& place) {
  const std::unique_ptr<Engine> engine = OpenStore(place.store, place.repository);
  const Stopwatch watch;
  Take(engine->Reclaim(), "reclaim");
  return TimeAndMemory(watch);
}

}  // namespace coffer::bench
