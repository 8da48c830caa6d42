#include "support/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace coffer {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Pointers for posix_spawn; `words` must stay alive.
std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Streams go through files, so that nothing blocks on a full pipe.
ProgramAnswer Spawn(const fs::path& folder, std::vector<std::string> words, char** environment, std::string_view input) {
  const fs::path streams = folder / "streams";
  fs::create_directories(streams);
  std::ofstream(streams / "in", std::ios::binary) << input;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, (streams / "in").c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, (streams / "out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (streams / "err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t process = 0;
  const int spawned = posix_spawnp(&process, words[0].c_str(), &actions, nullptr, Pointers(words).data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  ProgramAnswer answer;
  EXPECT_EQ(spawned, 0) << words[0];
  int status = 0;
  if (spawned == 0 && waitpid(process, &status, 0) == process && WIFEXITED(status)) answer.status = WEXITSTATUS(status);
  answer.out = ReadText(streams / "out");
  answer.err = ReadText(streams / "err");
  return answer;
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

ProgramAnswer RunProgram(const fs::path& folder, std::vector<std::string> words, std::string_view input) {
  return Spawn(folder, std::move(words), environ, input);
}

ProgramAnswer RunProgram(const fs::path& folder, std::vector<std::string> words, std::vector<std::string> environment,
                         std::string_view input) {
  return Spawn(folder, std::move(words), Pointers(environment).data(), input);
}

bool IsInPath(const std::string& program) {
  std::istringstream folders(Variable("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

bool ProgramsMustBeThere() { return Variable("CI") == "true"; }

}  // namespace coffer
