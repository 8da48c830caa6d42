#include "support/failing_file_system.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "storage/durable_file.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

class FailingFileSystemTest : public ::testing::Test {
 protected:
  std::string Contents(const std::string& path) {
    const Result<std::string> bytes = storage::ReadWholeFile(PosixFileSystem(), path, 1'000'000);
    return bytes.ok() ? *bytes : std::string(StatusCodeName(bytes.status().code()));
  }
  // Writes and flushes; syncs if asked.
  void Write(const std::string& path, std::string_view bytes, bool sync) {
    auto file = files_.NewAppendableFile(path);
    ASSERT_OK(file);
    ASSERT_OK((*file)->Append(bytes));
    ASSERT_OK(sync ? (*file)->Sync() : (*file)->Flush());
    ASSERT_OK((*file)->Close());
  }

  TempDirectory folder_;
  FailingFileSystem files_{PosixFileSystem()};
  const std::string path_ = folder_.File("file");
};

TEST_F(FailingFileSystemTest, CountsCallsAndChanges) {
  Write(path_, "x", true);
  EXPECT_EQ(files_.calls(), 4U);
  EXPECT_EQ(files_.changes(), 4U);
  EXPECT_OK(files_.Stat(path_));
  EXPECT_OK(files_.List(folder_.path()));
  EXPECT_EQ(files_.calls(), 6U);
  EXPECT_EQ(files_.changes(), 4U);
}

TEST_F(FailingFileSystemTest, FailsTheNthMatchingCallOnceOrFromThenOn) {
  for (const bool repeat : {false, true}) {
    files_.FailOn(
        {.operation = FileOperation::kStat, .path_part = "tmp", .nth = 2, .repeat = repeat, .status = Status::Busy("chosen")});
    EXPECT_OK(files_.List(folder_.path()));
    EXPECT_OK(files_.Stat("/"));
    EXPECT_OK(files_.Stat(folder_.path()));
    EXPECT_CODE(files_.Stat(folder_.path()), kBusy);
    EXPECT_EQ(files_.Stat(folder_.path()).ok(), !repeat);
    files_.Heal();
    EXPECT_OK(files_.Stat(folder_.path()));
  }
}

TEST_F(FailingFileSystemTest, TearsAnAppend) {
  auto file = files_.NewWritableFile(path_);
  ASSERT_OK(file);
  files_.FailOn({.operation = FileOperation::kAppend, .torn_bytes = 3});
  EXPECT_CODE((*file)->Append("abcdef"), kIoError);
  EXPECT_EQ(Contents(path_), "abc");
}

TEST_F(FailingFileSystemTest, FillsTheDisk) {
  files_.LimitBytes(4);
  auto file = files_.NewWritableFile(path_);
  ASSERT_OK(file);
  ASSERT_OK((*file)->Append("abc"));
  EXPECT_EQ(*files_.FreeBytes(folder_.path()), 1U);
  EXPECT_CODE((*file)->Append("def"), kResourceExhausted);
  EXPECT_EQ(Contents(path_), "abcd");
  EXPECT_CODE((*file)->Append("g"), kResourceExhausted);
}

TEST_F(FailingFileSystemTest, FailsEverythingWhileThePowerIsCut) {
  Write(path_, "x", true);
  auto reader = files_.NewRandomAccessFile(path_);
  ASSERT_OK(reader);
  files_.CutPower();
  char byte = 0;
  EXPECT_CODE((*reader)->Read(0, 1, &byte), kIoError);
  EXPECT_CODE(files_.NewWritableFile(path_), kIoError);
  EXPECT_CODE(files_.RemoveFile(path_), kIoError);
  EXPECT_CODE(files_.Lock(path_, true), kIoError);
  files_.RestorePower();
  EXPECT_EQ(*(*reader)->Read(0, 1, &byte), 1U);
}

TEST_F(FailingFileSystemTest, DropsBytesThatWereNotSynced) {
  Write(path_, "synced", true);
  ASSERT_OK(files_.SyncDirectory(folder_.path()));
  Write(path_, " and not", false);
  EXPECT_EQ(Contents(path_), "synced and not");
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "synced");
}

TEST_F(FailingFileSystemTest, DropsAPrivateFileLikeAnyOther) {
  const auto write = [&] {
    auto file = files_.NewPrivateFile(path_);
    ASSERT_OK(file);
    ASSERT_OK((*file)->Append("synced"));
    ASSERT_OK((*file)->Sync());
    ASSERT_OK((*file)->Append(" and not"));
    ASSERT_OK((*file)->Close());
  };
  write();
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "not_found");
  write();
  ASSERT_OK(files_.SyncDirectory(folder_.path()));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "synced");
}

TEST_F(FailingFileSystemTest, FailsToOpenAPrivateFileWhenAsked) {
  files_.FailOn({.operation = FileOperation::kOpenForWriting});
  EXPECT_CODE(files_.NewPrivateFile(path_), kIoError);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FailingFileSystemTest, LeavesATornTailWhenAsked) {
  Write(path_, "synced", true);
  ASSERT_OK(files_.SyncDirectory(folder_.path()));
  Write(path_, " and not", false);
  ASSERT_OK(files_.DropUnsynced(4));
  EXPECT_EQ(Contents(path_), "synced and");
}

TEST_F(FailingFileSystemTest, LeavesAloneWhatWasThereBefore) {
  std::ofstream(path_) << "before";
  Write(path_, " after", false);
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "before");
}

TEST_F(FailingFileSystemTest, DropsNamesWhoseDirectoryWasNotSynced) {
  Write(path_, "synced", true);
  ASSERT_OK(files_.CreateDirectory(folder_.File("directory")));
  Write(folder_.File("directory/inside"), "synced", true);
  ASSERT_OK(files_.SyncDirectory(folder_.File("directory")));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(FailingFileSystemTest, UndoesARenameThatWasNotSyncedAndBringsBackWhatItReplaced) {
  Write(path_, "old", true);
  Write(folder_.File("new"), "new", true);
  ASSERT_OK(files_.SyncDirectory(folder_.path()));
  ASSERT_OK(files_.Rename(folder_.File("new"), path_));
  EXPECT_EQ(Contents(path_), "new");
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "old");
  EXPECT_EQ(Contents(folder_.File("new")), "new");
}

TEST_F(FailingFileSystemTest, KeepsARenameThatWasSynced) {
  Write(folder_.File("new"), "new", true);
  ASSERT_OK(files_.Rename(folder_.File("new"), path_));
  ASSERT_OK(files_.SyncDirectory(folder_.path() + "/"));
  Write(path_, " unsynced", false);
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "new");
  EXPECT_EQ(Contents(folder_.File("new")), "not_found");
}

TEST_F(FailingFileSystemTest, FollowsFilesThroughTheRenameOfTheirDirectory) {
  ASSERT_OK(files_.CreateDirectory(folder_.File("a")));
  ASSERT_OK(files_.SyncDirectory(folder_.path()));
  Write(folder_.File("a/kept"), "synced", true);
  ASSERT_OK(files_.SyncDirectory(folder_.File("a")));
  Write(folder_.File("a/kept"), " unsynced", false);
  Write(folder_.File("a/lost"), "synced", true);
  ASSERT_OK(files_.Rename(folder_.File("a"), folder_.File("b")));
  ASSERT_OK(files_.SyncDirectory(folder_.path()));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(folder_.File("b/kept")), "synced");
  EXPECT_EQ(Contents(folder_.File("b/lost")), "not_found");
}

TEST_F(FailingFileSystemTest, DropsLinksThatWereNotSyncedAndKeepsTheFile) {
  Write(path_, "synced", true);
  ASSERT_OK(files_.SyncDirectory(folder_.path()));
  ASSERT_OK(files_.Link(path_, folder_.File("link")));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "synced");
  EXPECT_EQ(Contents(folder_.File("link")), "not_found");
}

}  // namespace
}  // namespace coffer
