// What one process of the backup benchmark does with a Coffer store, through its public headers.
#ifndef COFFER_BENCH_BACKUP_TASKS_H_
#define COFFER_BENCH_BACKUP_TASKS_H_

#include <filesystem>
#include <string>

#include "coffer/backup.h"
#include "figures.h"

namespace coffer::bench {

struct BackupPlace {
  std::filesystem::path store;       // its data folder, closed
  std::filesystem::path repository;  // outside of it
};

// All: "seconds", and "peak_memory_mb" of the process.
Figures CreateOnce(const BackupPlace& place, BackupType type, bool sealed);
// The newest backup to an empty data folder and a first read from there; opened before the time begins.
Figures RestoreAndRead(const BackupPlace& place, const std::filesystem::path& target);
// The newest backup in place, by whom the store's identity is at hand, and a first read.
Figures OpenAndRead(const BackupPlace& place);
// The median user's records back into the store they came from.
Figures RestoreMedianUser(const BackupPlace& place);
Figures VerifyDeepest(const BackupPlace& place);

// An incremental backup with nothing changed: "read_bytes" of sorted and blob files.
Figures CountReadsOfUnchanged(const BackupPlace& place);

// Durable appends by one thread, quiet and beside full backups: "quiet_p50_ms", "busy_p99_ms" …
Figures TimeCommits(const BackupPlace& place);

// A forced full compaction.
Figures CompactStore(const BackupPlace& place);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_BACKUP_TASKS_H_
