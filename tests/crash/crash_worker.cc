// The process that is killed. Standard output tells what has been acknowledged, a line each; it ends only by a signal or a failure.
//
//   crash_worker writes|backups|restores <folder> <seed> <first step>    the number of each step done
//   crash_worker import <folder> <file>                                  how many records are stored
//   crash_worker delete <folder> <owner>                                 "deleting", "deleted"
#include <unistd.h>

#include <cstdio>
#include <string>

#include "coffer/import.h"
#include "crash/crash_steps.h"

namespace coffer {
namespace {

bool Tell(const std::string& line) {
  const std::string text = line + "\n";
  return ::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

int Fail(const Status& status) {
  std::fprintf(stderr, "crash_worker: %s\n", status.ToString().c_str());
  return 1;
}

int WaitToBeKilled() {
  while (true) ::pause();
}

int DoSteps(Engine& engine, ManualClock& clock, CrashWork work, std::uint64_t seed, std::uint64_t number) {
  for (;; ++number) {
    if (Status status = DoCrashStep(engine, clock, work, seed, number, Durability::kDurable); !status.ok()) return Fail(status);
    if (!Tell(std::to_string(number))) return 1;
  }
}

int Import(Engine& engine, const std::string& file) {
  ImportOptions options;
  options.progress = [](std::uint64_t, std::uint64_t records) { Tell(std::to_string(records)); };
  const Result<ImportReport> report = ImportFiles(engine, {file}, options);
  return report.ok() && report->errors_total == 0 ? WaitToBeKilled() : Fail(report.status());
}

int Delete(Engine& engine, const std::string& owner) {
  if (!Tell("deleting")) return 1;
  Selection selection;
  selection.owner = owner;
  const Result<BulkDeleteReport> report = engine.BulkDelete(selection);
  if (!report.ok()) return Fail(report.status());
  return Tell("deleted") ? WaitToBeKilled() : 1;
}

int Run(const std::vector<std::string>& words) {
  ManualClock clock;
  OpenOptions options;
  options.clock = &clock;
  options.write_buffer_bytes = std::size_t{4} << 20;  // flushes come often
  Result<std::unique_ptr<Engine>> engine = Engine::Open(words.at(1), options);
  if (!engine.ok()) return Fail(engine.status());
  if (words[0] == "import") return Import(**engine, words.at(2));
  if (words[0] == "delete") return Delete(**engine, words.at(2));
  const CrashWork work = words[0] == "writes"    ? CrashWork::kWrites
                         : words[0] == "backups" ? CrashWork::kBackups
                                                 : CrashWork::kRestores;
  return DoSteps(**engine, clock, work, std::stoull(words.at(2)), std::stoull(words.at(3)));
}

}  // namespace
}  // namespace coffer

int main(int argument_count, char** arguments) {
  return coffer::Run(std::vector<std::string>(arguments + 1, arguments + argument_count));
}
