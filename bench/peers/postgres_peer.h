// PostgreSQL with the same records, in a cluster of its own that only a socket reaches, and its two ways to back up.
#ifndef COFFER_BENCH_POSTGRES_PEER_H_
#define COFFER_BENCH_POSTGRES_PEER_H_

#include <filesystem>
#include <string>

#include "backup_store.h"

namespace coffer::bench {

// One cluster, running as long as this object lives. PostgreSQL refuses to run as root, so root runs it as the user postgres.
class PostgresPeer {
 public:
  // Where Debian installs the programs; empty: not installed.
  static std::filesystem::path Programs();

  explicit PostgresPeer(const std::filesystem::path& folder);
  ~PostgresPeer();
  PostgresPeer(const PostgresPeer&) = delete;
  PostgresPeer& operator=(const PostgresPeer&) = delete;

  // Creates the obvious schema, fills it by COPY, indexes and vacuums it.
  void Fill(const StoreShape& shape);
  // Seconds of one run of the program. Bytes are those of the file or folder it writes.
  double Dump(const std::filesystem::path& file);
  double BaseBackup(const std::filesystem::path& target);
  // COPY to psql's standard output and through the zstd program, level 3, two workers: all conversations with their messages as
  // one JSON object per line; both tables as CSV, one after the other.
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
