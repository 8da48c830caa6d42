// The data disk is lost; a repository and a copy of the key are left.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "coffer/erase.h"
#include "coffer/integrity.h"
#include "coffer/key.h"
#include "operations/repository/repository_fixture.h"

namespace coffer::operations {
namespace {

namespace fs = std::filesystem;

class DisasterTest : public RepositoryTest {
 protected:
  void SetUp() override { OpenBesideRepository(); }

  std::string vault() const { return directory_.File("vault"); }
  std::string kept_key() const { return directory_.File("kept-key"); }
  void OpenBesideRepository() {
    OpenOptions options;
    options.repository = vault();
    Open(options);
  }
  // Everything but repository and key.
  void LoseTheData() {
    fs::copy(IdentityPath(), kept_key(), fs::copy_options::overwrite_existing);
    engine_.reset();
    fs::remove_all(store_path());
  }
  RestoreOptions WithKey() const {
    RestoreOptions options;
    options.identity_file = kept_key();
    return options;
  }
  std::vector<std::string> Listed(Result<std::vector<BackupInfo>> (*list)(Engine&)) {
    Result<std::vector<BackupInfo>> backups = list(engine());
    EXPECT_OK(backups);
    std::vector<std::string> ids;
    if (backups.ok()) {
      for (const BackupInfo& info : *backups) ids.push_back(info.id);
    }
    return ids;
  }
};

TEST_F(DisasterTest, RepositoryAndKeyAloneGiveEverythingBack) {
  PutSome("first");
  const BackupInfo full = BackUp();
  PutSome("second", 7);
  const std::string second = WholeState(engine());
  const BackupInfo incremental = BackUp(BackupType::kIncremental);
  ASSERT_EQ(incremental.type, BackupType::kIncremental);
  PutSome("never backed up");
  LoseTheData();

  OpenBesideRepository();
  EXPECT_EQ(Listed(&ListBackups), (std::vector<std::string>{incremental.id, full.id}));
  EXPECT_CODE(RunRestore(engine(), "latest"), kPermissionDenied);
  EXPECT_TRUE(RunVerifyBackup(engine(), incremental.id, {.level = 5, .identity_file = kept_key()})->ok);
  Result<RestoreReport> report = RunRestore(engine(), "latest", WithKey());
  ASSERT_OK(report);
  EXPECT_EQ(report->backup_id, incremental.id);
  EXPECT_TRUE(WholeState(engine()) == second);
  EXPECT_TRUE(engine().CheckIntegrity().value().findings.empty());

  const BackupInfo next = BackUp(BackupType::kIncremental);
  EXPECT_EQ(next.type, BackupType::kFull) << "a new lineage shares no objects";
  EXPECT_NE(next.lineage, full.lineage);
  EXPECT_EQ(next.sequence, incremental.sequence + 1);
  EXPECT_EQ(BackUp(BackupType::kIncremental).base_id, next.id);
  OpenBesideRepository();
  EXPECT_TRUE(WholeState(engine()) == second);
  EXPECT_EQ(Listed(&ListBackups).size(), 4U);
}

TEST_F(DisasterTest, AKeyPutInItsPlaceBeforehandIsUsedFromTheFirstCall) {
  PutSome("now");
  const std::string before = WholeState(engine());
  const BackupInfo full = BackUp();
  LoseTheData();
  fs::create_directories(store_path() + "/keys");
  fs::copy(kept_key(), IdentityPath());
  OpenBesideRepository();
  ASSERT_OK(RunRestore(engine(), "latest"));
  EXPECT_TRUE(WholeState(engine()) == before);
  EXPECT_EQ(BackUp().recipients, full.recipients) << "and stays the one to keep";
}

TEST_F(DisasterTest, AnErasedUserStaysErased) {
  PutSome("now");
  const BackupInfo before_erasure = BackUp();
  const std::string erase_id = RunEraseUser(engine(), "owner1")->erase_id;
  const std::string erased = WholeState(engine());
  LoseTheData();

  OpenBesideRepository();
  EXPECT_CODE(RunRestore(engine(), "latest"), kPermissionDenied) << "neither backup nor ledger is read without the key";
  Result<RestoreReport> report = RunRestore(engine(), "latest", WithKey());
  ASSERT_OK(report);
  EXPECT_EQ(report->backup_id, before_erasure.id);
  EXPECT_EQ(report->erasures_applied, 1U);
  EXPECT_TRUE(WholeState(engine()) == erased);

  // The store has adopted the ledger: even a restore without the repository's ledger leaves the user out.
  RestoreOptions without = WithKey();
  without.without_ledger = true;
  ASSERT_OK(RunRestore(engine(), before_erasure.id, without));
  EXPECT_TRUE(WholeState(engine()) == erased);
  // A backup of a store restored without the repository's ledger contains only the erasures that this store has applied. After
  // a restore with it, the backup contains all up to the last one.
  for (const bool with_ledger : {false, true}) {
    const BackupInfo next = BackUp();
    const BackupManifest manifest = Repository(PosixFileSystem(), engine::CoreOf(engine()).repository()).Read(next.id).value();
    EXPECT_EQ(manifest.erased_through, with_ledger ? erase_id : "");
    EXPECT_TRUE(manifest.ContainsErasure(erase_id));
    Result<RestoreReport> again = RunRestore(engine(), next.id);
    ASSERT_OK(again);
    EXPECT_EQ(again->erasures_applied, 0U);
    EXPECT_TRUE(WholeState(engine()) == erased);
  }
}

TEST_F(DisasterTest, ASecondDisasterFindsTheErasuresOfBothLives) {
  PutSome("now");
  BackUp();
  ASSERT_OK(RunEraseUser(engine(), "owner1"));
  LoseTheData();
  fs::create_directories(store_path() + "/keys");
  fs::copy(kept_key(), IdentityPath());
  OpenBesideRepository();
  ASSERT_OK(RunRestore(engine(), "latest"));
  const std::vector<std::string> conversations = {"c4"};
  ASSERT_OK(RunErase(engine(), Kind::kConversation, conversations));
  const std::string erased = WholeState(engine());
  LoseTheData();
  OpenBesideRepository();
  Result<RestoreReport> report = RunRestore(engine(), "latest", WithKey());
  ASSERT_OK(report);
  EXPECT_EQ(report->erasures_applied, 2U);
  EXPECT_TRUE(WholeState(engine()) == erased);
}

TEST_F(DisasterTest, AChainWhoseFullBackupIsInTheTrashGivesEverythingBack) {
  PutSome("first");
  const BackupInfo full = BackUp();
  PutSome("second", 7);
  const BackupInfo middle = BackUp(BackupType::kIncremental);
  PutSome("third", 8);
  const std::string third = WholeState(engine());
  const BackupInfo last = BackUp(BackupType::kIncremental);
  ASSERT_EQ(last.base_id, full.id);
  ASSERT_OK(DeleteBackup(engine(), full.id));
  LoseTheData();

  OpenBesideRepository();
  EXPECT_EQ(Listed(&ListBackups), (std::vector<std::string>{last.id, middle.id}));
  EXPECT_EQ(Listed(&ListDeletedBackups), (std::vector<std::string>{full.id}));
  ASSERT_OK(RunRestore(engine(), "latest", WithKey()));
  EXPECT_TRUE(WholeState(engine()) == third);
  const BackupInfo next = BackUp(BackupType::kIncremental);
  EXPECT_EQ(next.type, BackupType::kFull);
  EXPECT_EQ(next.sequence, last.sequence + 1);

  // Removing it for good takes nothing from the others.
  constexpr std::int64_t kMonth = std::int64_t{30} * 86'400 * 1'000'000;
  PruneOptions prune;
  prune.as_of = Timestamp{next.created_at.microseconds + kMonth / 2};
  Result<PruneReport> pruned = RunPrune(engine(), prune);
  ASSERT_OK(pruned);
  EXPECT_EQ(pruned->purged, std::vector<std::string>{full.id});
  EXPECT_TRUE(RunVerifyBackup(engine(), last.id, {.level = 4, .identity_file = kept_key()})->ok);
  PutSome("fourth");
  ASSERT_OK(RunRestore(engine(), last.id, WithKey()));
  EXPECT_TRUE(WholeState(engine()) == third);
}

}  // namespace
}  // namespace coffer::operations
