// SQLite's way to back up: VACUUM INTO a file, and zstd on that.
#ifndef COFFER_BENCH_SQLITE_BACKUP_H_
#define COFFER_BENCH_SQLITE_BACKUP_H_

#include <filesystem>

#include "backup_store.h"

namespace coffer::bench {

// The SQLite peer's schema, with tables for prompts and documents.
void BuildSqlite(const StoreShape& shape, const std::filesystem::path& database);

// Seconds of VACUUM INTO and of compressing the result to `packed` with zstd level 3 and two workers; the result is durable.
double BackupSqlite(const std::filesystem::path& database, const std::filesystem::path& packed);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_SQLITE_BACKUP_H_
