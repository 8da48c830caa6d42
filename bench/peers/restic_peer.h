// restic, as a host would run it on the files of a checkpoint: encrypted, with its default compression, packs synced.
#ifndef COFFER_BENCH_RESTIC_PEER_H_
#define COFFER_BENCH_RESTIC_PEER_H_

#include <filesystem>
#include <string>
#include <vector>

#include "program.h"

namespace coffer::bench {

class ResticPeer {
 public:
  static bool Installed() { return HasProgram("restic"); }

  // Its cache is next to the repository.
  explicit ResticPeer(std::filesystem::path repository);

  // Creates an empty repository in place of the old one.
  void Begin();
  // Seconds, each of one run of the program.
  double Backup(const std::filesystem::path& folder);
  double Restore(const std::filesystem::path& target);

 private:
  double Run(std::vector<std::string> words, const std::filesystem::path& directory);

  std::filesystem::path repository_;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_RESTIC_PEER_H_
