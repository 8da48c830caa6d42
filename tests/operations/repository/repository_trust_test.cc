// A repository must not touch files outside it, and must not trust the files in it.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "coffer/backup.h"
#include "coffer/erase.h"
#include "operations/repository/catalogue.h"
#include "repository_fixture.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

class RepositoryTrustTest : public RepositoryTest {
 protected:
  void EraseUser(const std::string& user) {
    Result<OperationOf<EraseReport>> erase = StartEraseUser(engine(), user);
    ASSERT_OK(erase);
    ASSERT_OK(erase->Finish());
  }
};

TEST_F(RepositoryTrustTest, AFolderWithOtherThingsInItIsNotMadeARepository) {
  const std::string other = directory_.File("other");
  WriteBytes(other + "/objects/pack/something", "precious");
  WriteBytes(other + "/HEAD", "x");
  OpenOptions options;
  options.repository = other;
  Open(options);
  EXPECT_CODE(RunBackup(engine()), kInvalidArgument);
  EXPECT_EQ(ReadBytes(other + "/objects/pack/something"), "precious");
}

TEST_F(RepositoryTrustTest, ARepositoryThatLostItsNameIsNotTakenForANewOne) {
  const BackupInfo info = BackUp();
  std::filesystem::remove(repository_path() + "/repository.json");
  EXPECT_CODE(RunBackup(engine()), kInvalidArgument);
  EXPECT_EQ(IdsListed(), std::vector<std::string>{info.id});
}

TEST_F(RepositoryTrustTest, OnlyWhatCanBeAnObjectIsSwept) {
  BackUp();
  for (const char* name : {"/objects/notes.txt", "/objects/ab/short", "/objects/ab/cd/deep"}) {
    WriteBytes(repository_path() + name, "x");
  }
  WriteBytes(repository_path() + "/objects/ab/" + std::string(64, 'c'), "of another folder");
  BackUp();
  for (const char* name : {"/objects/notes.txt", "/objects/ab/short", "/objects/ab/cd/deep"}) {
    EXPECT_TRUE(std::filesystem::exists(repository_path() + name)) << name;
  }
  EXPECT_TRUE(std::filesystem::exists(repository_path() + "/objects/ab/" + std::string(64, 'c')));
}

TEST_F(RepositoryTrustTest, APartOfTheDataFolderIsNoPlaceForARepository) {
  engine_.reset();
  for (const char* part : {"", "/", "/gen-000001", "/control/x", "/keys", "/exports", "/backups/../gen-000001"}) {
    OpenOptions options;
    options.repository = store_path() + part;
    EXPECT_CODE(Engine::Open(store_path(), options), kInvalidArgument) << part;
  }
  OpenOptions options;
  options.repository = store_path() + "/backups";
  EXPECT_OK(Engine::Open(store_path(), options));
}

TEST_F(RepositoryTrustTest, ADeletionThatDidNotHappenIsNotTold) {
  const BackupInfo info = BackUp();
  WriteBytes(repository_path() + "/repository.json", "{");
  EXPECT_CODE(DeleteBackup(engine(), info.id), kCorruption);
  EXPECT_EQ(IdsListed().size(), 1U);
  EXPECT_CODE(DeleteBackup(engine(), "01ARZ3NDEKTSV4RRFFQ69G5FAV"), kCorruption);
}

TEST_F(RepositoryTrustTest, ADamagedManifestCanBeDeletedAndTheOthersUndeleted) {
  const BackupInfo damaged = BackUp();
  const BackupInfo good = BackUp();
  WriteBytes(ManifestPath(damaged.id), "damaged");
  ASSERT_OK(DeleteBackup(engine(), good.id));
  Result<BackupInfo> back = UndeleteBackup(engine(), good.id);
  ASSERT_OK(back);
  EXPECT_EQ(back->sequence, good.sequence);
  ASSERT_OK(DeleteBackup(engine(), damaged.id));
  EXPECT_EQ(IdsListed(), std::vector<std::string>{good.id});
}

TEST_F(RepositoryTrustTest, ADamagedManifestIsAFindingOfItsVerification) {
  const BackupInfo info = BackUp();
  std::string bytes = ReadBytes(ManifestPath(info.id));
  bytes[20] = static_cast<char>(bytes[20] ^ 1);
  WriteBytes(ManifestPath(info.id), bytes);
  Result<VerifyReport> report = RunVerifyBackup(engine(), info.id, {.level = 0});
  ASSERT_OK(report);
  EXPECT_FALSE(report->ok);
  ASSERT_EQ(report->findings.size(), 1U);
  EXPECT_EQ(report->findings[0].object, Repository::ManifestName(info.id));
}

TEST_F(RepositoryTrustTest, AWeakerLookDoesNotTakeTheWordOfADeeperOne) {
  PutSome("now");
  const BackupInfo info = BackUp();
  ASSERT_TRUE(RunVerifyBackup(engine(), info.id, {.level = 4})->ok);
  ASSERT_TRUE(RunVerifyBackup(engine(), info.id, {.level = 0})->ok);
  EXPECT_EQ(ListBackups(engine())->front().verified->level, 4);
  const std::string path = ObjectPath(*ObjectsOf(info.id).begin());
  const std::string good = ReadBytes(path);
  std::string bad = good;
  bad.back() = static_cast<char>(bad.back() ^ 1);
  WriteBytes(path, bad);
  ASSERT_FALSE(RunVerifyBackup(engine(), info.id, {.level = 2})->ok);
  ASSERT_TRUE(RunVerifyBackup(engine(), info.id, {.level = 1})->ok);
  EXPECT_FALSE(ListBackups(engine())->front().verified->ok) << "not verified at this level since";
  WriteBytes(path, good);
  ASSERT_TRUE(RunVerifyBackup(engine(), info.id, {.level = 2})->ok);
  EXPECT_TRUE(ListBackups(engine())->front().verified->ok);
}

TEST_F(RepositoryTrustTest, DamageThatIsSharedIsKnownOfAllThatShareIt) {
  PutSome("now");
  const BackupInfo full = BackUp();
  const BackupInfo next = BackUp(BackupType::kIncremental);
  std::string shared;
  for (const std::string& object : ObjectsOf(next.id)) shared = ObjectsOf(full.id).contains(object) ? object : shared;
  ASSERT_FALSE(shared.empty());
  std::string bytes = ReadBytes(ObjectPath(shared));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  WriteBytes(ObjectPath(shared), bytes);
  ASSERT_FALSE(RunVerifyBackup(engine(), next.id)->ok);
  ASSERT_OK(DeleteBackup(engine(), next.id));
  EXPECT_EQ(BackUp(BackupType::kIncremental).type, BackupType::kFull) << "the base has the damaged object too";
}

TEST_F(RepositoryTrustTest, APlanAtAJumpedTimeDoesNotMakeItAGoodOne) {
  ManualClock clock(1'700'000'000'000'000);
  OpenOptions options;
  options.clock = &clock;
  Open(options);
  BackUp();
  BackUp();
  clock.Advance(400 * ManualClock::kMicrosecondsPerDay);
  for (const bool plan : {true, false, true, false}) {
    Result<PruneReport> report = RunPrune(engine(), {.plan = plan});
    ASSERT_OK(report);
    EXPECT_TRUE(report->clock_jumped);
    EXPECT_TRUE(report->drop.empty());
  }
  engine_.reset();  // before its clock
}

TEST_F(RepositoryTrustTest, ALeaseOfNonsenseCountsAsNone) {
  BackUp();
  for (const char* text :
       {R"({"fencing":"x","last_sequence":[]})", R"({"last_sequence":18446744073709551615})", "[]", "{", ""}) {
    WriteBytes(repository_path() + "/lease", text);
    Result<BackupInfo> info = RunBackup(engine());
    ASSERT_OK(info);
    EXPECT_EQ(info->id, IdsListed().front()) << text;
  }
}

TEST_F(RepositoryTrustTest, AnEntryOfTheLedgerFromElsewhereIsReadStrictly) {
  PutSome("now");
  const BackupInfo info = BackUp();
  WriteBytes(repository_path() + "/ledger/.DS_Store", "x");
  WriteBytes(repository_path() + "/ledger/zzzz", "{}");
  ASSERT_OK(RunRestore(engine(), info.id, Quick())) << "a file without an entry's name is ignored";
  const std::string id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  const auto entry = [](const std::string& erase_id, const std::string& subject, const std::string& ids) {
    return EncodeObject({}, R"({"coffer_erasure":1,"erase_id":")" + erase_id + R"(","created_at":1,"subject":")" + subject +
                                R"(","ids":)" + ids + R"(,"completed_at":null,"receipt":null})")
        .value();
  };
  const std::string late = "74ARZ3NDEKTSV4RRFFQ69G5FAV";
  for (const std::string& bad : {entry(late, "messages", R"(["a"])"), entry(late, "user", "[]"),
                                 entry(late, "user", R"(["a b"])"), entry(id, "user", R"(["a"])"), std::string("{half")}) {
    WriteBytes(repository_path() + "/ledger/" + late, bad);
    EXPECT_CODE(RunRestore(engine(), info.id, Quick()), kCorruption);
    std::filesystem::remove(repository_path() + "/ledger/" + late);
    ASSERT_OK(RunRestore(engine(), info.id, Quick())) << "nothing of it was adopted";
  }
}

TEST_F(RepositoryTrustTest, AStoreRestoredWithoutTheLedgerClaimsNoErasureForItsBackups) {
  PutSome("now");
  const BackupInfo old = BackUp();
  EraseUser("owner0");
  const std::string repository = directory_.File("repository");
  std::filesystem::copy(repository_path(), repository, std::filesystem::copy_options::recursive);
  std::filesystem::copy(store_path() + "/keys", directory_.File("keys"), std::filesystem::copy_options::recursive);
  engine_.reset();
  std::filesystem::remove_all(store_path());
  std::filesystem::create_directories(store_path());
  std::filesystem::copy(directory_.File("keys"), store_path() + "/keys", std::filesystem::copy_options::recursive);
  OpenOptions options;
  options.repository = repository;
  Open(options);
  RestoreOptions blind = Quick();
  blind.without_ledger = true;
  ASSERT_OK(RunRestore(engine(), old.id, blind));
  ASSERT_OK(engine().GetPrompt("p1"));
  EraseUser("nobody");
  Result<BackupInfo> since = RunBackup(engine());
  ASSERT_OK(since);
  Result<RestoreReport> report = RunRestore(engine(), since->id, Quick());
  ASSERT_OK(report);
  EXPECT_GE(report->erasures_applied, 1U);
  EXPECT_CODE(engine().GetPrompt("p1"), kNotFound) << "the erased user's";
}

}  // namespace
}  // namespace coffer::operations
