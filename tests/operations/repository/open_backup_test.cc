#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/erase.h"
#include "coffer/export.h"
#include "coffer/key.h"
#include "coffer/token.h"
#include "engine/internals.h"
#include "repository_fixture.h"

namespace coffer::operations {
namespace {

using OpenBackupTest = RepositoryTest;

TEST_F(OpenBackupTest, ABackupReadsLikeTheStoreOfItsMoment) {
  for (const bool compress : {true, false}) {
    for (const bool encrypt : {true, false}) {
      PutSome("now");
      const std::string before = WholeState(engine());
      BackupOptions options;
      options.compress = compress;
      options.encrypt = encrypt;
      const BackupInfo info = BackUpWith(options);
      PutSome("later");
      Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), info.id);
      ASSERT_OK(opened);
      EXPECT_EQ(WholeState(**opened), before);
      EXPECT_TRUE((*opened)->CheckIntegrity().value().findings.empty());
      EXPECT_EQ((*opened)->Statistics()->total_records, info.record_count);
      EXPECT_TRUE((*opened)->read_only());
      EXPECT_NE((*opened)->folder().find(info.id), std::string::npos);
    }
  }
}

TEST_F(OpenBackupTest, NothingCanBeWrittenToIt) {
  PutSome("now");
  const BackupInfo info = BackUp();
  Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), "latest");
  ASSERT_OK(opened);
  Prompt prompt;
  prompt.owner_id = "owner";
  prompt.name = "name";
  prompt.content = "content";
  EXPECT_CODE((*opened)->PutPrompt(prompt), kPermissionDenied);
  EXPECT_CODE((*opened)->Delete(Kind::kConversation, "c1"), kPermissionDenied);
  EXPECT_CODE((*opened)->Reclaim(), kPermissionDenied);
  EXPECT_CODE(RunBackup(**opened), kPermissionDenied);
  EXPECT_CODE(RunRestore(**opened, info.id), kPermissionDenied);
}

TEST_F(OpenBackupTest, ItExportsToANamedFile) {
  PutSome("now");
  BackUp();
  Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), "latest");
  ASSERT_OK(opened);
  ExportOptions options;
  options.output = directory_.File("of-backup.json.zst");
  Result<ExportReport> of_backup = RunExport(**opened, options);
  ASSERT_OK(of_backup);
  EXPECT_EQ(of_backup->conversations, 5U);
  EXPECT_EQ(of_backup->contents, 2U);
}

TEST_F(OpenBackupTest, NoStoreIsNeeded) {
  PutSome("now");
  const std::string before = WholeState(engine());
  const BackupInfo info = BackUp();
  const std::string repository = directory_.File("moved");
  const std::string identity = directory_.File("identity");
  std::filesystem::rename(repository_path(), repository);
  std::filesystem::copy(IdentityPath(), identity);
  engine_.reset();
  std::filesystem::remove_all(store_path());
  EXPECT_CODE(OpenBackupIn(repository, info.id), kPermissionDenied);
  Result<std::unique_ptr<Engine>> opened = OpenBackupIn(repository, "latest", {.identity_file = identity});
  ASSERT_OK(opened);
  EXPECT_EQ(WholeState(**opened), before);
  EXPECT_CODE(OpenBackupIn(repository, "none"), kNotFound);
  EXPECT_CODE(OpenBackupIn(directory_.File("nowhere"), "latest"), kNotFound);
}

TEST_F(OpenBackupTest, BlobValuesAreThereByGetAndByIterator) {
  std::vector<std::string> contents;
  for (int i = 0; i < 40; ++i) {
    contents.push_back(std::string(20'000, static_cast<char>('a' + i % 26)) + std::to_string(i));
    PutDocument("d" + std::to_string(100 + i), contents.back());
    if (i % 8 == 7) {
      ASSERT_OK(engine().Reclaim());
    }
  }
  BackUp();
  Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), "latest");
  ASSERT_OK(opened);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(ContentOf(**opened, "d" + std::to_string(100 + i)), contents[static_cast<std::size_t>(i)]);
  }
  const engine::StoreAccess access = engine::CoreOf(**opened).Access();
  const std::unique_ptr<storage::Scan> scan = access->NewScan(storage::Family::kContents, {}, {}, {});
  std::size_t rows = 0;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    EXPECT_NE(std::ranges::find(contents, scan->value()), contents.end());
    ++rows;
  }
  EXPECT_OK(scan->status());
  EXPECT_EQ(rows, contents.size());
}

TEST_F(OpenBackupTest, ADamagedPieceMakesItsOwnValuesUnreadableByName) {
  PutSome("now");
  const std::string bytes = RandomBytes(900'000, 1);
  PutDocument("big", bytes);
  ASSERT_OK(engine().Reclaim());
  const BackupInfo info = BackUp();
  const BackupManifest manifest = ManifestOf(info.id);
  for (const BackupFile& file : SealedOf(info.id).files) {
    if (!file.name.ends_with(".blob")) continue;
    const std::string path = ObjectPath(manifest.objects[file.object].id);
    std::string stored = ReadBytes(path);
    stored[stored.size() / 2] = static_cast<char>(stored[stored.size() / 2] ^ 1);
    WriteBytes(path, stored);
  }
  Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), info.id);
  ASSERT_OK(opened);
  std::string read(bytes.size(), '\0');
  Result<ContentReader> content = (*opened)->OpenContent("big");
  ASSERT_OK(content);
  const Result<std::size_t> got = content->Read(std::span<char>(read));
  EXPECT_CODE(got, kCorruption);
  EXPECT_NE(got.status().message().find("big"), std::string::npos) << got.status().message();
  EXPECT_EQ(ContentOf(**opened, "d1"), "bytes of now");
  EXPECT_OK((*opened)->GetConversationJson("c4", true));
}

// A read-only engine, without a folder and a control store of its own.
TEST_F(OpenBackupTest, WhatItHasNotIsToldAndNeverMade) {
  PutSome("now");
  const BackupInfo encrypted = BackUp();
  const BackupInfo plain = BackUp(BackupType::kFull, false);
  for (const std::string& id : {encrypted.id, plain.id}) {
    Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), id);
    ASSERT_OK(opened);
    Engine& backup = **opened;
    const std::vector<std::string> before = FilesBelow("");
    const Result<KeyInfo> keys = ShowKeys(backup);
    ASSERT_OK(keys);
    EXPECT_TRUE(keys->identity_file.empty() && keys->recipients.empty());
    EXPECT_CODE(GenerateKey(backup), kPermissionDenied);
    EXPECT_CODE(CreateToken(backup, "owner0", PrincipalRole::kUser), kPermissionDenied);
    EXPECT_CODE(RevokeToken(backup, "01JXT21Q00W83YKWVEHZ04NE2Z"), kPermissionDenied);
    const Result<std::vector<TokenInfo>> tokens = ListTokens(backup);
    EXPECT_TRUE(tokens.ok() && tokens->empty());
    EXPECT_CODE(RunBackup(backup), kPermissionDenied);
    EXPECT_CODE(DeleteBackup(backup, id), kPermissionDenied);
    EXPECT_CODE(UndeleteBackup(backup, id), kPermissionDenied);
    EXPECT_CODE(RunRestore(backup, id), kPermissionDenied);
    EXPECT_CODE(RunPrune(backup), kPermissionDenied);
    EXPECT_CODE(RunVerifyBackup(backup, id, {.level = 5}), kPermissionDenied);
    EXPECT_CODE(StartEraseUser(backup, "owner0"), kPermissionDenied);
    EXPECT_EQ(ListBackups(backup)->size(), 2U) << "those of its own repository";
    EXPECT_TRUE(ListDeletedBackups(backup)->empty());
    EXPECT_OK(RunPrune(backup, {.plan = true}));
    const Result<VerifyReport> verified = RunVerifyBackup(backup, plain.id, {.level = 4});
    ASSERT_OK(verified);
    EXPECT_TRUE(verified->ok);
    EXPECT_CODE(RunVerifyBackup(backup, encrypted.id, {.level = 4}), kPermissionDenied) << "it has no identity of its own";
    EXPECT_OK(ListOperations(backup));
    EXPECT_OK(OpenBackup(backup, plain.id));
    EXPECT_CODE(OpenBackup(backup, encrypted.id), kPermissionDenied);
    EXPECT_OK(backup.Statistics());
    EXPECT_CODE(backup.Reclaim(), kPermissionDenied);
    EXPECT_OK(backup.CheckIntegrity());
    EXPECT_EQ(FilesBelow(""), before);
  }
}

TEST_F(OpenBackupTest, ItOutlivesTheEngineThatOpenedIt) {
  OpenOverFailingFiles();
  PutSome("now");
  const std::string before = WholeState(engine());
  const BackupInfo info = BackUp();
  Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), info.id);
  ASSERT_OK(opened);
  engine_.reset();
  EXPECT_EQ(WholeState(**opened), before);
  EXPECT_TRUE((*opened)->CheckIntegrity().value().findings.empty());
  EXPECT_OK((*opened)->Close());
}

}  // namespace
}  // namespace coffer::operations
