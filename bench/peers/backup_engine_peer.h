// RocksDB's own BackupEngine on the files of a Coffer store: the same families, options and rows, opened as a plain RocksDB.
#ifndef COFFER_BENCH_BACKUP_ENGINE_PEER_H_
#define COFFER_BENCH_BACKUP_ENGINE_PEER_H_

#include <cstdint>
#include <filesystem>
#include <string>

namespace coffer::bench {

// The live store's folder in a closed Coffer data folder.
std::filesystem::path LiveFolder(const std::filesystem::path& store);

// Copies the files of a closed store to a folder as a checkpoint does, immutable files as hard links.
void LinkStore(const std::filesystem::path& live, const std::filesystem::path& copy);

// Opens the store in `live`, waits until no flush or compaction is running or pending, and closes it, so that nothing competes
// with the next backup.
void LetCompactionsEnd(const std::filesystem::path& live);

// Default options, sync included, with as many threads as Coffer uses.
class BackupEnginePeer {
 public:
  explicit BackupEnginePeer(std::filesystem::path repository) : repository_(std::move(repository)) {}

  // Seconds of the backup alone; the database at `live` is opened before.
  double Create(const std::filesystem::path& live);
  // Seconds of restoring the newest backup to an empty folder, opening it, and reading a conversation with its messages.
  double RestoreAndRead(const std::filesystem::path& target, const std::string& conversation_id);

 private:
  std::filesystem::path repository_;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_BACKUP_ENGINE_PEER_H_
