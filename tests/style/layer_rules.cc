#include "layer_rules.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

namespace coffer::style {
namespace {

namespace fs = std::filesystem;

// Lowest first: a layer may include those before it.
constexpr std::array<std::string_view, 5> kLayers = {"vocabulary", "format", "storage", "engine", "operations"};
// Below bindings/: what edges tell in the same words.
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
  std::ranges::sort(files);
  return files;
}

std::string Relative(const fs::path& file, const fs::path& tree) { return fs::relative(file, tree).generic_string(); }

std::vector<std::string> IncludesLike(const std::regex& include_line, const fs::path& file) {
  std::vector<std::string> includes;
  std::istringstream lines(ReadText(file));
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
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

// C++'s own headers have neither a folder nor an ending; C's, which the C interface includes, are these.
bool IsStandardHeader(std::string_view include) {
  return include.find_first_of("/.") == std::string_view::npos || include == "stddef.h" || include == "stdint.h";
}

// As many as the line has code points, in UTF-8.
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

std::optional<std::size_t> LayerOf(std::string_view path_below_lib) {
  const auto layer = std::ranges::find(kLayers, path_below_lib.substr(0, path_below_lib.find('/')));
  if (layer == kLayers.end()) return std::nullopt;
  return static_cast<std::size_t>(layer - kLayers.begin());
}

bool IsPublicHeader(std::string_view include) { return include.starts_with("coffer/"); }

void CheckLibraryInclude(const std::string& file, std::string_view include, Findings& findings) {
  if (IsPublicHeader(include)) return;
  const auto own = LayerOf(std::string_view(file).substr(std::string_view("lib/").size()));
  const auto other = LayerOf(include);
  if (!own) {
    findings.push_back({file, "stands in no layer"});
  } else if (!other) {
    findings.push_back({file, "includes \"" + std::string(include) + "\", which does not begin with a layer"});
  } else if (*other > *own) {
    findings.push_back({file, "includes \"" + std::string(include) + "\" of a higher layer"});
  }
}

// A word by itself: no letter before or behind it.
bool ContainsWord(std::string_view text, std::string_view word) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !is_letter(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_letter(text[at + word.size()]);
    if (starts && ends) return true;
  }
  return false;
}

// The lists of a target may stand in any CMakeLists.txt between the file and the top.
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
      } else if (name.starts_with("bindings/") && !IsPublicHeader(include) && !include.starts_with(kSharedByEdges) &&
                 !fs::exists(file.parent_path() / include)) {
        findings.push_back({name, "an edge includes \"" + include + "\", which is neither public nor its own"});
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
    const std::string text = ReadText(file);
    for (std::sregex_iterator match(text.begin(), text.end(), include_line), end; match != end; ++match) {
      included_names.insert(fs::path((*match)[1].str()).filename().string());
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
  // Put together here, so that this file does not find itself.
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
  std::vector<fs::path> pages = FilesWithExtension(tree, {".md"});
  if (fs::exists(tree / "README.md")) pages.push_back(tree / "README.md");
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

}  // namespace coffer::style
