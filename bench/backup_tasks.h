// What one process of the backup benchmark does with a Coffer store, through the public headers.
#ifndef COFFER_BENCH_BACKUP_TASKS_H_
#define COFFER_BENCH_BACKUP_TASKS_H_

#include <filesystem>
#include <string>

#include "coffer/backup.h"
#include "figures.h"

namespace coffer::bench {

struct BackupPlace {
  std::filesystem::path store;       // its data folder, closed
  std::filesystem::path repository;  // outside the store
};

// All return "seconds", and "peak_memory_mb" of the process.
Figures CreateOnce(const BackupPlace& place, BackupType type, bool sealed);
// Restores the newest backup to an empty data folder, which is opened outside the measured time, and reads once.
Figures RestoreAndRead(const BackupPlace& place, const std::filesystem::path& target);
// Opens the newest backup in place with the store's identity, and reads once.
Figures OpenAndRead(const BackupPlace& place);
// Restores the median user's records into their own store.
Figures RestoreMedianUser(const BackupPlace& place);
Figures VerifyDeepest(const BackupPlace& place);

// An incremental backup with nothing changed: "read_bytes" of table and blob files.
Figures CountReadsOfUnchanged(const BackupPlace& place);

// Durable appends by one thread, alone and during full backups: "quiet_p50_ms", "busy_p99_ms" …
Figures TimeCommits(const BackupPlace& place);

// Restores the store several times. "stall_p50_ms", "stall_p99_ms", "stall_max_ms": how long Engine::switching() is true in each
// restore, which is how long a call may have to wait. "store_mb": the size of the store.
Figures TimeSwitches(const BackupPlace& place);

// A forced full compaction.
Figures CompactStore(const BackupPlace& place);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_BACKUP_TASKS_H_
