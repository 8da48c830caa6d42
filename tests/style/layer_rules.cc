#include "layer_rules.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

namespace coffer::style {
namespace {

namespace fs = std::filesystem;

// Lowest first: a folder of lib/ may include itself and the ones before it.
constexpr std::array kLibraryFolders = std::to_array<std::string_view>({
    "vocabulary",
    "format/json",
    "format/zstd",
    "format/parquet",
    "format/age",
    "format/records",
    "format/text",
    "format/stored",
    "storage",
    "engine",
    "operations/runner",
    "operations/keys",
    "operations/files",
    "operations/repository",
    "operations/ledger",
    "operations/export",
    "operations/import/input",
    "operations/import/chats",
    "operations/import",
    "operations/erase",
    "operations/delete",
    "operations/restore",
    "operations/backup",
    "operations/opening",
});
// The same for bindings/http.
constexpr std::array kHttpFolders = std::to_array<std::string_view>({"http/requests", "http/calls", "http/connection"});
constexpr std::size_t kFolderFilesMax = 40;
// Below bindings/: code that the edges share.
constexpr std::string_view kSharedByEdges = "json/";
constexpr std::array<std::string_view, 6> kSourceFolders = {"include", "lib", "bindings", "tests", "bench", "examples"};

std::string ReadText(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> FilesWithExtension(const fs::path& tree, const std::vector<std::string>& extensions) {
  std::vector<fs::path> files;
  for (const std::string_view folder : kSourceFolders) {
    if (!fs::is_directory(tree / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(tree / folder)) {
      const bool wanted = std::ranges::find(extensions, entry.path().extension().string()) != extensions.end();
      if (entry.is_regular_file() && wanted) files.push_back(entry.path());
    }
  }
  const bool pages = std::ranges::find(extensions, ".md") != extensions.end();
  if (pages && fs::exists(tree / "README.md")) files.push_back(tree / "README.md");
  std::ranges::sort(files);
  return files;
}

std::string Relative(const fs::path& file, const fs::path& tree) { return fs::relative(file, tree).generic_string(); }

std::vector<std::string> IncludesLike(const std::regex& include_line, const fs::path& file) {
  std::vector<std::string> includes;
  std::istringstream lines(ReadText(file));
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    // std::regex is slow; few lines need it.
    if (line.find("include") == std::string::npos) continue;
    if (std::regex_search(line, match, include_line)) includes.push_back(match[1]);
  }
  return includes;
}

std::vector<std::string> QuotedIncludes(const fs::path& file) {
  static const std::regex include_line(R"(^\s*#\s*include\s*"([^"]+)\")");
  return IncludesLike(include_line, file);
}

std::vector<std::string> SystemIncludes(const fs::path& file) {
  static const std::regex include_line(R"(^\s*#\s*include\s*<([^>]+)>)");
  return IncludesLike(include_line, file);
}

// C++'s own headers have neither a folder nor an extension; these two of C's are included by the C interface.
bool IsStandardHeader(std::string_view include) {
  return include.find_first_of("/.") == std::string_view::npos || include == "stddef.h" || include == "stdint.h";
}

// The number of code points in UTF-8.
std::size_t Characters(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::vector<fs::path> PublicHeaders(const fs::path& tree) {
  std::vector<fs::path> headers = FilesWithExtension(tree, {".h"});
  std::erase_if(headers, [&tree](const fs::path& file) {
    const std::string name = Relative(file, tree);
    return !name.starts_with("include/") && name != "bindings/c/coffer/c.h";
  });
  return headers;
}

// The position of a file's folder in the order; nothing if it is not listed.
template <std::size_t N>
std::optional<std::size_t> PlaceOf(const std::array<std::string_view, N>& folders, std::string_view file) {
  const auto place = std::ranges::find(folders, file.substr(0, file.rfind('/')));
  if (place == folders.end()) return std::nullopt;
  return static_cast<std::size_t>(place - folders.begin());
}

bool IsPublicHeader(std::string_view include) { return include.starts_with("coffer/"); }

void CheckLibraryInclude(const std::string& file, std::string_view include, Findings& findings) {
  if (IsPublicHeader(include)) return;
  const auto own = PlaceOf(kLibraryFolders, std::string_view(file).substr(std::string_view("lib/").size()));
  const auto other = PlaceOf(kLibraryFolders, include);
  if (!own) {
    findings.push_back({file, "is in a folder without a place in the order of lib"});
  } else if (!other) {
    findings.push_back({file, "includes \"" + std::string(include) + "\", which does not begin with a folder of lib"});
  } else if (*other > *own) {
    findings.push_back({file, "includes \"" + std::string(include) + "\" of a higher folder"});
  }
}

void CheckEdgeInclude(const fs::path& file, const std::string& name, const std::string& include, Findings& findings) {
  const std::string_view below = std::string_view(name).substr(std::string_view("bindings/").size());
  const auto own = PlaceOf(kHttpFolders, below);
  const auto other = PlaceOf(kHttpFolders, include);
  if (own && other) {
    if (*other > *own) findings.push_back({name, "includes \"" + include + "\" of a higher folder"});
  } else if (!IsPublicHeader(include) && !include.starts_with(kSharedByEdges) && !fs::exists(file.parent_path() / include)) {
    findings.push_back({name, "an edge includes \"" + include + "\", which is neither public nor its own"});
  }
}

// A whole word: no letter before or after it.
bool ContainsWord(std::string_view text, std::string_view word) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !is_letter(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_letter(text[at + word.size()]);
    if (starts && ends) return true;
  }
  return false;
}

// A target's list may be in any CMakeLists.txt between the file and the top.
bool IsListed(const fs::path& file, const fs::path& tree) {
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / "CMakeLists.txt")) {
      const std::string lists = ReadText(folder / "CMakeLists.txt");
      const std::string name = Relative(file, folder);
      const std::string example = "coffer_add_example(" + file.stem().string() + ")";
      if (ContainsWord(lists, name) || lists.find(example) != std::string::npos) return true;
    }
    if (folder == tree || folder == folder.parent_path()) return false;
  }
}

}  // namespace

Findings IncludesThatPointUpward(const fs::path& tree) {
  Findings findings;
  for (const fs::path& file : FilesWithExtension(tree, {".h", ".cc"})) {
    const std::string name = Relative(file, tree);
    for (const std::string& include : QuotedIncludes(file)) {
      if (name.starts_with("lib/")) {
        CheckLibraryInclude(name, include, findings);
      } else if (name.starts_with("include/") && !IsPublicHeader(include)) {
        findings.push_back({name, "a public header includes \"" + include + "\""});
      } else if (name.starts_with("bindings/")) {
        CheckEdgeInclude(file, name, include, findings);
      }
    }
  }
  return findings;
}

Findings SourcesThatNoTargetLists(const fs::path& tree) {
  Findings findings;
  for (const fs::path& file : FilesWithExtension(tree, {".cc", ".c"})) {
    if (!IsListed(file, tree)) findings.push_back({Relative(file, tree), "no CMakeLists.txt lists it"});
  }
  return findings;
}

Findings PublicHeadersThatNameALibrary(const fs::path& tree) {
  Findings findings;
  for (const fs::path& file : PublicHeaders(tree)) {
    const std::string name = Relative(file, tree);
    for (const std::string& include : SystemIncludes(file)) {
      if (IsStandardHeader(include)) continue;
      if (name.starts_with("include/coffer/http/") && include.starts_with("boost/asio/")) continue;
      findings.push_back({name, "a public header includes <" + include + ">"});
    }
  }
  return findings;
}

Findings PublicLinesBeyondTheMargin(const fs::path& tree) {
  constexpr std::size_t kLineCharactersMax = 128;
  Findings findings;
  for (const fs::path& file : PublicHeaders(tree)) {
    std::istringstream lines(ReadText(file));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (Characters(line) <= kLineCharactersMax) continue;
      findings.push_back({Relative(file, tree), "line " + std::to_string(number) + " is too long"});
    }
  }
  return findings;
}

Findings HeadersThatNobodyIncludes(const fs::path& tree) {
  static const std::regex include_line(R"(#\s*include\s*[<"]([^>"]+)[>"])");
  std::set<std::string> included_names;
  for (const fs::path& file : FilesWithExtension(tree, {".h", ".cc", ".c"})) {
    for (const std::string& include : IncludesLike(include_line, file)) {
      included_names.insert(fs::path(include).filename().string());
    }
  }
  Findings findings;
  for (const fs::path& file : FilesWithExtension(tree, {".h"})) {
    if (!included_names.contains(file.filename().string())) findings.push_back({Relative(file, tree), "nothing includes it"});
  }
  return findings;
}

Findings DrawersWithoutSubject(const fs::path& tree) {
  static constexpr std::array<std::string_view, 8> kDrawers = {"utils",  "util", "common", "helpers",
                                                               "helper", "misc", "shared", "stuff"};
  Findings findings;
  for (const std::string_view folder : kSourceFolders) {
    if (!fs::is_directory(tree / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(tree / folder)) {
      if (std::ranges::find(kDrawers, entry.path().stem().string()) == kDrawers.end()) continue;
      findings.push_back({Relative(entry.path(), tree), "is named after no subject"});
    }
  }
  return findings;
}

Findings WordsLeftOpen(const fs::path& tree) {
  // Composed here, so that this file does not match.
  static const std::array<std::string, 4> words = {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X",
                                                   std::string("HA") + "CK"};
  Findings findings;
  for (const fs::path& file : FilesWithExtension(tree, {".h", ".cc", ".c", ".py", ".md", ".txt", ".cmake", ".sh"})) {
    const std::string text = ReadText(file);
    for (const std::string& word : words) {
      if (ContainsWord(text, word)) findings.push_back({Relative(file, tree), "contains the word " + word});
    }
  }
  return findings;
}

Findings LinksThatLeadNowhere(const fs::path& tree) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  const std::vector<fs::path> pages = FilesWithExtension(tree, {".md"});
  Findings findings;
  for (const fs::path& page : pages) {
    const std::string text = ReadText(page);
    for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match) {
      std::string target = (*match)[1];
      target = target.substr(0, target.find('#'));
      if (target.empty() || target.find("://") != std::string::npos) continue;
      if (!fs::exists(page.parent_path() / target)) findings.push_back({Relative(page, tree), "links to " + target});
    }
  }
  return findings;
}

Findings FoldersWithTooManyFiles(const fs::path& tree) {
  std::map<std::string, std::size_t> files_by_folder;
  for (const fs::path& file : FilesWithExtension(tree, {".h", ".cc", ".c"})) {
    ++files_by_folder[Relative(file.parent_path(), tree)];
  }
  Findings findings;
  for (const auto& [folder, files] : files_by_folder) {
    if (files > kFolderFilesMax) findings.push_back({folder, "has " + std::to_string(files) + " source and header files"});
  }
  return findings;
}

Findings PhrasesToWritePlainly(const fs::path& tree) {
  // Lines without any of these need no regular expression.
  static constexpr std::array kWordsOfPhrases =
      std::to_array<std::string_view>({"none", "told", "refused by", "carried", " in", "stood", "came"});
  // Split into words and endings, so that this file does not match.
  static const std::array phrases = {
      std::regex(std::string(R"(\b(is|are) )") + R"(none\b)"),
      std::regex(std::string(R"(\b(is|are|was|were|be|been) )") + R"(told\b)"),
      std::regex(std::string("refused by") + " name"),
      std::regex(std::string("what is not") + " carried"),
      std::regex(std::string(R"(\b(lies?|lay|lain) )") + R"(in\b)"),
      std::regex(std::string(R"(\bas (it|they) )") + R"((stood|came)\b)"),
  };
  Findings findings;
  for (const fs::path& file : FilesWithExtension(tree, {".h", ".cc", ".c", ".py", ".md", ".txt", ".cmake", ".sh"})) {
    std::istringstream lines(ReadText(file));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const auto holds = [&line](std::string_view word) { return line.find(word) != std::string::npos; };
      if (std::ranges::none_of(kWordsOfPhrases, holds)) continue;
      for (const std::regex& phrase : phrases) {
        std::smatch match;
        if (!std::regex_search(line, match, phrase)) continue;
        findings.push_back({Relative(file, tree), "line " + std::to_string(number) + " says \"" + match.str() + "\""});
      }
    }
  }
  return findings;
}

}  // namespace coffer::style
