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
  // The environment is made where it is not there, which needs the network.
  explicit DuckdbPeer(std::filesystem::path environment);

  // The words of duckdb_peer.py. Seconds of the work itself, peak memory and bytes of the files, with the process around it left out.
  Figures Run(std::vector<std::string> words) const;

 private:
  std::filesystem::path environment_;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_DUCKDB_PEER_H_
