#include "storage/durable_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/failing_file_system.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::BaseName;
using storage::CreateDirectories;
using storage::CreatePrivateDurably;
using storage::DirectoryName;
using storage::PublishDurably;
using storage::ReadWholeFile;
using storage::RemoveRecursively;
using storage::TreeBytes;
using storage::WriteDurably;

class DurableFileTest : public ::testing::Test {
 protected:
  std::string Contents(const std::string& path) {
    const Result<std::string> bytes = ReadWholeFile(PosixFileSystem(), path, 1'000'000);
    return bytes.ok() ? *bytes : bytes.status().ToString();
  }

  TempDirectory folder_;
  FailingFileSystem files_{PosixFileSystem()};
  const std::string path_ = folder_.File("file");
};

TEST_F(DurableFileTest, AWrittenFileSurvivesALossOfPower) {
  ASSERT_OK(WriteDurably(files_, path_, "first"));
  ASSERT_OK(WriteDurably(files_, path_, "second"));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "second");
}

// Whichever step fails, with or without power loss.
TEST_F(DurableFileTest, AWriteThatFailsAtAnyStepLeavesTheOldContentsOrTheNew) {
  for (const bool lose_power : {false, true}) {
    std::uint64_t step = 1;
    for (;; ++step) {
      ASSERT_OK(WriteDurably(files_, path_, "old"));
      files_.FailOn({.operation = FileOperation::kAnyChange, .nth = step, .torn_bytes = 2});
      const Status written = WriteDurably(files_, path_, "new");
      files_.Heal();
      if (lose_power) {
        ASSERT_OK(files_.DropUnsynced());
      }
      const std::string contents = Contents(path_);
      EXPECT_TRUE(contents == "old" || contents == "new") << contents;
      if (written.ok()) {
        EXPECT_EQ(contents, "new");
        break;
      }
      if (lose_power) {
        EXPECT_EQ(contents, "old") << "step " << step;
      }
    }
    EXPECT_GE(step, 7U);  // open, append, sync, close, rename, sync the directory
    ASSERT_OK(files_.RemoveFile(path_));
  }
}

TEST_F(DurableFileTest, AWriteOnAFullDiskIsResourceExhaustedAndLeavesNothingBehind) {
  files_.LimitBytes(3);
  EXPECT_CODE(WriteDurably(files_, path_, "too long"), kResourceExhausted);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(DurableFileTest, APrivateFileTakesNoNameThatIsTakenAndThePlaceOfItsOwnLeftovers) {
  ASSERT_OK(WriteDurably(files_, path_, "old"));
  ASSERT_OK(WriteDurably(files_, path_ + ".partial", "left by a crash"));
  EXPECT_CODE(CreatePrivateDurably(files_, path_, "new"), kAlreadyExists);
  EXPECT_EQ(Contents(path_), "old");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".partial"));
  ASSERT_OK(files_.RemoveFile(path_));
  ASSERT_OK(WriteDurably(files_, path_ + ".partial", "left by a crash"));
  ASSERT_OK(CreatePrivateDurably(files_, path_, "new"));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(path_), "new");
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(DurableFileTest, APrivateFileThatFailsAtAnyStepIsWholeOrNotThere) {
  for (const bool lose_power : {false, true}) {
    std::uint64_t step = 1;
    for (;; ++step) {
      files_.FailOn({.operation = FileOperation::kAny, .nth = step, .torn_bytes = 2});
      const Status created = CreatePrivateDurably(files_, path_, "new");
      files_.Heal();
      ASSERT_OK(lose_power ? files_.DropUnsynced() : Status::Ok());
      const bool whole = Contents(path_) == "new";
      EXPECT_NE(whole, !std::filesystem::exists(path_));
      EXPECT_TRUE(lose_power || !std::filesystem::exists(path_ + ".partial"));
      ASSERT_OK(RemoveRecursively(files_, path_));
      if (!created.ok()) continue;
      EXPECT_TRUE(whole);
      break;
    }
    EXPECT_GE(step, 9U);  // remove, open, append, sync, close, look, rename, sync the directory
  }
}

TEST_F(DurableFileTest, PublishingRefusesANameThatIsTaken) {
  ASSERT_OK(WriteDurably(files_, path_, "new"));
  ASSERT_OK(WriteDurably(files_, folder_.File("taken"), "old"));
  EXPECT_CODE(PublishDurably(files_, path_, folder_.File("taken")), kAlreadyExists);
  EXPECT_EQ(Contents(folder_.File("taken")), "old");
  EXPECT_CODE(PublishDurably(files_, folder_.File("missing"), folder_.File("free")), kNotFound);
}

TEST_F(DurableFileTest, APublishedFolderSurvivesALossOfPowerUnderItsFinalNameOnly) {
  const std::string building = folder_.File("building");
  ASSERT_OK(CreateDirectories(files_, building));
  ASSERT_OK(WriteDurably(files_, building + "/inside", "here"));
  ASSERT_OK(PublishDurably(files_, building, folder_.File("final")));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Contents(folder_.File("final/inside")), "here");
  EXPECT_FALSE(std::filesystem::exists(building));
}

TEST_F(DurableFileTest, ReadsAFileOfExactlyTheLimitAndRefusesALongerOne) {
  const std::string text(300'000, 't');
  ASSERT_OK(WriteDurably(files_, path_, text));
  EXPECT_EQ(*ReadWholeFile(files_, path_, text.size()), text);
  EXPECT_CODE(ReadWholeFile(files_, path_, text.size() - 1), kResourceExhausted);
  EXPECT_CODE(ReadWholeFile(files_, path_, 0), kResourceExhausted);
  EXPECT_CODE(ReadWholeFile(files_, folder_.File("missing"), 10), kNotFound);
  ASSERT_OK(WriteDurably(files_, path_, ""));
  EXPECT_EQ(*ReadWholeFile(files_, path_, 0), "");
  files_.FailOn({.operation = FileOperation::kRead});
  EXPECT_CODE(ReadWholeFile(files_, path_, 10), kIoError);
}

TEST_F(DurableFileTest, CreatedDirectoriesSurviveALossOfPower) {
  const std::string deep = folder_.File("a/b/c");
  ASSERT_OK(CreateDirectories(files_, deep + "/"));
  ASSERT_OK(CreateDirectories(files_, deep));
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_TRUE(std::filesystem::is_directory(deep));
}

TEST_F(DurableFileTest, CreatingADirectoryWhereAFileStandsFails) {
  ASSERT_OK(WriteDurably(files_, path_, "x"));
  EXPECT_CODE(CreateDirectories(files_, path_), kAlreadyExists);
  EXPECT_FALSE(CreateDirectories(files_, path_ + "/below").ok());
  files_.FailOn({.operation = FileOperation::kSyncDirectory});
  EXPECT_CODE(CreateDirectories(files_, folder_.File("new")), kIoError);
}

TEST_F(DurableFileTest, RemovesATreeButNotWhatItsLinksPointTo) {
  const std::string tree = folder_.File("tree");
  const std::string outside = folder_.File("outside");
  ASSERT_OK(CreateDirectories(files_, tree + "/deep"));
  ASSERT_OK(CreateDirectories(files_, outside));
  ASSERT_OK(WriteDurably(files_, outside + "/kept", "kept"));
  ASSERT_OK(WriteDurably(files_, tree + "/deep/file", "gone"));
  std::filesystem::create_directory_symlink(outside, tree + "/link");
  ASSERT_OK(RemoveRecursively(files_, tree));
  EXPECT_FALSE(std::filesystem::exists(tree));
  EXPECT_EQ(Contents(outside + "/kept"), "kept");
  EXPECT_OK(RemoveRecursively(files_, tree));
  files_.FailOn({.operation = FileOperation::kRemove, .path_part = "kept"});
  EXPECT_CODE(RemoveRecursively(files_, outside), kIoError);
}

TEST_F(DurableFileTest, MeasuresATree) {
  ASSERT_OK(CreateDirectories(files_, folder_.File("tree/deep")));
  ASSERT_OK(WriteDurably(files_, folder_.File("tree/a"), std::string(1'000, 'x')));
  ASSERT_OK(WriteDurably(files_, folder_.File("tree/deep/b"), std::string(234, 'x')));
  EXPECT_EQ(*TreeBytes(files_, folder_.File("tree")), 1'234U);
  EXPECT_EQ(*TreeBytes(files_, folder_.File("tree/a")), 1'000U);
  EXPECT_EQ(*TreeBytes(files_, folder_.File("missing")), 0U);
  files_.FailOn({.operation = FileOperation::kList});
  EXPECT_CODE(TreeBytes(files_, folder_.File("tree")), kIoError);
}

TEST_F(DurableFileTest, SplitsPathsAtTheLastSlash) {
  EXPECT_EQ(BaseName("/a/b"), "b");
  EXPECT_EQ(DirectoryName("/a/b"), "/a");
  EXPECT_EQ(BaseName("a"), "a");
  EXPECT_EQ(DirectoryName("a"), ".");
  EXPECT_EQ(BaseName("/a"), "a");
  EXPECT_EQ(DirectoryName("/a"), "/");
  EXPECT_EQ(DirectoryName("/"), "/");
}

}  // namespace
}  // namespace coffer
