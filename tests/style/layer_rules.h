// The rules of the tree. Each function returns the violations in a folder: include direction, sources that no CMake list names,
// unused headers, libraries in public headers, folder names, open work, links in the docs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace coffer::style {

struct Finding {
  std::string file;  // relative to the folder that was checked
  std::string problem;

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

// lib/: its own layer, lower layers, "coffer/…" and headers in <>. bindings/: "coffer/…", "json/…" and files of the same
// folder.
Findings IncludesThatPointUpward(const std::filesystem::path& tree);
// .cc and .c files of lib, bindings, tests, bench and examples that no CMakeLists.txt above them names.
Findings SourcesThatNoTargetLists(const std::filesystem::path& tree);
// Public headers that include another library's headers. They may include the standard library and each other, and that of the
// HTTP server may include Asio.
Findings PublicHeadersThatNameALibrary(const std::filesystem::path& tree);
// Lines of public headers of more than 128 characters: clang-format does not wrap these comments.
Findings PublicLinesBeyondTheMargin(const std::filesystem::path& tree);
// Headers that nothing includes.
Findings HeadersThatNobodyIncludes(const std::filesystem::path& tree);
// Folders and files without a subject in their name: utils, common, helpers, misc.
Findings DrawersWithoutSubject(const std::filesystem::path& tree);
// Words that mark postponed work.
Findings WordsLeftOpen(const std::filesystem::path& tree);
// Relative links in *.md files whose target does not exist.
Findings LinksThatLeadNowhere(const std::filesystem::path& tree);

// Folders with more than 40 source and header files.
Findings FoldersWithTooManyFiles(const std::filesystem::path& tree);
// Phrases that are hard to read, in comments, messages and pages.
Findings PhrasesToWritePlainly(const std::filesystem::path& tree);

}  // namespace coffer::style
