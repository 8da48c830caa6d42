// Runs every night: makes a full backup on Sundays and an incremental one on other days, verifies it, and prunes old backups.
#include <coffer/coffer.h>

#include <chrono>
#include <iostream>

namespace {

int Fail(const coffer::Status& status) {
  std::cerr << status.ToString() << '\n';
  return 1;
}

bool IsSunday() {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return std::chrono::weekday(today) == std::chrono::Sunday;
}

// Prints the progress every ten seconds until the operation ends.
void Follow(const coffer::Operation& operation) {
  while (!operation.WaitFor(std::chrono::seconds(10))) {
    std::cout << operation.Info().progress.Percent() << " %\n";
  }
}

}  // namespace

int main() {
  coffer::OpenOptions open;
  open.repository = "nightly-repository";  // choose another device if there is one
  auto engine = coffer::Engine::Open("nightly-data", open);
  if (!engine.ok()) return Fail(engine.status());

  coffer::BackupOptions options;
  options.type = IsSunday() ? coffer::BackupType::kFull : coffer::BackupType::kIncremental;
  options.name = "nightly";
  options.retention_days = 14;
  options.bytes_per_second_max = 100'000'000;  // leaves disk bandwidth for other work
  const auto started = coffer::StartBackup(**engine, options, {.principal = "nightly"});
  if (!started.ok()) return Fail(started.status());
  Follow(*started);
  const auto backup = started->Finish();
  if (!backup.ok()) return Fail(backup.status());

  const auto check = coffer::RunVerifyBackup(**engine, backup->id, {.level = 2});
  if (!check.ok()) return Fail(check.status());
  if (!check->ok) {
    std::cerr << "the backup is damaged: " << check->findings.front().problem << '\n';
    return 1;
  }

  // Keeps, besides the backups of the last two weeks, the newest of each of eight weeks and twelve months.
  coffer::PruneOptions prune;
  prune.policy.keep_weekly = 8;
  prune.policy.keep_monthly = 12;
  const auto pruned = coffer::RunPrune(**engine, prune);
  if (!pruned.ok()) return Fail(pruned.status());
  std::cout << "backup " << backup->id << ", " << backup->stored_bytes << " bytes; dropped " << pruned->drop.size()
            << ", freed " << pruned->freed_bytes << " bytes\n";
  if (auto status = (*engine)->Close(); !status.ok()) return Fail(status);
  return 0;
}
