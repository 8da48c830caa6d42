#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "coffer/import.h"
#include "operations/import/document_contents.h"
#include "operations/import/input/file_below_folder.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

struct TarItem {
  std::string path;
  std::string bytes;
  std::string link;  // the target of a symbolic link, if not empty
  bool is_hard_link = false;
};

std::string Tar(const std::vector<TarItem>& items, int format = ARCHIVE_FORMAT_TAR_PAX_RESTRICTED) {
  std::string out(std::size_t{64} << 20, '\0');
  std::size_t used = 0;
  archive* tar = archive_write_new();
  archive_write_set_format(tar, format);
  archive_write_set_bytes_per_block(tar, 0);
  EXPECT_EQ(archive_write_open_memory(tar, out.data(), out.size(), &used), ARCHIVE_OK);
  for (const TarItem& item : items) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, item.path.c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, AE_IFREG);
    if (item.is_hard_link) archive_entry_set_hardlink(entry, item.link.c_str());
    if (!item.is_hard_link && !item.link.empty()) {
      archive_entry_set_filetype(entry, AE_IFLNK);
      archive_entry_set_symlink(entry, item.link.c_str());
    }
    archive_entry_set_size(entry, item.link.empty() ? static_cast<la_int64_t>(item.bytes.size()) : 0);
    // A warning means that the locale cannot express a name, whose bytes are then written unchanged.
    EXPECT_GE(archive_write_header(tar, entry), ARCHIVE_WARN) << archive_error_string(tar);
    if (item.link.empty()) {
      EXPECT_EQ(archive_write_data(tar, item.bytes.data(), item.bytes.size()), static_cast<la_ssize_t>(item.bytes.size()));
    }
    archive_entry_free(entry);
  }
  archive_write_close(tar);
  archive_write_free(tar);
  out.resize(used);
  return out;
}

std::string DocumentLine(const std::string& id, const std::string& filename, const std::string& more = {}) {
  return R"({"type":"document","id":")" + id + R"(","owner_id":"u","filename":")" + filename + "\"" + more + "}\n";
}

class ImportContentsTest : public OperationsTest {
 protected:
  ImportReport Imported(const std::string& lines, ImportOptions options = {}) {
    WriteBytes(lines_path(), lines);
    Result<ImportReport> report = RunImport(engine(), {lines_path()}, options);
    EXPECT_OK(report);
    return report.ok() ? *report : ImportReport();
  }
  ImportReport ImportedWith(const std::string& contents, const std::string& lines) {
    ImportOptions options;
    options.contents = contents;
    return Imported(lines, options);
  }
  std::string lines_path() const { return directory_.File("in/lines.ndjson"); }
};

TEST_F(ImportContentsTest, ContentPathIsRelativeToTheFile) {
  WriteBytes(directory_.File("in/files/a.txt"), "content of a");
  const ImportReport report = Imported(DocumentLine("a", "x.txt", R"(,"content_path":"./files//a.txt")"));
  EXPECT_EQ(report.contents, 1U);
  EXPECT_EQ(ContentOf(engine(), "a"), "content of a");
  EXPECT_EQ(engine().GetDocument("a").value().status, DocumentStatus::kProcessed);
}

TEST_F(ImportContentsTest, NoPathLeadsOutOfTheFolder) {
  WriteBytes(directory_.File("secret.txt"), "secret");
  WriteBytes(directory_.File("in/inside.txt"), "inside");
  std::filesystem::create_symlink("../secret.txt", directory_.File("in/link.txt"));
  std::filesystem::create_directory_symlink("..", directory_.File("in/up"));
  std::filesystem::create_symlink("inside.txt", directory_.File("in/good_link.txt"));
  std::filesystem::create_directory(directory_.File("in/folder"));
  const std::vector<std::string> bad = {"../secret.txt",
                                        "folder/../../secret.txt",
                                        directory_.File("secret.txt"),
                                        "link.txt",
                                        "up/secret.txt",
                                        "folder",
                                        "none.txt",
                                        ""};
  std::string lines;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    lines += DocumentLine("bad" + std::to_string(i), "f", R"(,"content_path":")" + bad[i] + "\"");
  }
  lines += DocumentLine("good", "f", R"(,"content_path":"good_link.txt")");
  const ImportReport report = Imported(lines);
  EXPECT_EQ(report.failed, bad.size());
  ASSERT_EQ(report.errors.size(), bad.size());
  for (std::size_t i = 0; i < bad.size(); ++i) {
    EXPECT_EQ(report.errors[i].line, i + 1);
    EXPECT_NE(report.errors[i].reason.find("content_path"), std::string::npos) << report.errors[i].reason;
    EXPECT_CODE(engine().GetDocument("bad" + std::to_string(i)), kNotFound);
  }
  EXPECT_EQ(ContentOf(engine(), "good"), "inside");
}

TEST_F(ImportContentsTest, WithoutTheKernelsHelpNoLinkIsFollowed) {
  WriteBytes(directory_.File("in/sub/a.txt"), "a");
  std::filesystem::create_symlink("sub/a.txt", directory_.File("in/link.txt"));
  std::filesystem::create_directory_symlink("sub", directory_.File("in/linked"));
  const std::string folder = directory_.File("in");
  EXPECT_OK(OpenFileBelowFolder(folder, "sub/a.txt", LinkPolicy::kNone));
  EXPECT_FALSE(OpenFileBelowFolder(folder, "link.txt", LinkPolicy::kNone).ok());
  EXPECT_FALSE(OpenFileBelowFolder(folder, "linked/a.txt", LinkPolicy::kNone).ok());
  EXPECT_CODE(OpenFileBelowFolder(folder, "sub/none", LinkPolicy::kNone), kNotFound);
}

TEST_F(ImportContentsTest, AFolderGivesContentsByFileName) {
  WriteBytes(directory_.File("contents/a/b.txt"), "content of b");
  const ImportReport report =
      ImportedWith(directory_.File("contents"), DocumentLine("b", "a/b.txt") + DocumentLine("c", "a/c.txt"));
  EXPECT_EQ(report.contents, 1U);
  EXPECT_EQ(ContentOf(engine(), "b"), "content of b");
  ASSERT_EQ(report.errors.size(), 1U);
  EXPECT_EQ(report.errors[0].line, 2U);
  EXPECT_CODE(engine().GetDocument("c"), kNotFound);
}

TEST_F(ImportContentsTest, ATarGivesContentsByFileNameInAnyOrderAndForm) {
  const std::string large(std::size_t{3} << 20, 'L');
  const std::vector<TarItem> items = {{"./z.txt", "zzz", "", false},
                                      {"deep/\xC3\xBC.txt", large, "", false},
                                      {"empty", "", "", false},
                                      {"unused", "u", "", false},
                                      {std::string(90, 'n') + "/" + std::string(120, 'm'), "long", "", false}};
  int round = 0;
  for (int format : {ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FORMAT_TAR_GNUTAR}) {
    for (bool packed : {false, true}) {
      SCOPED_TRACE(std::to_string(format) + (packed ? " zstd" : " plain"));
      const std::string path = directory_.File("contents");
      WriteBytes(path, packed ? Compress(Tar(items, format)) : Tar(items, format));
      const std::string mark = std::to_string(round++);
      const ImportReport report =
          ImportedWith(path, DocumentLine("a" + mark, "deep/\xC3\xBC.txt") + DocumentLine("b" + mark, "z.txt") +
                                 DocumentLine("c" + mark, "empty") + DocumentLine("d" + mark, ".//z.txt") +
                                 DocumentLine("e" + mark, items[4].path));
      EXPECT_EQ(report.imported.documents, 5U);
      EXPECT_EQ(report.contents, 5U);
      for (const ImportError& error : report.errors) ADD_FAILURE() << error.reason;
      EXPECT_EQ(ContentOf(engine(), "a" + mark), large);
      EXPECT_EQ(ContentOf(engine(), "b" + mark), "zzz");
      EXPECT_EQ(ContentOf(engine(), "c" + mark), "");
      EXPECT_EQ(ContentOf(engine(), "d" + mark), "zzz");
      EXPECT_EQ(ContentOf(engine(), "e" + mark), "long");
    }
  }
}

TEST_F(ImportContentsTest, ManyDocumentsMayShareOneEntry) {
  const std::string path = directory_.File("contents.tar");
  WriteBytes(path, Tar({{"one", "same", "", false}}));
  const std::size_t count = 3 * kPendingDocumentsOfOneNameMax + 1;
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) lines += DocumentLine("d" + std::to_string(i), "one");
  EXPECT_EQ(ImportedWith(path, lines).contents, count);
}

TEST_F(ImportContentsTest, HostileEntriesAreNeverFollowed) {
  const std::string path = directory_.File("contents.tar");
  WriteBytes(directory_.File("secret.txt"), "secret");
  WriteBytes(path, Tar({{"../up.txt", "up", "", false},
                        {"/absolute.txt", "absolute", "", false},
                        {"link.txt", "", directory_.File("secret.txt"), false},
                        {"hard.txt", "", "good.txt", true},
                        {"good.txt", "good", "", false}}));
  const ImportReport report =
      ImportedWith(path, DocumentLine("a", "../up.txt") + DocumentLine("b", "/absolute.txt") + DocumentLine("c", "link.txt") +
                             DocumentLine("d", "hard.txt") + DocumentLine("e", "good.txt"));
  EXPECT_EQ(report.imported.documents, 1U);
  EXPECT_EQ(ContentOf(engine(), "e"), "good");
  EXPECT_EQ(report.failed, 4U);
  EXPECT_EQ(report.errors_total, 6U) << "four lines, and two entries of the tar file";
  std::size_t of_the_tar = 0;
  for (const ImportError& error : report.errors) {
    if (error.line == 0) {
      EXPECT_EQ(error.file, path);
      ++of_the_tar;
    } else {
      EXPECT_EQ(error.file, lines_path());
      EXPECT_LE(error.line, 4U);
    }
  }
  EXPECT_EQ(of_the_tar, 2U);
}

TEST_F(ImportContentsTest, AWrongSizeOrHashIsToldAndTheDocumentIsNotStored) {
  const std::string path = directory_.File("contents.tar");
  WriteBytes(path, Tar({{"a", "12345", "", false}, {"b", "12345", "", false}}));
  const ImportReport report =
      ImportedWith(path, DocumentLine("a", "a", R"(,"file_size":4)") + DocumentLine("b", "b", R"(,"file_size":5)"));
  EXPECT_EQ(report.imported.documents, 1U);
  ASSERT_EQ(report.errors.size(), 1U);
  EXPECT_EQ(report.errors[0].line, 1U);
  EXPECT_NE(report.errors[0].reason.find('4'), std::string::npos);
  EXPECT_NE(report.errors[0].reason.find('5'), std::string::npos);
}

TEST_F(ImportContentsTest, ASecondRunSkipsWithoutReadingTheContents) {
  const std::string path = directory_.File("contents.tar");
  WriteBytes(path, Tar({{"a", "first", "", false}}));
  EXPECT_EQ(ImportedWith(path, DocumentLine("a", "a")).contents, 1U);
  const std::string before = WholeState(engine());
  WriteBytes(path, Tar({{"other", "second", "", false}}));
  const ImportReport again = ImportedWith(path, DocumentLine("a", "a"));
  EXPECT_EQ(again.skipped, 1U) << "the missing entry has no effect";
  EXPECT_EQ(again.errors_total, 0U);
  EXPECT_EQ(WholeState(engine()), before);
}

TEST_F(ImportContentsTest, ContentsThatCannotBeReadAreToldBeforeAnythingIsStored) {
  WriteBytes(lines_path(), R"({"type":"prompt","id":"p","owner_id":"u","name":"n","content":"x"})");
  ImportOptions options;
  options.contents = directory_.File("none");
  EXPECT_CODE(RunImport(engine(), {lines_path()}, options), kNotFound);
  options.contents = directory_.File("no.tar");
  WriteBytes(options.contents, "this is no tar file");
  EXPECT_CODE(RunImport(engine(), {lines_path()}, options), kInvalidArgument);
  EXPECT_CODE(engine().GetPrompt("p"), kNotFound);
}

TEST_F(ImportContentsTest, ACutOffTarIsCorruptionAndWhatCameBeforeStays) {
  const std::string path = directory_.File("contents.tar");
  const std::string tar = Tar({{"a", "first", "", false}, {"b", std::string(1 << 20, 'b'), "", false}});
  for (bool packed : {false, true}) {
    SCOPED_TRACE(packed);
    const std::string bytes = packed ? Compress(tar) : tar;
    WriteBytes(path, bytes.substr(0, bytes.size() / 2));
    ImportOptions options;
    options.contents = path;
    WriteBytes(lines_path(), DocumentLine("a", "a") + DocumentLine("b", "b"));
    Result<ImportReport> report = RunImport(engine(), {lines_path()}, options);
    EXPECT_CODE(report, kCorruption);
    EXPECT_NE(report.status().message().find("contents.tar"), std::string::npos);
    EXPECT_CODE(engine().GetDocument("b"), kNotFound);
  }
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

}  // namespace
}  // namespace coffer::operations
