// The rules that hold the tree together, as functions from a folder to what breaks them there: include direction, sources
// that no CMake list names, headers that nobody includes, what public headers name, folder names, words left open, links in the
// docs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace coffer::style {

struct Finding {
  std::string file;  // relative to the folder that was looked at
  std::string problem;

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

// lib/: its own layer, lower layers, "coffer/…" and headers in <>. bindings/: "coffer/…", "json/…" and files beside the including one.
Findings IncludesThatPointUpward(const std::filesystem::path& tree);
// .cc and .c files of lib, bindings, tests, bench and examples that no CMakeLists.txt above them names.
Findings SourcesThatNoTargetLists(const std::filesystem::path& tree);
// Public headers that include a library's: they know the standard library and each other. That of the HTTP server names Asio.
Findings PublicHeadersThatNameALibrary(const std::filesystem::path& tree);
// Lines of public headers of more than 128 characters: clang-format leaves comments as they are.
Findings PublicLinesBeyondTheMargin(const std::filesystem::path& tree);
// Headers that nothing includes.
Findings HeadersThatNobodyIncludes(const std::filesystem::path& tree);
// Folders and files named after no subject: utils, common, helpers, misc.
Findings DrawersWithoutSubject(const std::filesystem::path& tree);
// Words for work that was put off.
Findings WordsLeftOpen(const std::filesystem::path& tree);
// Relative links in *.md files that lead nowhere.
Findings LinksThatLeadNowhere(const std::filesystem::path& tree);

}  // namespace coffer::style
