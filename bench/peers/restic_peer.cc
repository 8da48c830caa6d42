#include "peers/restic_peer.h"

#include <utility>

#include "figures.h"

namespace coffer::bench {

namespace fs = std::filesystem;

ResticPeer::ResticPeer(fs::path repository) : repository_(std::move(repository)) {}

void ResticPeer::Begin() {
  fs::remove_all(repository_);
  fs::remove_all(repository_.string() + ".cache");
  Run({"init"}, {});
}

double ResticPeer::Backup(const fs::path& folder) { return Run({"backup", "."}, folder); }

double ResticPeer::Restore(const fs::path& target) { return Run({"restore", "latest", "--target", target.string()}, {}); }

double ResticPeer::Run(std::vector<std::string> words, const fs::path& directory) {
  words.insert(words.begin(), "restic");
  const ProgramOptions options{{{"RESTIC_PASSWORD", "benchmark"},
                                {"RESTIC_REPOSITORY", repository_.string()},
                                {"RESTIC_CACHE_DIR", repository_.string() + ".cache"}},
                               directory,
                               {}};
  const Stopwatch watch;
  RunProgram(words, options);
  return watch.seconds();
}

}  // namespace coffer::bench
