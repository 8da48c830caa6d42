#include "operations/files/temporary_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

class SpoolFilesTest : public ::testing::Test {
 protected:
  void Write(TemporaryFiles& temporaries, std::string_view bytes) {
    Result<std::unique_ptr<WritableFile>> file = temporaries.Create(Path());
    ASSERT_OK(file);
    ASSERT_OK((*file)->Append(bytes.substr(0, bytes.size() / 3)));
    ASSERT_OK((*file)->Append(bytes.substr(bytes.size() / 3)));
    ASSERT_OK((*file)->Close());
  }
  std::string Path() const { return directory_.File("part"); }
  static format::AgeIdentity Identity() { return *format::AgeIdentity::Generate(); }

  TempDirectory directory_;
  FailingFileSystem files_{PosixFileSystem()};
};

TEST_F(SpoolFilesTest, SealedOnesGiveAnyRangeBackAndShowNoneOfIt) {
  std::string bytes;
  for (int i = 0; bytes.size() < 200'000; ++i) bytes += "line " + std::to_string(i) + "\n";
  TemporaryFiles temporaries(files_, Identity());
  Write(temporaries, bytes);
  EXPECT_EQ(ReadBytes(Path()).find("line "), std::string::npos);
  Result<std::unique_ptr<RandomAccessFile>> file = temporaries.Open(Path());
  ASSERT_OK(file);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{65'530}, std::size_t{131'072}, bytes.size() - 100}) {
    std::string got(100, '\0');
    ASSERT_EQ((*file)->Read(offset, got.size(), got.data()).value(), got.size());
    EXPECT_EQ(got, bytes.substr(offset, 100));
  }
  char past_the_end;
  EXPECT_EQ((*file)->Read(bytes.size(), 1, &past_the_end).value(), 0U);
  ASSERT_OK(temporaries.Remove(Path()));
  EXPECT_CODE(temporaries.Open(Path()), kNotFound);
}

TEST_F(SpoolFilesTest, NobodyElseReadsASealedOne) {
  TemporaryFiles temporaries(files_, Identity());
  Write(temporaries, "a secret");
  TemporaryFiles others(files_, Identity());
  EXPECT_CODE(others.Open(Path()), kPermissionDenied);
}

TEST_F(SpoolFilesTest, ADamagedOneIsFound) {
  TemporaryFiles temporaries(files_, Identity());
  Write(temporaries, std::string(100'000, 'x'));
  std::string stored = ReadBytes(Path());
  stored[stored.size() - 60'000] ^= 1;
  WriteBytes(Path(), stored);
  Result<std::unique_ptr<RandomAccessFile>> file = temporaries.Open(Path());
  std::string got(100'000, '\0');
  EXPECT_CODE(file.ok() ? (*file)->Read(0, got.size(), got.data()).status() : file.status(), kCorruption);
}

TEST_F(SpoolFilesTest, AFullDeviceIsToldWhileWritingOrClosing) {
  TemporaryFiles temporaries(files_, Identity());
  FileFailure full;
  full.operation = FileOperation::kAppend;
  full.status = Status::ResourceExhausted("full");
  full.repeat = true;
  Result<std::unique_ptr<WritableFile>> file = temporaries.Create(Path());
  ASSERT_OK(file);
  files_.FailOn(full);
  Status status = (*file)->Append("few bytes");
  if (status.ok()) status = (*file)->Close();
  files_.Heal();
  EXPECT_CODE(status, kResourceExhausted);
}

}  // namespace
}  // namespace coffer::operations
