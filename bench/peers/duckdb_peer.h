// DuckDB from PyPI, as a host would run it: a small Python script in an environment of its own.
#ifndef COFFER_BENCH_DUCKDB_PEER_H_
#define COFFER_BENCH_DUCKDB_PEER_H_

#include <filesystem>
#include <string>
#include <vector>

#include "figures.h"

namespace coffer::bench {

class DuckdbPeer {
 public:
  // Creates the environment if it is missing, which needs the network.
  explicit DuckdbPeer(std::filesystem::path environment);

  // Runs duckdb_peer.py with `words`. Returns seconds of the work itself, peak memory and bytes of the files; process start is
  // not counted.
  Figures Run(std::vector<std::string> words) const;

 private:
  std::filesystem::path environment_;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_DUCKDB_PEER_H_
