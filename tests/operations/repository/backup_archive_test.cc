// A backup as one file, to be copied to another machine.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "coffer/erase.h"
#include "repository_fixture.h"

namespace coffer::operations {
namespace {

namespace fs = std::filesystem;

class BackupArchiveTest : public RepositoryTest {
 protected:
  // Reads in pieces of `piece_bytes`.
  static std::string BytesOf(const BackupArchive& archive, std::size_t piece_bytes) {
    std::string bytes(archive.size_bytes, '?');
    std::size_t done = 0;
    while (done < bytes.size()) {
      const Result<std::size_t> got = archive.file->Read(done, std::min(piece_bytes, bytes.size() - done), bytes.data() + done);
      EXPECT_OK(got);
      if (!got.ok() || *got == 0) break;
      done += *got;
    }
    EXPECT_EQ(done, bytes.size());
    return bytes;
  }

  // Unpacks it by the system's tar and opens an empty store with it.
  void OpenOver(const std::string& archive) {
    WriteBytes(directory_.File("backup.tar"), archive);
    fs::create_directories(unpacked());
    ASSERT_EQ(std::system(("tar -C '" + unpacked() + "' -xf '" + directory_.File("backup.tar") + "'").c_str()), 0);
    fs::copy(IdentityPath(), key());
    engine_.reset();
    fs::remove_all(store_path());
    OpenOptions options;
    options.repository = unpacked();
    Open(options);
  }
  RestoreOptions WithKey() const {
    RestoreOptions options = Quick();
    options.identity_file = key();
    return options;
  }
  std::string unpacked() const { return directory_.File("unpacked"); }
  std::string key() const { return directory_.File("kept-key"); }
};

TEST_F(BackupArchiveTest, UnpackedItIsARepositoryThatRestores) {
  PutSome("first");
  BackUp();
  PutSome("second", 7);
  const std::string state = WholeState(engine());
  const BackupInfo info = BackUp(BackupType::kIncremental);
  ASSERT_EQ(info.type, BackupType::kIncremental);
  PutSome("third");
  BackUp(BackupType::kIncremental);
  Result<BackupArchive> archive = OpenBackupArchive(engine(), info.id);
  ASSERT_OK(archive);
  EXPECT_EQ(archive->backup_id, info.id);
  const std::string bytes = BytesOf(*archive, 100'000);
  EXPECT_TRUE(BytesOf(*archive, 7'001) == bytes) << "every range returns the same bytes";
  archive->file.reset();

  OpenOver(bytes);
  EXPECT_EQ(IdsListed(), std::vector<std::string>{info.id});
  EXPECT_TRUE(RunVerifyBackup(engine(), info.id, {.level = 4, .identity_file = key()})->ok);
  ASSERT_OK(RunRestore(engine(), "latest", WithKey()));
  EXPECT_TRUE(WholeState(engine()) == state);
}

TEST_F(BackupArchiveTest, WhatWasErasedSinceStaysErased) {
  PutSome("now");
  const BackupInfo info = BackUp();
  Result<OperationOf<EraseReport>> erasure = StartEraseUser(engine(), "owner1");
  ASSERT_OK(erasure);
  ASSERT_OK(erasure->Finish());
  Result<BackupArchive> archive = OpenBackupArchive(engine(), info.id);
  ASSERT_OK(archive);
  const std::string bytes = BytesOf(*archive, 1 << 20);
  archive->file.reset();
  OpenOver(bytes);
  Result<RestoreReport> report = RunRestore(engine(), "latest", WithKey());
  ASSERT_OK(report);
  EXPECT_EQ(report->erasures_applied, 1U);
  EXPECT_CODE(engine().GetConversation("c1"), kNotFound);
  EXPECT_OK(engine().GetConversation("c2"));
}

TEST_F(BackupArchiveTest, AnEntryOfTheLedgerThatIsBeingWrittenIsNoneYet) {
  PutSome("now");
  const BackupInfo info = BackUp();
  const std::uint64_t without = OpenBackupArchive(engine(), info.id)->size_bytes;
  // A durable write has this file until it is renamed.
  const std::string beside = repository_path() + "/ledger/01ARZ3NDEKTSV4RRFFQ69G5FAV.tmp";
  fs::create_directories(fs::path(beside).parent_path());
  WriteBytes(beside, "half an entry");
  Result<BackupArchive> archive = OpenBackupArchive(engine(), info.id);
  ASSERT_OK(archive);
  EXPECT_EQ(archive->size_bytes, without);
  fs::remove(beside);
  EXPECT_EQ(BytesOf(*archive, 1 << 20).size(), without);
}

TEST_F(BackupArchiveTest, WhatIsNotWholeIsToldBeforeItsFirstByte) {
  EXPECT_CODE(OpenBackupArchive(engine(), "latest"), kNotFound);
  PutSome("now");
  const BackupInfo info = BackUp();
  EXPECT_CODE(OpenBackupArchive(engine(), "01ARZ3NDEKTSV4RRFFQ69G5FAV"), kNotFound);
  EXPECT_CODE(OpenBackupArchive(engine(), "../etc/passwd"), kNotFound);
  const std::string object = FilesBelow("objects").front();
  const std::string good = ReadBytes(object);
  WriteBytes(object, good.substr(1));
  const auto shorter = OpenBackupArchive(engine(), info.id);
  EXPECT_CODE(shorter, kCorruption);
  EXPECT_NE(shorter.status().message().find(fs::path(object).filename().string()), std::string::npos);
  fs::remove(object);
  EXPECT_CODE(OpenBackupArchive(engine(), info.id), kCorruption);
}

TEST_F(BackupArchiveTest, AnObjectThatGoesMeanwhileEndsIt) {
  PutSome("now");
  const BackupInfo info = BackUp();
  Result<BackupArchive> archive = OpenBackupArchive(engine(), info.id);
  ASSERT_OK(archive);
  for (const std::string& object : FilesBelow("objects")) fs::remove(object);
  std::string bytes(archive->size_bytes, '?');
  EXPECT_CODE(archive->file->Read(0, bytes.size(), bytes.data()), kNotFound);
  EXPECT_EQ(archive->file->Read(archive->size_bytes, 1, bytes.data()).value(), 0U);
}

TEST_F(BackupArchiveTest, ManyThreadsReadTheSameBytes) {
  PutSome("now", 7);
  const BackupInfo info = BackUp();
  Result<BackupArchive> archive = OpenBackupArchive(engine(), info.id);
  ASSERT_OK(archive);
  const std::string bytes = BytesOf(*archive, 100'000);
  std::vector<std::thread> threads;
  std::atomic<int> same{0};
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, piece_bytes = 9'001 + 1'000 * i] {
      if (BytesOf(*archive, piece_bytes) == bytes) ++same;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(same, 4);
}

}  // namespace
}  // namespace coffer::operations
