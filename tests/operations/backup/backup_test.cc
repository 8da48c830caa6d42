#include "coffer/backup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "coffer/export.h"
#include "coffer/key.h"
#include "engine/internals.h"
#include "format/records/sha256.h"
#include "operations/repository/object_codec.h"
#include "operations/repository/repository_fixture.h"
#include "operations/repository/repository_session.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

using BackupTest = RepositoryTest;

TEST_F(BackupTest, AManifestTellsWhatTheBackupHolds) {
  PutSome("now");
  BackupOptions options;
  options.name = "mine";
  options.description = "a \"description\" \xC3\xBC";
  options.retention_days = 7;
  const BackupInfo info = BackUpWith(options);
  EXPECT_EQ(info.reason, BackupReason::kRequested);
  EXPECT_EQ(info.type, BackupType::kFull);
  EXPECT_TRUE(info.base_id.empty());
  EXPECT_EQ(info.record_count, 5U + 10U + 3U + 1U);
  EXPECT_EQ(info.expires_at.microseconds - info.created_at.microseconds, 7 * ManualClock::kMicrosecondsPerDay);
  ASSERT_EQ(info.recipients.size(), 1U);

  const BackupManifest manifest = ManifestOf(info.id);
  EXPECT_EQ(manifest.info.name, "mine");
  EXPECT_EQ(manifest.info.description, options.description);
  EXPECT_EQ(manifest.pool, info.id);
  EXPECT_EQ(manifest.repository, repository().Uuid().value());
  const SealedManifest sealed = SealedOf(info.id);
  EXPECT_EQ(sealed.Sum()[Kind::kMessage].count, 10U);
  EXPECT_EQ(sealed.by_owner.at("owner1")[Kind::kConversation].count, 2U);
  std::uint64_t bytes = 0;
  for (const BackupFile& file : sealed.files) bytes += file.size_bytes;
  EXPECT_EQ(info.file_bytes, bytes);
  EXPECT_EQ(engine::CoreOf(engine()).backups_count.load(), 1U);
  EXPECT_GE(engine::CoreOf(engine()).backups_bytes.load(), info.stored_bytes);
}

TEST_F(BackupTest, EveryObjectIsTheFileThatTheManifestTells) {
  PutSome("now");
  for (const bool compress : {true, false}) {
    for (const bool encrypt : {true, false}) {
      BackupOptions options;
      options.compress = compress;
      options.encrypt = encrypt;
      const BackupInfo info = BackUpWith(options);
      EXPECT_EQ(info.compressed, compress);
      EXPECT_EQ(info.encrypted, encrypt);
      EXPECT_EQ(info.recipients.empty(), !encrypt);
      const BackupManifest manifest = ManifestOf(info.id);
      const std::vector<format::AgeIdentity> identities = IdentitiesFor(engine::CoreOf(engine()), {}).value();
      std::uint64_t stored_bytes = 0;
      for (const BackupFile& file : SealedOf(info.id).files) {
        const StoredObject& object = manifest.objects[file.object];
        const std::string stored = ReadBytes(ObjectPath(object.id));
        EXPECT_EQ(stored.size(), object.stored_bytes);
        EXPECT_EQ(stored.starts_with("age-encryption.org/v1\n"), encrypt);
        format::Sha256 hash;
        hash.Update(stored);
        EXPECT_EQ(format::HexText(hash.Finish()), object.stored_sha256);
        Result<std::string> plain = DecodeObject(stored, encrypt, identities, 1 << 30);
        ASSERT_OK(plain);
        hash.Update(*plain);
        EXPECT_EQ(format::HexText(hash.Finish()), file.sha256);
        EXPECT_EQ(plain->size(), file.size_bytes);
        stored_bytes += stored.size();
      }
      EXPECT_EQ(info.stored_bytes, stored_bytes);
    }
  }
}

TEST_F(BackupTest, AnEncryptedBackupShowsNothingOfTheStore) {
  PutSome("a text to look for");
  const BackupInfo info = BackUp();
  for (const std::string& path : FilesBelow("")) {
    const std::string bytes = ReadBytes(path);
    for (const char* secret : {"a text to look for", "owner0", "CURRENT", "MANIFEST-", ".sst"}) {
      EXPECT_EQ(bytes.find(secret), std::string::npos) << path << ": " << secret;
    }
  }
  EXPECT_FALSE(FilesBelow("objects").empty());
}

TEST_F(BackupTest, NothingIsLeftBesideTheBackup) {
  PutSome("now");
  BackUp();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store_path())) {
    for (const char* part : {".partial", ".tmp", "/unfinished/"}) {
      EXPECT_EQ(entry.path().string().find(part), std::string::npos) << entry.path();
    }
  }
}

TEST_F(BackupTest, AnIncrementalBackupStoresOnlyWhatIsNew) {
  PutSome("now");
  PutDocument("large", RandomBytes(std::size_t{1} << 20, 1));
  const BackupInfo full = BackUp();
  const std::string first_state = WholeState(engine());
  PutSome("later", 7);
  const BackupInfo second = BackUp(BackupType::kIncremental);
  EXPECT_EQ(second.type, BackupType::kIncremental);
  EXPECT_EQ(second.base_id, full.id);
  EXPECT_LT(second.stored_bytes, full.stored_bytes / 10);
  const BackupInfo third = BackUp(BackupType::kIncremental);
  EXPECT_EQ(third.base_id, full.id);
  const std::set<std::string> of_second = ObjectsOf(second.id);
  std::size_t shared = 0;
  for (const std::string& object : ObjectsOf(third.id)) shared += of_second.contains(object) ? 1 : 0;
  EXPECT_GT(shared, 0U);
  EXPECT_EQ(StateOfBackup(full.id), first_state);
  EXPECT_EQ(StateOfBackup(second.id), WholeState(engine()));
  EXPECT_EQ(StateOfBackup(third.id), WholeState(engine()));
}

TEST_F(BackupTest, AnUnchangedFileIsNotReadAgain) {
  OpenOverFailingFiles();
  PutSome("now");
  ASSERT_OK(engine().Reclaim());
  const BackupInfo full = BackUp(BackupType::kFull, false);
  PutSome("later", 1);
  // A read of a shared file in the image would fail here.
  const SealedManifest sealed = SealedOf(full.id);
  for (const BackupFile& file : sealed.files) {
    if (!file.name.ends_with(".blob")) continue;
    FileFailure failure;
    failure.operation = FileOperation::kRead;
    failure.path_part = file.name;
    failure.repeat = true;
    files_.FailOn(failure);
    EXPECT_OK(RunBackup(engine(), {.type = BackupType::kIncremental, .encrypt = false}));
    EXPECT_CODE(RunBackup(engine(), {.type = BackupType::kFull, .encrypt = false}), kIoError);
    files_.Heal();
  }
}

TEST_F(BackupTest, ADifferentialBackupSharesWithItsBaseAlone) {
  PutSome("now");
  const BackupInfo full = BackUp();
  PutSome("later", 7);
  ASSERT_OK(engine().Reclaim());
  const BackupInfo incremental = BackUp(BackupType::kIncremental);
  ASSERT_GT(incremental.stored_bytes, 0U);
  const BackupInfo differential = BackUp(BackupType::kDifferential);
  EXPECT_EQ(differential.type, BackupType::kDifferential);
  EXPECT_EQ(differential.base_id, full.id);
  ASSERT_OK(DeleteBackup(engine(), incremental.id));
  EXPECT_EQ(StateOfBackup(differential.id), WholeState(engine()));
}

TEST_F(BackupTest, WithoutAFullOneOnTheSameTermsItBecomesFull) {
  PutSome("now");
  const BackupInfo first = BackUp(BackupType::kIncremental);
  EXPECT_EQ(first.type, BackupType::kFull);
  EXPECT_EQ(first.requested_type, BackupType::kIncremental);
  EXPECT_EQ(BackUp(BackupType::kDifferential, false).type, BackupType::kFull) << "encrypted objects are not for a plain backup";
  BackupOptions other;
  other.type = BackupType::kIncremental;
  other.recipients = {format::AgeRecipientText(format::AgeIdentity::Generate()->recipient())};
  EXPECT_EQ(BackUpWith(other).type, BackupType::kFull) << "its recipient cannot read the others' objects";
  EXPECT_EQ(BackUpWith(other).type, BackupType::kIncremental);
  other.include_contents = false;
  EXPECT_EQ(BackUpWith(other).type, BackupType::kFull);
  EXPECT_EQ(BackUp(BackupType::kIncremental).base_id, first.id);
}

TEST_F(BackupTest, WhatABackupInTheTrashHoldsIsSharedAsWell) {
  PutSome("now");
  BackUp();
  PutSome("later", 7);
  ASSERT_OK(engine().Reclaim());
  const BackupInfo deleted = BackUp(BackupType::kIncremental);
  ASSERT_GT(deleted.stored_bytes, 0U);
  ASSERT_OK(DeleteBackup(engine(), deleted.id));
  for (const BackupType type : {BackupType::kIncremental, BackupType::kDifferential}) {
    const BackupInfo next = BackUp(type);
    EXPECT_EQ(next.type, type);
    EXPECT_TRUE(StateOfBackup(next.id) == WholeState(engine()));
  }
  ASSERT_OK(UndeleteBackup(engine(), deleted.id));
  EXPECT_TRUE(StateOfBackup(deleted.id) == WholeState(engine()));
}

TEST_F(BackupTest, ABaseThatLacksAnObjectIsNotSharedWith) {
  PutSome("now");
  const BackupInfo full = BackUp();
  std::filesystem::remove(ObjectPath(*ObjectsOf(full.id).begin()));
  const BackupInfo next = BackUp(BackupType::kIncremental);
  EXPECT_EQ(next.type, BackupType::kFull);
  EXPECT_EQ(StateOfBackup(next.id), WholeState(engine()));
}

TEST_F(BackupTest, ABaseThatWasFoundDamagedIsNotSharedWith) {
  PutSome("now");
  const BackupInfo full = BackUp();
  const std::string path = ObjectPath(*ObjectsOf(full.id).begin());
  std::string bytes = ReadBytes(path);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  WriteBytes(path, bytes);
  EXPECT_EQ(BackUp(BackupType::kIncremental).type, BackupType::kIncremental) << "not verified yet";
  EXPECT_FALSE(RunVerifyBackup(engine(), full.id)->ok);
  EXPECT_EQ(BackUp(BackupType::kIncremental).type, BackupType::kFull);
}

TEST_F(BackupTest, ARestoreBeginsANewLineage) {
  PutSome("now");
  const BackupInfo before = BackUp();
  ASSERT_OK(RunRestore(engine(), before.id, Quick()));
  const BackupInfo after = BackUp(BackupType::kIncremental);
  EXPECT_NE(after.lineage, before.lineage);
  EXPECT_EQ(after.type, BackupType::kFull);
  EXPECT_EQ(after.sequence, before.sequence + 1);
}

TEST_F(BackupTest, BackupsAreListedInTheOrderOfTheirSequenceWhateverTheClockDoes) {
  ManualClock clock(1'700'000'000'000'000);
  OpenOptions options;
  options.clock = &clock;
  Open(options);
  EXPECT_TRUE(IdsListed().empty());
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    clock.Advance(i == 1 ? -ManualClock::kMicrosecondsPerDay : ManualClock::kMicrosecondsPerDay);
    ids.insert(ids.begin(), BackUp().id);
  }
  EXPECT_EQ(IdsListed(), ids);
  engine_.reset();  // before its clock
}

TEST_F(BackupTest, ContentsCanBeLeftOut) {
  PutSome("now");
  ASSERT_OK(engine().Reclaim());
  BackupOptions options;
  options.include_contents = false;
  const BackupInfo info = BackUpWith(options);
  EXPECT_FALSE(info.contents_included);
  for (const BackupFile& file : SealedOf(info.id).files) EXPECT_FALSE(file.name.ends_with(".blob")) << file.name;
  EXPECT_LT(info.file_bytes, BackUp().file_bytes);
  Result<RestoreReport> report = RunRestore(engine(), info.id, Quick());
  ASSERT_OK(report);
  EXPECT_EQ(report->documents, 3U);
  EXPECT_EQ(report->contents, 0U);
  EXPECT_EQ(report->contents_missing, 2U);
  char first = 0;
  Result<ContentReader> reader = engine().OpenContent("d2");
  ASSERT_OK(reader);
  const Result<std::size_t> got = reader->Read(std::span<char>(&first, 1));
  EXPECT_CODE(got, kNotFound);
  EXPECT_NE(got.status().message().find(info.id), std::string::npos) << got.status().message();
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
  ExportOptions to_file;
  to_file.output = directory_.File("export.json.zst");
  const Result<ExportReport> exported = RunExport(engine(), to_file);
  ASSERT_OK(exported);
  EXPECT_EQ(exported->documents, 3U);
  EXPECT_EQ(exported->contents, 0U);
  PutDocument("d4", "written since");
  EXPECT_EQ(ContentOf(engine(), "d4"), "written since");
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());
}

TEST_F(BackupTest, LogsComeAlongWhenTheyAreAskedFor) {
  PutSome("now");
  const BackupInfo first = BackUp();
  BackupOptions options;
  options.include_logs = true;
  const BackupInfo info = BackUpWith(options);
  EXPECT_TRUE(info.logs_included);
  const SealedManifest sealed = SealedOf(info.id);
  const auto logs = std::ranges::find(sealed.files, kLogsFileName, &BackupFile::name);
  ASSERT_NE(logs, sealed.files.end());
  const std::string stored = ReadBytes(ObjectPath(ManifestOf(info.id).objects[logs->object].id));
  Result<std::string> text = DecodeObject(stored, true, IdentitiesFor(engine::CoreOf(engine()), {}).value(), 1 << 30);
  ASSERT_OK(text);
  EXPECT_NE(text->find("\"id\":\"" + first.id + "\",\"kind\":\"backup\""), std::string::npos) << *text;
  ASSERT_OK(RunRestore(engine(), info.id, Quick()));
}

TEST_F(BackupTest, OptionsAreChecked) {
  const auto refused = [this](const BackupOptions& options) { EXPECT_CODE(RunBackup(engine(), options), kInvalidArgument); };
  refused({.retention_days = 0});
  refused({.retention_days = 366});
  refused({.name = "\xff"});
  refused({.name = std::string(256, 'x')});
  refused({.description = std::string(4097, 'x')});
  refused({.recipients = {"age1nonsense"}});
  refused({.encrypt = false, .recipients = {format::AgeRecipientText(format::AgeIdentity::Generate()->recipient())}});
  refused({.recipients = std::vector<std::string>(kBackupRecipientsMax + 1, "age1")});
  EXPECT_TRUE(IdsListed().empty());
  EXPECT_FALSE(std::filesystem::exists(IdentityPath())) << "a refused backup makes no key";
}

TEST_F(BackupTest, AHostWithPublicKeysAloneBacksUpAndCannotRead) {
  PutSome("now");
  const Result<format::AgeIdentity> elsewhere = format::AgeIdentity::Generate();
  WriteBytes(store_path() + "/keys/recipients.txt", format::AgeRecipientText(elsewhere->recipient()) + "\n");
  const BackupInfo info = BackUp();
  EXPECT_FALSE(std::filesystem::exists(IdentityPath()));
  EXPECT_EQ(info.recipients, std::vector<std::string>{format::AgeRecipientText(elsewhere->recipient())});
  EXPECT_EQ(BackUp(BackupType::kIncremental).type, BackupType::kIncremental);
  const Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), info.id);
  EXPECT_CODE(opened, kPermissionDenied);
  EXPECT_NE(opened.status().message().find(info.recipients[0]), std::string::npos) << opened.status().message();
  EXPECT_CODE(RunRestore(engine(), info.id, Quick()), kPermissionDenied);

  RestoreOptions options = Quick();
  options.identity_file = directory_.File("identity");
  WriteBytes(options.identity_file, elsewhere->Text() + "\n");
  const std::string before = WholeState(engine());
  PutSome("later");
  ASSERT_OK(RunRestore(engine(), info.id, options));
  EXPECT_EQ(WholeState(engine()), before);
}

TEST_F(BackupTest, WhatIsNoManifestIsNoBackup) {
  BackUp();
  WriteBytes(ManifestPath("stranger"), "x");
  WriteBytes(repository_path() + "/unfinished/7", "x");
  WriteBytes(repository_path() + "/objects/aa/" + std::string(64, 'a'), "x");
  EXPECT_EQ(IdsListed().size(), 1U);
  BackUp();
  EXPECT_TRUE(FilesBelow("unfinished").empty()) << "swept by the next backup";
  EXPECT_FALSE(std::filesystem::exists(repository_path() + "/objects/aa/" + std::string(64, 'a')));
}

TEST_F(BackupTest, ADamagedManifestIsToldByName) {
  const BackupInfo info = BackUp();
  const std::string path = ManifestPath(info.id);
  const std::string good = ReadBytes(path);
  const std::size_t line = good.find('\n');
  for (std::size_t at = 0; at <= line; at += std::max<std::size_t>(1, line / 97)) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x04);
    WriteBytes(path, bad);
    Result<std::vector<BackupInfo>> listed = ListBackups(engine());
    ASSERT_OK(listed);
    ASSERT_EQ(listed->size(), 1U);
    EXPECT_EQ(listed->front().id, info.id);
    EXPECT_NE(listed->front().damage.find(info.id), std::string::npos) << at << listed->front().damage;
    EXPECT_CODE(OpenBackup(engine(), "latest"), kCorruption) << at;
  }
  for (const std::string& bad : {std::string(), good.substr(0, line / 2)}) {
    WriteBytes(path, bad);
    EXPECT_FALSE(ListBackups(engine()).value().front().damage.empty());
  }
  // With the damaged manifest, backups still work, nothing is swept, and the backup can be moved to the trash.
  WriteBytes(repository_path() + "/objects/aa/" + std::string(64, 'a'), "x");
  ASSERT_OK(RunBackup(engine()));
  EXPECT_TRUE(std::filesystem::exists(repository_path() + "/objects/aa/" + std::string(64, 'a')));
  EXPECT_CODE(RunPrune(engine()), kCorruption);
  const std::vector<BackupInfo> both = ListBackups(engine()).value();
  ASSERT_EQ(both.size(), 2U);
  EXPECT_TRUE(both[0].damage.empty());
  EXPECT_EQ(both[1].id, info.id);
  EXPECT_LE(both[1].created_at, info.created_at) << "an id is older than its backup";
  EXPECT_GT(both[1].created_at.microseconds, info.created_at.microseconds - 60'000'000);
  // The newer backup is certainly the latest.
  EXPECT_OK(OpenBackup(engine(), "latest"));
  ASSERT_OK(DeleteBackup(engine(), info.id));
  EXPECT_FALSE(ListDeletedBackups(engine()).value().front().damage.empty());
}

TEST_F(BackupTest, AReadOnlyEngineListsAndMakesNone) {
  const BackupInfo info = BackUp();
  OpenOptions options;
  options.read_only = true;
  Open(options);
  EXPECT_EQ(IdsListed().size(), 1U);
  EXPECT_CODE(RunBackup(engine()), kPermissionDenied);
  EXPECT_CODE(RunRestore(engine(), "latest"), kPermissionDenied);
  EXPECT_CODE(DeleteBackup(engine(), info.id), kPermissionDenied);
  EXPECT_CODE(UndeleteBackup(engine(), info.id), kPermissionDenied);
  EXPECT_CODE(RunPrune(engine()), kPermissionDenied);
  EXPECT_OK(RunPrune(engine(), {.plan = true}));
  EXPECT_TRUE(RunVerifyBackup(engine(), info.id, {.level = 4})->ok);
}

TEST_F(BackupTest, AnotherHolderOfTheRepositoryIsNamed) {
  BackUp();
  Result<std::unique_ptr<FileLock>> held = PosixFileSystem().Lock(repository_path() + "/LOCK", true);
  ASSERT_OK(held);
  EXPECT_CODE(RunBackup(engine()), kBusy);
}

TEST_F(BackupTest, ASessionThatWasOvertakenPublishesNothing) {
  PutSome("now");
  BackUp();
  const Repository repository(engine::CoreOf(engine()).files(), repository_path());
  Result<std::unique_ptr<RepositorySession>> session = RepositorySession::Begin(engine::CoreOf(engine()), repository);
  ASSERT_OK(session);
  ASSERT_OK((*session)->CheckHeld());
  WriteBytes(repository_path() + "/lease", R"({"fencing":1000})");
  EXPECT_CODE((*session)->CheckHeld(), kConflict);
  BackupManifest manifest;
  manifest.info.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_CODE((*session)->PublishManifest(manifest, ""), kConflict);
  EXPECT_EQ(IdsListed().size(), 1U);
}

TEST_F(BackupTest, AnotherRepositoryUnderTheSamePathIsAConflict) {
  BackUp();
  const Repository repository(engine::CoreOf(engine()).files(), repository_path());
  Result<std::unique_ptr<RepositorySession>> session = RepositorySession::Begin(engine::CoreOf(engine()), repository);
  ASSERT_OK(session);
  WriteBytes(repository_path() + "/repository.json", R"({"coffer_repository":1,"uuid":"other","features":[]})");
  EXPECT_CODE((*session)->CheckHeld(), kConflict);
}

TEST_F(BackupTest, ARepositoryOfANewerVersionIsRefusedByName) {
  BackUp();
  for (const char* text :
       {R"({"coffer_repository":2,"uuid":"u","features":[]})", R"({"coffer_repository":1,"uuid":"u","features":["later"]})"}) {
    WriteBytes(repository_path() + "/repository.json", text);
    EXPECT_CODE(RunBackup(engine()), kUnavailable);
  }
  WriteBytes(repository_path() + "/repository.json", "{");
  const Result<BackupInfo> refused = RunBackup(engine());
  EXPECT_CODE(refused, kCorruption);
  EXPECT_NE(refused.status().message().find("repository.json"), std::string::npos);
}

TEST_F(BackupTest, RotInTheStoreIsNotCopied) {
  PutSome("now");
  ASSERT_OK(engine().Reclaim());
  std::string victim;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store_path())) {
    if (entry.path().extension() == ".sst" || entry.path().extension() == ".blob") victim = entry.path().string();
  }
  ASSERT_FALSE(victim.empty());
  std::string bytes = ReadBytes(victim);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  {
    std::fstream file(victim, std::ios::binary | std::ios::in | std::ios::out);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  Result<BackupInfo> info = RunBackup(engine());
  EXPECT_CODE(info, kCorruption);
  EXPECT_NE(info.status().message().find(std::filesystem::path(victim).filename().string()), std::string::npos)
      << info.status().message();
  EXPECT_TRUE(IdsListed().empty());
}

TEST_F(BackupTest, AFullDeviceSaysHowMuchIsMissing) {
  OpenOverFailingFiles();
  PutSome("now");
  files_.LimitBytes(1 << 20);
  Result<BackupInfo> info = RunBackup(engine());
  EXPECT_CODE(info, kResourceExhausted);
  EXPECT_NE(info.status().message().find("bytes are missing"), std::string::npos) << info.status().message();
}

TEST_F(BackupTest, AFailureAtAnyCallLeavesNoBackupAndAStoreThatServes) {
  const std::string repository = directory_.File("repository");
  OpenOptions options;
  options.repository = repository;
  OpenOverFailingFiles(options);
  PutSome("now", 2);
  const std::string before = WholeState(engine());
  // Some failures have no effect, such as that of looking for temporary files; so many in a row mean the end.
  constexpr std::size_t kInARow = 12;
  std::size_t failed = 0;
  std::size_t in_a_row = 0;
  for (std::uint64_t nth = 1; in_a_row < kInARow && nth < 1000; ++nth) {
    std::filesystem::remove_all(repository);
    FileFailure failure;
    failure.path_part = repository;
    failure.nth = nth;
    files_.FailOn(failure);
    const Result<BackupInfo> info = RunBackup(engine());
    files_.Heal();
    in_a_row = info.ok() ? in_a_row + 1 : 0;
    failed += info.ok() ? 0 : 1;
    EXPECT_EQ(IdsListed().size(), info.ok() ? 1U : 0U) << nth << ": " << info.status().ToString();
  }
  EXPECT_EQ(in_a_row, kInARow);
  EXPECT_GT(failed, 60U);
  EXPECT_EQ(WholeState(engine()), before);
  EXPECT_EQ(StateOfBackup(IdsListed().front()), before);
}

TEST_F(BackupTest, ACancelLeavesNoBackup) {
  PutSome("now");
  BackupOptions options;
  options.bytes_per_second_max = 1;
  Result<OperationOf<BackupInfo>> operation = StartBackup(engine(), options);
  ASSERT_OK(operation);
  operation->Cancel();
  EXPECT_CODE(operation->Finish(), kCancelled);
  EXPECT_TRUE(IdsListed().empty());
  EXPECT_OK(RunBackup(engine()));
  EXPECT_TRUE(FilesBelow("unfinished").empty());
}

}  // namespace
}  // namespace coffer::operations
