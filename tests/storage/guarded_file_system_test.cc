// Exceptions of a file system become failures of the call, and nothing else.
#include "storage/guarded_file_system.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>

#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer::storage {
namespace {

[[noreturn]] void Throw() { throw std::runtime_error("out of luck"); }

class ThrowingWritableFile final : public WritableFile {
 public:
  Status Append(std::string_view) override { Throw(); }
  Status Flush() override { Throw(); }
  Status Sync() override { Throw(); }
  Status Close() override { Throw(); }
};

class ThrowingRandomAccessFile final : public RandomAccessFile {
 public:
  Result<std::size_t> Read(std::uint64_t, std::size_t, char*) const override { Throw(); }
};

// Opens files that throw; all other calls throw.
class ThrowingFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> NewWritableFile(const std::string&) override {
    return std::unique_ptr<WritableFile>(std::make_unique<ThrowingWritableFile>());
  }
  Result<std::unique_ptr<WritableFile>> NewAppendableFile(const std::string&) override { Throw(); }
  Result<std::unique_ptr<WritableFile>> NewPrivateFile(const std::string&) override { Throw(); }
  Result<std::unique_ptr<RandomAccessFile>> NewRandomAccessFile(const std::string&) override {
    return std::unique_ptr<RandomAccessFile>(std::make_unique<ThrowingRandomAccessFile>());
  }
  Result<FileInfo> Stat(const std::string&) override { Throw(); }
  Result<std::vector<std::string>> List(const std::string&) override { Throw(); }
  Status CreateDirectory(const std::string&) override { Throw(); }
  Status RemoveFile(const std::string&) override { Throw(); }
  Status RemoveDirectory(const std::string&) override { throw std::bad_alloc(); }
  Status Rename(const std::string&, const std::string&) override { Throw(); }
  Status Link(const std::string&, const std::string&) override { Throw(); }
  Status Truncate(const std::string&, std::uint64_t) override { Throw(); }
  Status SyncDirectory(const std::string&) override { Throw(); }
  Result<std::unique_ptr<FileLock>> Lock(const std::string&, bool) override { Throw(); }
  Result<std::uint64_t> FreeBytes(const std::string&) override { throw 7; }
};

void ExpectFailed(const Status& status) {
  EXPECT_CODE(status, kIoError);
  EXPECT_EQ(status.message(), "the file system threw an exception: out of luck");
}

TEST(GuardedFileSystemTest, WhatEachCallThrowsIsItsFailure) {
  ThrowingFileSystem throwing;
  const std::shared_ptr<FileSystem> files = GuardFileSystem(throwing);
  ExpectFailed(StatusOf(files->NewAppendableFile("a")));
  ExpectFailed(StatusOf(files->NewPrivateFile("a")));
  ExpectFailed(StatusOf(files->Stat("a")));
  ExpectFailed(StatusOf(files->List("a")));
  ExpectFailed(files->CreateDirectory("a"));
  ExpectFailed(files->RemoveFile("a"));
  EXPECT_CODE(files->RemoveDirectory("a"), kResourceExhausted);
  ExpectFailed(files->Rename("a", "b"));
  ExpectFailed(files->Link("a", "b"));
  ExpectFailed(files->Truncate("a", 0));
  ExpectFailed(files->SyncDirectory("a"));
  ExpectFailed(StatusOf(files->Lock("a", true)));
  EXPECT_CODE(files->FreeBytes("a"), kIoError);
}

TEST(GuardedFileSystemTest, WhatAFileThrowsIsTheFailureOfItsCall) {
  ThrowingFileSystem throwing;
  const std::shared_ptr<FileSystem> files = GuardFileSystem(throwing);
  const Result<std::unique_ptr<WritableFile>> written = files->NewWritableFile("a");
  ASSERT_OK(written);
  ExpectFailed((*written)->Append("x"));
  ExpectFailed((*written)->Flush());
  ExpectFailed((*written)->Sync());
  ExpectFailed((*written)->Close());
  const Result<std::unique_ptr<RandomAccessFile>> read = files->NewRandomAccessFile("a");
  ASSERT_OK(read);
  char buffer[4];
  ExpectFailed(StatusOf((*read)->Read(0, sizeof buffer, buffer)));
}

TEST(GuardedFileSystemTest, FailuresAndAnswersPassAsTheyAre) {
  const TempDirectory directory;
  const std::shared_ptr<FileSystem> files = GuardFileSystem(PosixFileSystem());
  EXPECT_CODE(files->Stat(directory.File("a")), kNotFound);
  Result<std::unique_ptr<WritableFile>> written = files->NewWritableFile(directory.File("a"));
  ASSERT_OK(written);
  EXPECT_OK((*written)->Append("abc"));
  EXPECT_OK((*written)->Close());
  EXPECT_EQ(files->Stat(directory.File("a"))->size_bytes, 3U);
}

}  // namespace
}  // namespace coffer::storage
