// Other people's programs, as a benchmark runs them: found on the path, their output thrown away, their failure its end.
#ifndef COFFER_BENCH_PROGRAM_H_
#define COFFER_BENCH_PROGRAM_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace coffer::bench {

bool HasProgram(const std::string& name);

struct ProgramOptions {
  std::map<std::string, std::string> environment = {};  // besides what this process has
  std::filesystem::path directory = {};                 // where it runs; empty: here
  // Root runs it as this user instead; anybody else runs it as themselves. Empty: as this process.
  std::string user_for_root = {};
};

// Runs it and waits.
void RunProgram(const std::vector<std::string>& arguments, const ProgramOptions& options = {});

// Bytes of all files below, and the same after everything that waits to be written is on the device: what one contender
// left behind is no other's burden.
std::uint64_t FolderBytes(const std::filesystem::path& folder);
void SettleDevice();

std::filesystem::path FreshFolder(const std::filesystem::path& folder);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_PROGRAM_H_
