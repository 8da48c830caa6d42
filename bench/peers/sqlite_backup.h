// SQLite's way to a backup: VACUUM INTO a file, and zstd over that.
#ifndef COFFER_BENCH_SQLITE_BACKUP_H_
#define COFFER_BENCH_SQLITE_BACKUP_H_

#include <filesystem>

#include "backup_store.h"

namespace coffer::bench {

// The peer of the other benchmarks with prompts and documents in tables of their own.
void BuildSqlite(const StoreShape& shape, const std::filesystem::path& database);

// Seconds of VACUUM INTO and of compressing that to `packed` with zstd level 3 and two workers; the result is durable.
double BackupSqlite(const std::filesystem::path& database, const std::filesystem::path& packed);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_SQLITE_BACKUP_H_
