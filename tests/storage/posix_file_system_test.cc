#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "coffer/file_system.h"
#include "storage/durable_file.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

class PosixFileSystemTest : public ::testing::Test {
 protected:
  std::string Contents(const std::string& path) {
    const Result<std::string> bytes = storage::ReadWholeFile(files_, path, std::uint64_t{1} << 30);
    EXPECT_OK(bytes);
    return bytes.ok() ? *bytes : "";
  }
  void Write(const std::string& path, std::string_view bytes) {
    auto file = files_.NewWritableFile(path);
    ASSERT_OK(file);
    ASSERT_OK((*file)->Append(bytes));
    ASSERT_OK((*file)->Close());
  }

  TempDirectory folder_;
  FileSystem& files_ = PosixFileSystem();
  const std::string path_ = folder_.File("file");
};

TEST_F(PosixFileSystemTest, WritesWhatIsAppendedWhateverTheSizesOfThePieces) {
  auto file = files_.NewWritableFile(path_);
  ASSERT_OK(file);
  std::string expected;
  for (const std::size_t size : {0U, 1U, 65'535U, 1U, 65'536U, 200'000U, 3U, 65'537U, 10U}) {
    const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    ASSERT_OK((*file)->Append(piece));
    expected += piece;
  }
  ASSERT_OK((*file)->Sync());
  EXPECT_EQ(Contents(path_), expected);
  ASSERT_OK((*file)->Append("end"));
  ASSERT_OK((*file)->Flush());
  EXPECT_EQ(Contents(path_), expected + "end");
  ASSERT_OK((*file)->Close());
  EXPECT_CODE((*file)->Append("more"), kInternal);
  EXPECT_CODE((*file)->Close(), kInternal);
}

TEST_F(PosixFileSystemTest, AnAppendableFileGoesOnAndAWritableOneStartsAnew) {
  Write(path_, "first");
  {
    auto file = files_.NewAppendableFile(path_);
    ASSERT_OK(file);
    ASSERT_OK((*file)->Append(" second"));
    ASSERT_OK((*file)->Close());
  }
  EXPECT_EQ(Contents(path_), "first second");
  Write(path_, "new");
  EXPECT_EQ(Contents(path_), "new");
}

// Sets the umask while it lives.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  const mode_t before_;
};

TEST_F(PosixFileSystemTest, APrivateFileIsItsOwnersWhateverTheUmaskIs) {
  for (const mode_t mask : {0000U, 0022U, 0077U}) {
    const Umask umask(mask);
    auto file = files_.NewPrivateFile(path_);
    ASSERT_OK(file);
    struct stat info = {};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0600U) << "from the start, with umask " << mask;
    ASSERT_OK((*file)->Append("secret"));
    ASSERT_OK((*file)->Close());
    EXPECT_EQ(Contents(path_), "secret");
    ASSERT_OK(files_.RemoveFile(path_));
  }
}

TEST_F(PosixFileSystemTest, APrivateFileTakesNoNameThatIsTaken) {
  Write(path_, "old");
  EXPECT_CODE(files_.NewPrivateFile(path_), kAlreadyExists);
  EXPECT_EQ(Contents(path_), "old");
  ASSERT_OK(files_.CreateDirectory(folder_.File("directory")));
  EXPECT_CODE(files_.NewPrivateFile(folder_.File("directory")), kAlreadyExists);
  std::filesystem::create_symlink(folder_.File("elsewhere"), folder_.File("link"));
  EXPECT_CODE(files_.NewPrivateFile(folder_.File("link")), kAlreadyExists);
  EXPECT_CODE(files_.Stat(folder_.File("elsewhere")), kNotFound);
}

TEST_F(PosixFileSystemTest, AFullDeviceIsResourceExhaustedAndTheFileStaysFailed) {
  auto file = files_.NewAppendableFile("/dev/full");
  ASSERT_OK(file);
  ASSERT_OK((*file)->Append("fits the buffer"));
  EXPECT_CODE((*file)->Sync(), kResourceExhausted);
  EXPECT_CODE((*file)->Append("x"), kResourceExhausted);
  EXPECT_CODE((*file)->Sync(), kResourceExhausted);
  EXPECT_CODE((*file)->Close(), kResourceExhausted);
}

TEST_F(PosixFileSystemTest, ReadsFewerBytesOnlyAtTheEnd) {
  Write(path_, "0123456789");
  auto file = files_.NewRandomAccessFile(path_);
  ASSERT_OK(file);
  std::string buffer(20, '.');
  EXPECT_EQ(*(*file)->Read(3, 4, buffer.data()), 4U);
  EXPECT_EQ(buffer.substr(0, 5), "3456.");
  EXPECT_EQ(*(*file)->Read(8, 20, buffer.data()), 2U);
  EXPECT_EQ(*(*file)->Read(10, 1, buffer.data()), 0U);
  EXPECT_EQ(*(*file)->Read(1'000, 1, buffer.data()), 0U);
}

TEST_F(PosixFileSystemTest, MissingThingsAreNotFoundAndNamed) {
  const std::string gone = folder_.File("gone/file");
  EXPECT_CODE(files_.NewWritableFile(gone), kNotFound);
  EXPECT_CODE(files_.NewAppendableFile(gone), kNotFound);
  EXPECT_CODE(files_.NewPrivateFile(gone), kNotFound);
  EXPECT_CODE(files_.NewRandomAccessFile(gone), kNotFound);
  EXPECT_CODE(files_.Stat(gone), kNotFound);
  EXPECT_CODE(files_.List(gone), kNotFound);
  EXPECT_CODE(files_.CreateDirectory(gone), kNotFound);
  EXPECT_CODE(files_.RemoveFile(gone), kNotFound);
  EXPECT_CODE(files_.RemoveDirectory(gone), kNotFound);
  EXPECT_CODE(files_.Rename(gone, path_), kNotFound);
  EXPECT_CODE(files_.Link(gone, path_), kNotFound);
  EXPECT_CODE(files_.Truncate(gone, 0), kNotFound);
  EXPECT_CODE(files_.SyncDirectory(gone), kNotFound);
  EXPECT_CODE(files_.Lock(gone, true), kNotFound);
  EXPECT_CODE(files_.Lock(gone, false), kNotFound);
  EXPECT_CODE(files_.FreeBytes(gone), kNotFound);
  EXPECT_NE(files_.Stat(gone).status().message().find(gone), std::string_view::npos);
}

TEST_F(PosixFileSystemTest, DirectoriesAreMadeListedAndRemovedWhenEmpty) {
  const std::string directory = folder_.File("directory");
  ASSERT_OK(files_.CreateDirectory(directory));
  EXPECT_OK(files_.CreateDirectory(directory));
  EXPECT_TRUE(files_.Stat(directory)->is_directory);
  Write(directory + "/b", "12345");
  Write(directory + "/a", "");
  EXPECT_CODE(files_.CreateDirectory(directory + "/a"), kIoError);
  auto names = files_.List(directory);
  ASSERT_OK(names);
  std::sort(names->begin(), names->end());
  EXPECT_EQ(*names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(files_.Stat(directory + "/b")->size_bytes, 5U);
  EXPECT_FALSE(files_.Stat(directory + "/b")->is_directory);
  EXPECT_CODE(files_.RemoveDirectory(directory), kIoError);
  EXPECT_CODE(files_.RemoveFile(directory), kIoError);
  ASSERT_OK(files_.RemoveFile(directory + "/a"));
  ASSERT_OK(files_.RemoveFile(directory + "/b"));
  EXPECT_OK(files_.SyncDirectory(directory));
  EXPECT_OK(files_.RemoveDirectory(directory));
}

TEST_F(PosixFileSystemTest, RenameReplacesLinkShares) {
  Write(path_, "new");
  Write(folder_.File("target"), "old");
  EXPECT_CODE(files_.Link(path_, folder_.File("target")), kIoError);
  ASSERT_OK(files_.Link(path_, folder_.File("second")));
  ASSERT_OK(files_.Rename(path_, folder_.File("target")));
  EXPECT_EQ(Contents(folder_.File("target")), "new");
  ASSERT_OK(files_.Truncate(folder_.File("target"), 1));
  EXPECT_EQ(Contents(folder_.File("second")), "n");
  EXPECT_CODE(files_.Stat(path_), kNotFound);
}

TEST_F(PosixFileSystemTest, ALinkAcrossFileSystemsIsUnavailable) {
  if (!std::filesystem::exists("/dev/shm")) {
    GTEST_SKIP() << "needs a second file system";
  }
  const TempDirectory here;
  Write(path_, "x");
  const Status linked = files_.Link(path_, "/dev/shm/coffer-link-" + std::to_string(::getpid()));
  EXPECT_CODE(linked, kUnavailable);
}

TEST_F(PosixFileSystemTest, AnExclusiveLockShutsOutAllOthersAndNamesItsProcess) {
  auto held = files_.Lock(path_, true);
  ASSERT_OK(held);
  for (const bool exclusive : {true, false}) {
    const auto refused = files_.Lock(path_, exclusive);
    EXPECT_CODE(refused, kBusy);
    EXPECT_NE(refused.status().message().find("process " + std::to_string(::getpid())), std::string_view::npos)
        << refused.status().ToString();
  }
  held->reset();
  EXPECT_OK(files_.Lock(path_, true));
}

TEST_F(PosixFileSystemTest, SharedLocksShareAndShutOutAnExclusiveOneWithoutNamingTheLastHolder) {
  EXPECT_OK(files_.Lock(path_, true));
  auto first = files_.Lock(path_, false);
  auto second = files_.Lock(path_, false);
  ASSERT_OK(first);
  ASSERT_OK(second);
  const auto refused = files_.Lock(path_, true);
  EXPECT_CODE(refused, kBusy);
  EXPECT_EQ(refused.status().message().find(std::to_string(::getpid())), std::string_view::npos);
  first->reset();
  EXPECT_CODE(files_.Lock(path_, true), kBusy);
  second->reset();
  EXPECT_OK(files_.Lock(path_, true));
}

TEST_F(PosixFileSystemTest, ALockEndsWithItsProcessHoweverItEnds) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    const auto held = PosixFileSystem().Lock(path_, true);
    const char answer = held.ok() ? 'y' : 'n';
    const ssize_t told = ::write(ready[1], &answer, 1);
    for (;;) {
      ::pause();
    }
    ::_exit(told == 1 ? 0 : 1);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  const auto refused = files_.Lock(path_, true);
  EXPECT_CODE(refused, kBusy);
  EXPECT_NE(refused.status().message().find("process " + std::to_string(child)), std::string_view::npos);
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_OK(files_.Lock(path_, true));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(PosixFileSystemTest, TellsFreeBytes) {
  const auto free_bytes = files_.FreeBytes(folder_.path());
  ASSERT_OK(free_bytes);
  EXPECT_GT(*free_bytes, 0U);
}

}  // namespace
}  // namespace coffer
