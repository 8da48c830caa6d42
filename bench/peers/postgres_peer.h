// PostgreSQL with the same records, in a cluster of its own that only a socket leads to, and its two ways to a backup.
#ifndef COFFER_BENCH_POSTGRES_PEER_H_
#define COFFER_BENCH_POSTGRES_PEER_H_

#include <filesystem>
#include <string>

#include "backup_store.h"

namespace coffer::bench {

// One cluster, running as long as this lives. Root runs it as the user postgres, since it runs as no root.
class PostgresPeer {
 public:
  // Where Debian keeps the programs; empty: it is not installed.
  static std::filesystem::path Programs();

  explicit PostgresPeer(const std::filesystem::path& folder);
  ~PostgresPeer();
  PostgresPeer(const PostgresPeer&) = delete;
  PostgresPeer& operator=(const PostgresPeer&) = delete;

  // The obvious schema, filled by COPY, indexed, vacuumed.
  void Fill(const StoreShape& shape);
  // Seconds of one run of the program. Bytes are those of the file or folder it makes.
  double Dump(const std::filesystem::path& file);
  double BaseBackup(const std::filesystem::path& target);
  // COPY to psql's standard output and from there through the zstd program, level 3, two workers: all conversations with their
  // messages as one JSON object a line; both tables as CSV, one behind the other.
  double CopyJson(const std::filesystem::path& file);
  double CopyCsv(const std::filesystem::path& file);

 private:
  void Run(const std::string& program, std::vector<std::string> words);
  void Sql(const std::string& text);
  double Copy(const std::string& sql, const std::filesystem::path& file);

  std::filesystem::path folder_;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_POSTGRES_PEER_H_
