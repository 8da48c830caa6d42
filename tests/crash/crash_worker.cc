// crash_worker <mode> <store folder> [name=value …]: does one kind of work on a store until it is killed.
//
// After every call that returned, it writes a line to descriptor 3 that says what is acknowledged; a written line survives the
// process.
//
//   kill_at=N, behind, only=PART
//              its death, see killing_file_system.h; it dies at the end if there is no N-th call. Without it the worker ends
//              normally and says how many calls it made
//   own_files  leaves the file system to the library, as programs do; another process kills it
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "coffer/backup.h"
#include "coffer/clock.h"
#include "coffer/engine.h"
#include "coffer/erase.h"
#include "coffer/export.h"
#include "coffer/import.h"
#include "crash/crash_workload.h"
#include "crash/killing_file_system.h"

namespace coffer::crash {
namespace {

constexpr int kSaysTo = 3;

class Words {
 public:
  Words(int count, char** words) {
    for (int i = 0; i < count; ++i) {
      const std::string word = words[i];
      const std::size_t equals = word.find('=');
      words_[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
    }
  }
  bool Has(const std::string& name) const { return words_.contains(name); }
  std::string Text(const std::string& name) const { return Has(name) ? words_.at(name) : ""; }
  std::uint64_t Number(const std::string& name) const { return Has(name) ? std::stoull(words_.at(name)) : 0; }

 private:
  std::map<std::string, std::string> words_;
};

template <typename... Words>
void Say(const Words&... words) {
  std::ostringstream line;
  ((line << words << ' '), ...);
  line << '\n';
  const std::string text = line.str();
  if (::write(kSaysTo, text.data(), text.size()) != static_cast<ssize_t>(text.size())) ::_exit(3);
}

Status WriteSteps(Engine& engine, const Words& words, int lane, std::uint64_t first, std::uint64_t count) {
  const std::uint64_t seed = words.Number("seed");
  for (std::uint64_t number = first; number < first + count; ++number) {
    const Status status = CommitStep(engine, MakeStep(seed, lane, number), DurabilityOf(number));
    if (!status.ok() && status.code() != StatusCode::kNotFound) return status;
    Say("step", lane, number, StatusCodeName(status.code()));
  }
  return Status::Ok();
}

// Two threads, so that commits meet in one write of the log.
Status WriteInLanes(Engine& engine, const Words& words) {
  std::array<Status, 2> statuses;
  {
    const auto write = [&](int lane) {
      const std::string first = "lane" + std::to_string(lane);
      statuses[static_cast<std::size_t>(lane)] = WriteSteps(engine, words, lane, words.Number(first), words.Number("steps"));
    };
    std::jthread other(write, 1);
    write(0);
  }
  if (!statuses[0].ok()) return statuses[0];
  if (!statuses[1].ok()) return statuses[1];
  return engine.Reclaim().status();
}

Status Import(Engine& engine, const Words& words) {
  ImportOptions options;
  options.contents = words.Text("contents");
  options.durability = words.Has("buffered") ? Durability::kBuffered : Durability::kDurable;
  const Result<OperationOf<ImportReport>> operation = StartImport(engine, {words.Text("file")}, options);
  if (!operation.ok()) return operation.status();
  constexpr std::chrono::milliseconds kBetweenLooks(1);
  std::uint64_t said = 0;
  while (!operation->WaitFor(kBetweenLooks)) {
    const std::uint64_t records = operation->Info().progress.records_done;
    if (records <= said) continue;
    Say("imported", records);
    said = records;
  }
  const Result<ImportReport> report = operation->Finish();
  if (!report.ok()) return report.status();
  if (report->errors_total > 0) return Status::Internal(report->errors.front().reason);
  Say("imported", operation->Info().progress.records_done);
  return Status::Ok();
}

Status DeleteInBulk(Engine& engine) {
  std::uint64_t number = 0;
  for (const DeleteRound& round : MakeDeleteRounds()) {
    const Result<BulkDeleteReport> report = RunDeleteRound(engine, round, DurabilityOf(number));
    if (!report.ok()) return report.status();
    Say("deleted", number++);
  }
  return Status::Ok();
}

// A full backup and incremental ones in turn. A backup's name is the number of steps that it must hold.
Status BackUp(Engine& engine, const Words& words) {
  constexpr std::uint64_t kStepsBetween = 3;
  std::uint64_t next = words.Number("lane0");
  for (std::uint64_t round = 0; round < words.Number("rounds"); ++round, next += kStepsBetween) {
    if (Status status = WriteSteps(engine, words, 0, next, kStepsBetween); !status.ok()) return status;
    BackupOptions options;
    options.name = std::to_string(next + kStepsBetween);
    options.type = round % 2 == 0 ? BackupType::kFull : BackupType::kIncremental;
    const Result<BackupInfo> info = RunBackup(engine, options);
    if (!info.ok()) return info.status();
    Say("backup", info->id);
  }
  return Status::Ok();
}

Status RestoreAndWrite(Engine& engine, const Words& words) {
  RestoreOptions options;
  options.safety_backup = words.Has("safety");
  const Result<RestoreReport> report = RunRestore(engine, words.Text("backup"), options);
  if (!report.ok()) return report.status();
  Say("restored", report->safety_backup_id);
  return WriteSteps(engine, words, 0, words.Number("lane0"), words.Number("steps"));
}

// Makes the conversations equal to the backup's, and nothing else.
Status RestoreConversations(Engine& engine, const Words& words) {
  RestoreOptions options;
  options.scope = RestoreScope::kConversations;
  options.exact = true;
  options.safety_backup = false;
  const Result<RestoreReport> report = RunRestore(engine, words.Text("backup"), options);
  if (!report.ok()) return report.status();
  Say("restored", report->conversations, report->deleted);
  return Status::Ok();
}

Status Verify(Engine& engine, const Words& words) {
  const Result<VerifyReport> report = RunVerifyBackup(engine, words.Text("backup"), {.level = kVerifyLevelMax});
  if (!report.ok()) return report.status();
  if (!report->ok) return Status::Internal(report->findings.front().problem);
  Say("verified", report->backup_id);
  return Status::Ok();
}

// With a clock that many days ahead.
Status Prune(Engine& engine, const Words& words) {
  constexpr std::int64_t kMicrosecondsPerDay = std::int64_t{86'400} * 1'000'000;
  PruneOptions options;
  options.as_of =
      Timestamp{SystemClock().NowMicroseconds() + static_cast<std::int64_t>(words.Number("days")) * kMicrosecondsPerDay};
  const Result<PruneReport> report = RunPrune(engine, options);
  if (!report.ok()) return report.status();
  Say("pruned", report->drop.size(), report->purged.size());
  return Status::Ok();
}

Status Export(Engine& engine, const Words& words) {
  ExportOptions plain;
  plain.output = words.Text("output");
  plain.compress = false;
  ExportOptions tar;
  tar.format = ExportFormat::kCsv;
  for (const ExportOptions& options : {ExportOptions(), plain, tar}) {
    const Result<ExportReport> report = RunExport(engine, options);
    if (!report.ok()) return report.status();
    Say("exported", report->path, report->sha256);
  }
  return Status::Ok();
}

bool OwnsNothing(Engine& engine, const std::string& user) {
  ListOptions owned;
  owned.owner = user;
  owned.limit = 1;
  for (const Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
    const Result<Page<std::string>> page = engine.ListJson(kind, owned);
    if (!page.ok() || !page->items.empty()) return false;
  }
  return true;
}

// The user returns while the operation goes on.
Status Erase(Engine& engine, const Words& words) {
  const std::string user = words.Text("user");
  const Result<OperationOf<EraseReport>> operation = StartEraseUser(engine, user);
  if (!operation.ok()) return operation.status();
  Say("erasing");
  while (!OwnsNothing(engine, user)) std::this_thread::yield();
  Prompt prompt;
  prompt.id = "returned";
  prompt.owner_id = user;
  prompt.name = "name";
  prompt.content = "written after the erasure";
  if (const Result<std::string> put = engine.PutPrompt(prompt); !put.ok()) return put.status();
  Say("returned");
  return operation->Finish().status();
}

Status Work(const std::string& mode, Engine& engine, const Words& words) {
  if (mode == "open") return Status::Ok();
  if (mode == "write") return WriteInLanes(engine, words);
  if (mode == "import") return Import(engine, words);
  if (mode == "delete") return DeleteInBulk(engine);
  if (mode == "backup") return BackUp(engine, words);
  if (mode == "restore") return RestoreAndWrite(engine, words);
  if (mode == "restore_conversations") return RestoreConversations(engine, words);
  if (mode == "verify") return Verify(engine, words);
  if (mode == "prune") return Prune(engine, words);
  if (mode == "export") return Export(engine, words);
  if (mode == "erase") return Erase(engine, words);
  return Status::InvalidArgument("no such mode: " + mode);
}

Status Run(const std::string& mode, const std::string& folder, const Words& words, KillingFileSystem& files) {
  OpenOptions options;
  if (!words.Has("own_files")) options.file_system = &files;
  options.write_buffer_bytes = kWorkerWriteBufferBytes;
  Result<std::unique_ptr<Engine>> engine = Engine::Open(folder, options);
  if (!engine.ok()) return std::move(engine).status();
  Say("opened", files.calls());
  if (Status status = Work(mode, **engine, words); !status.ok()) return status;
  return (*engine)->Close();
}

int Main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("crash_worker <mode> <store folder> [name=value ...]\n", stderr);
    return 2;
  }
  const Words words(count - 3, arguments + 3);
  const Death death{words.Number("kill_at"), words.Has("behind"), words.Text("only")};
  KillingFileSystem files(PosixFileSystem(), death,
                          [](std::string_view call, const std::string& path) { Say("dies-at", call, path); });
  const Status status = Run(arguments[1], arguments[2], words, files);
  if (!status.ok()) {
    std::fprintf(stderr, "crash_worker %s: %s\n", arguments[1], status.ToString().c_str());
    return 1;
  }
  Say("calls", files.calls());
  if (words.Has("kill_at") || words.Has("own_files")) KillThisProcess();
  return 0;
}

}  // namespace
}  // namespace coffer::crash

int main(int count, char** arguments) { return coffer::crash::Main(count, arguments); }
