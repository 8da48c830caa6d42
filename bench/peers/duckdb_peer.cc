#include "peers/duckdb_peer.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "program.h"

namespace coffer::bench {

namespace fs = std::filesystem;

DuckdbPeer::DuckdbPeer(fs::path environment) : environment_(std::move(environment)) {
  const fs::path ready = environment_ / "ready";
  if (fs::exists(ready)) return;
  RunProgram({"python3", "-m", "venv", environment_.string()});
  RunProgram({(environment_ / "bin" / "pip").string(), "install", "--quiet", "duckdb>=1.4"});
  std::ofstream(ready) << '\n';
}

Figures DuckdbPeer::Run(std::vector<std::string> words) const {
  const fs::path figures = environment_ / "figures.json";
  words.insert(words.begin(), {(environment_ / "bin" / "python3").string(), COFFER_BENCH_DUCKDB_PEER, figures.string()});
  RunProgram(words);
  std::ifstream file(figures);
  return nlohmann::json::parse(file).get<Figures>();
}

}  // namespace coffer::bench
