// Programs that a test runs: our own, and the system's for reading our files.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace coffer {

struct ProgramAnswer {
  int status = -1;
  std::string out;
  std::string err;
};

// Runs words[0], a path or a name in PATH, in `folder`, with the other words as arguments and `input` on its standard input.
ProgramAnswer RunProgram(const std::filesystem::path& folder, std::vector<std::string> words, std::string_view input = {});
// The same with this environment ("NAME=value") instead of the test's own.
ProgramAnswer RunProgram(const std::filesystem::path& folder, std::vector<std::string> words,
                         std::vector<std::string> environment, std::string_view input);

bool IsInPath(const std::string& program);
// Whether a missing program fails the test instead of skipping it: the environment's CI is "true".
bool ProgramsMustBeThere();

}  // namespace coffer

// Skips a test whose program is missing.
#define NEEDS_PROGRAM(name)                                                        \
  if (!::coffer::IsInPath(name)) {                                                 \
    ASSERT_FALSE(::coffer::ProgramsMustBeThere()) << "missing program " << (name); \
    GTEST_SKIP() << "missing program " << (name);                                  \
  }
