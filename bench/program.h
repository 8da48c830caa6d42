// Runs other programs for a benchmark: found on the path, with their output discarded. A failure ends the benchmark.
#ifndef COFFER_BENCH_PROGRAM_H_
#define COFFER_BENCH_PROGRAM_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace coffer::bench {

bool HasProgram(const std::string& name);

struct ProgramOptions {
  std::map<std::string, std::string> environment = {};  // in addition to this process's
  std::filesystem::path directory = {};                 // working directory; empty: the current one
  // If this process is root, it runs as this user. Empty: as this process.
  std::string user_for_root = {};
};

// Runs it and waits.
void RunProgram(const std::vector<std::string>& arguments, const ProgramOptions& options = {});

// Bytes of all files below the folder, and the same after a sync of all pending writes, so that no contender pays for another's
// writes.
std::uint64_t FolderBytes(const std::filesystem::path& folder);
void SettleDevice();

std::filesystem::path FreshFolder(const std::filesystem::path& folder);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_PROGRAM_H_
