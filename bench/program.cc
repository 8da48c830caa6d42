#include "program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

// After fork: only system calls, and an exit without the parent's clean-up.
[[noreturn]] void Become(const std::vector<std::string>& arguments, const ProgramOptions& options) {
  for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(127);
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, STDIN_FILENO);
  ::dup2(nowhere, STDOUT_FILENO);
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

}  // namespace

bool HasProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((fs::path(folder) / name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

void RunProgram(const std::vector<std::string>& arguments, const ProgramOptions& options) {
  std::vector<std::string> words;
  if (!options.user_for_root.empty() && ::geteuid() == 0) words = {"runuser", "-u", options.user_for_root, "--"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const pid_t child = ::fork();
  Require(child >= 0, "cannot start", arguments.front());
  if (child == 0) Become(words, options);
  int status = 0;
  ::waitpid(child, &status, 0);
  std::string line;
  for (const std::string& word : words) line += word + " ";
  Require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "failed", line);
}

std::uint64_t FolderBytes(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

void SettleDevice() { ::sync(); }

fs::path FreshFolder(const fs::path& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

}  // namespace coffer::bench
