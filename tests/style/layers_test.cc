// Checks the rules of layer_rules.h on this tree, and that each of them fails on a tree made bad on purpose.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "layer_rules.h"

namespace coffer::style {

// GoogleTest prints a failed comparison with it.
void PrintTo(const Finding& finding, std::ostream* out) { *out << finding.file << ": " << finding.problem; }

namespace {

namespace fs = std::filesystem;

const fs::path kTree = COFFER_SOURCE_FOLDER;
const Findings kNone;

TEST(Tree, IncludesPointDownward) { EXPECT_EQ(IncludesThatPointUpward(kTree), kNone); }
TEST(Tree, EverySourceIsInATarget) { EXPECT_EQ(SourcesThatNoTargetLists(kTree), kNone); }
TEST(Tree, EveryHeaderIsIncluded) { EXPECT_EQ(HeadersThatNobodyIncludes(kTree), kNone); }
TEST(Tree, PublicHeadersNameNoLibrary) { EXPECT_EQ(PublicHeadersThatNameALibrary(kTree), kNone); }
TEST(Tree, PublicHeadersKeepToTheMargin) { EXPECT_EQ(PublicLinesBeyondTheMargin(kTree), kNone); }
TEST(Tree, EveryFolderHasASubject) { EXPECT_EQ(DrawersWithoutSubject(kTree), kNone); }
TEST(Tree, NothingIsLeftOpen) { EXPECT_EQ(WordsLeftOpen(kTree), kNone); }
TEST(Tree, FoldersAreSmall) { EXPECT_EQ(FoldersWithTooManyFiles(kTree), kNone); }
TEST(Tree, WordsArePlain) { EXPECT_EQ(PhrasesToWritePlainly(kTree), kNone); }
TEST(Tree, LinksInTheDocsLeadSomewhere) { EXPECT_EQ(LinksThatLeadNowhere(kTree), kNone); }

class BadTree : public testing::Test {
 protected:
  BadTree() : tree_(fs::temp_directory_path() / ("coffer-bad-tree-" + std::to_string(getpid()))) {
    fs::remove_all(tree_);
    fs::create_directories(tree_);
  }
  ~BadTree() override { fs::remove_all(tree_); }

  void Write(const fs::path& name, const std::string& text) const {
    fs::create_directories((tree_ / name).parent_path());
    std::ofstream(tree_ / name) << text;
  }

  fs::path tree_;
};

TEST_F(BadTree, LowerLayerThatIncludesAHigherOneIsFound) {
  Write("lib/format/stored/keys.cc",
        "#include \"engine/core.h\"\n#include \"format/stored/keys.h\"\n#include \"coffer/kind.h\"\n");
  Write("lib/engine/core.cc", "#include \"format/stored/keys.h\"\n#include \"storage/store.h\"\n");
  EXPECT_EQ(IncludesThatPointUpward(tree_),
            (Findings{{"lib/format/stored/keys.cc", "includes \"engine/core.h\" of a higher folder"}}));
}

TEST_F(BadTree, FoldersOfALayerThatIncludeEachOtherAreFound) {
  Write("lib/operations/erase/erase.cc", "#include \"operations/backup/backup.h\"\n");
  Write("lib/operations/backup/backup.cc", "#include \"operations/erase/erase.h\"\n");
  EXPECT_EQ(IncludesThatPointUpward(tree_),
            (Findings{{"lib/operations/erase/erase.cc", "includes \"operations/backup/backup.h\" of a higher folder"}}));
}

TEST_F(BadTree, FolderOfTheHttpAdapterThatIncludesAHigherOneIsFound) {
  Write("bindings/http/requests/target.cc", "#include \"http/calls/routes.h\"\n");
  Write("bindings/http/calls/routes.cc", "#include \"http/requests/target.h\"\n");
  EXPECT_EQ(IncludesThatPointUpward(tree_),
            (Findings{{"bindings/http/requests/target.cc", "includes \"http/calls/routes.h\" of a higher folder"}}));
}

TEST_F(BadTree, FileOutsideTheLayersIsFound) {
  Write("lib/extra/thing.cc", "#include \"format/stored/keys.h\"\n");
  Write("lib/format/stored/keys.cc", "#include \"keys.h\"\n");
  EXPECT_EQ(IncludesThatPointUpward(tree_),
            (Findings{{"lib/extra/thing.cc", "is in a folder without a place in the order of lib"},
                      {"lib/format/stored/keys.cc", "includes \"keys.h\", which does not begin with a folder of lib"}}));
}

TEST_F(BadTree, FolderWithTooManyFilesIsFound) {
  for (int i = 0; i < 41; ++i) Write("lib/engine/part_" + std::to_string(i) + ".cc", "");
  for (int i = 0; i < 40; ++i) Write("lib/storage/part_" + std::to_string(i) + ".cc", "");
  EXPECT_EQ(FoldersWithTooManyFiles(tree_), (Findings{{"lib/engine", "has 41 source and header files"}}));
}

TEST_F(BadTree, PhraseThatIsNotPlainIsFound) {
  const std::string none = "none";
  Write("README.md", "A key that is " + none + ".\n");
  Write("lib/engine/core.cc", "\n// The caller is to" + std::string("ld the id.\n"));
  EXPECT_EQ(PhrasesToWritePlainly(tree_), (Findings{{"README.md", "line 1 says \"is " + none + "\""},
                                                    {"lib/engine/core.cc", std::string("line 2 says \"is to") + "ld\""}}));
}

TEST_F(BadTree, EdgeThatReachesIntoTheLibraryIsFound) {
  Write("bindings/cli/output.h", "");
  Write("bindings/cli/main.cc", "#include \"output.h\"\n#include \"coffer/engine.h\"\n#include \"engine/core.h\"\n");
  EXPECT_EQ(IncludesThatPointUpward(tree_),
            (Findings{{"bindings/cli/main.cc", "an edge includes \"engine/core.h\", which is neither public nor its own"}}));
}

TEST_F(BadTree, EdgeThatReachesIntoAnotherIsFoundUnlessItIsTheirJson) {
  Write("bindings/http/calls/answers.h", "");
  Write("bindings/json/value.h", "");
  Write("bindings/cli/main.cc", "#include \"json/value.h\"\n#include \"http/calls/answers.h\"\n");
  EXPECT_EQ(
      IncludesThatPointUpward(tree_),
      (Findings{{"bindings/cli/main.cc", "an edge includes \"http/calls/answers.h\", which is neither public nor its own"}}));
}

TEST_F(BadTree, PublicHeaderThatIncludesAHiddenOneIsFound) {
  Write("include/coffer/engine.h", "#include \"coffer/kind.h\"\n#include \"engine/core.h\"\n");
  EXPECT_EQ(IncludesThatPointUpward(tree_),
            (Findings{{"include/coffer/engine.h", "a public header includes \"engine/core.h\""}}));
}

TEST_F(BadTree, PublicHeaderThatNamesALibraryIsFoundUnlessItIsTheServersAsio) {
  Write("include/coffer/engine.h", "#include <string>\n#include <rocksdb/db.h>\n#include <zstd.h>\n");
  Write("include/coffer/http/server.h", "#include <boost/asio/io_context.hpp>\n#include <boost/beast.hpp>\n");
  Write("bindings/c/coffer/c.h", "#include <stddef.h>\n#include <unistd.h>\n");
  Write("bindings/http/connection/session.h", "#include <boost/beast.hpp>\n");
  EXPECT_EQ(PublicHeadersThatNameALibrary(tree_),
            (Findings{{"bindings/c/coffer/c.h", "a public header includes <unistd.h>"},
                      {"include/coffer/engine.h", "a public header includes <rocksdb/db.h>"},
                      {"include/coffer/engine.h", "a public header includes <zstd.h>"},
                      {"include/coffer/http/server.h", "a public header includes <boost/beast.hpp>"}}));
}

TEST_F(BadTree, PublicLineBeyondTheMarginIsFound) {
  Write("include/coffer/engine.h", "\n// " + std::string(126, 'x') + "\n");
  Write("include/coffer/kind.h", "// " + std::string(124, 'x') + "\xE2\x80\xA6\n");
  Write("lib/engine/core.h", "// " + std::string(200, 'x') + "\n");
  EXPECT_EQ(PublicLinesBeyondTheMargin(tree_), (Findings{{"include/coffer/engine.h", "line 2 is too long"}}));
}

TEST_F(BadTree, SourceThatNoTargetListsIsFound) {
  Write("lib/CMakeLists.txt", "add_library(coffer format/stored/keys.cc)\n");
  Write("lib/format/stored/keys.cc", "");
  Write("lib/format/more_keys.cc", "");
  // A listed name does not match the end of another one.
  Write("lib/CMakeLists.txt", "add_library(coffer format/stored/keys.cc format/even_more_keys.cc)\n");
  EXPECT_EQ(SourcesThatNoTargetLists(tree_), (Findings{{"lib/format/more_keys.cc", "no CMakeLists.txt lists it"}}));
}

TEST_F(BadTree, HeaderThatNothingIncludesIsFound) {
  Write("lib/format/stored/keys.h", "");
  Write("lib/format/dead.h", "");
  Write("lib/format/stored/keys.cc", "#include \"format/stored/keys.h\"\n");
  EXPECT_EQ(HeadersThatNobodyIncludes(tree_), (Findings{{"lib/format/dead.h", "nothing includes it"}}));
}

TEST_F(BadTree, DrawerIsFound) {
  Write("lib/engine/utils/strings.h", "");
  Write("tests/support/helpers.cc", "");
  EXPECT_EQ(DrawersWithoutSubject(tree_), (Findings{{"lib/engine/utils", "is named after no subject"},
                                                    {"tests/support/helpers.cc", "is named after no subject"}}));
}

TEST_F(BadTree, WordLeftOpenIsFound) {
  Write("lib/engine/core.cc", std::string("// TO") + "DO: later\n");
  Write("lib/engine/other.cc", std::string("int MASTO") + "DON;\n");
  EXPECT_EQ(WordsLeftOpen(tree_).size(), 1U);
}

TEST_F(BadTree, LinkThatLeadsNowhereIsFound) {
  Write("README.md", "[here](lib/README.md) [there](lib/GONE.md#part) [far](https://example.org/x)\n");
  Write("lib/README.md", "");
  EXPECT_EQ(LinksThatLeadNowhere(tree_), (Findings{{"README.md", "links to lib/GONE.md"}}));
}

}  // namespace
}  // namespace coffer::style
