#include "operations/repository/repository_session.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "engine/internals.h"
#include "operations/operation_fixture.h"
#include "repository_fixture.h"

namespace coffer::operations {
namespace {

// Locks that always succeed, as on some network file systems.
class UnlockedFileSystem final : public WatchedFileSystem {
 public:
  using WatchedFileSystem::WatchedFileSystem;
  Result<std::unique_ptr<FileLock>> Lock(const std::string&, bool) override { return std::make_unique<FileLock>(); }
};

class RepositorySessionTest : public RepositoryTest {
 protected:
  std::unique_ptr<RepositorySession> Begin(const Repository& repository) {
    Result<std::unique_ptr<RepositorySession>> session = RepositorySession::Begin(engine::CoreOf(engine()), repository);
    EXPECT_OK(session);
    return session.ok() ? std::move(*session) : nullptr;
  }
  // A backup of one object, which exists.
  BackupManifest Prepare(RepositorySession& session, const Repository& repository) {
    BackupManifest manifest;
    manifest.info.id = engine::CoreOf(engine()).NewId();
    manifest.info.sequence = session.next_sequence();
    manifest.pool = manifest.info.id;
    manifest.store_format = 1;
    manifest.objects.push_back({std::string(64, 'a'), 1, std::string(64, 'b')});
    manifest.sealed_sha256 = std::string(64, 'c');
    EXPECT_OK(storage::PutObject(repository.objects(), Repository::ObjectName(manifest.objects[0].id), "x"));
    return manifest;
  }

  UnlockedFileSystem unlocked_{PosixFileSystem()};
};

TEST_F(RepositorySessionTest, ASecondSessionIsBusyWhileThereIsOne) {
  const Repository one = repository();
  const Repository two = repository();
  const auto session = Begin(one);
  EXPECT_CODE(RepositorySession::Begin(engine::CoreOf(engine()), two), kBusy);
}

TEST_F(RepositorySessionTest, WithoutLocksTheLaterSessionHasTheRepository) {
  const Repository one(unlocked_, repository_path());
  const Repository two(unlocked_, repository_path());
  const auto first = Begin(one);
  const BackupManifest manifest = Prepare(*first, one);
  const auto second = Begin(two);
  EXPECT_CODE(first->CheckHeld(), kConflict);
  EXPECT_CODE(first->PublishManifest(manifest, "sealed"), kConflict);
  EXPECT_OK(second->CheckHeld());
  EXPECT_TRUE(IdsListed().empty());
}

TEST_F(RepositorySessionTest, WithoutLocksWhatIsPublishedWhileAnotherBeginsKeepsItsObjects) {
  const Repository one(unlocked_, repository_path());
  const Repository two(unlocked_, repository_path());
  const auto first = Begin(one);
  const BackupManifest manifest = Prepare(*first, one);
  Status published = Status::Internal("not yet");
  unlocked_.OnNextOpen("/lease", [&] { published = first->PublishManifest(manifest, "sealed"); });
  const auto second = Begin(two);
  EXPECT_OK(published);
  EXPECT_TRUE(std::filesystem::exists(ManifestPath(manifest.info.id)));
  EXPECT_TRUE(std::filesystem::exists(ObjectPath(manifest.objects[0].id)));
  EXPECT_EQ(second->next_sequence(), manifest.info.sequence + 1);
}

TEST_F(RepositorySessionTest, AnotherRepositoryInItsPlaceIsAConflict) {
  const Repository one = repository();
  const auto session = Begin(one);
  const BackupManifest manifest = Prepare(*session, one);
  WriteBytes(repository_path() + "/repository.json",
             R"({"coffer_repository":1,"uuid":"01JXT21Q00W83YKWVEHZ04NE2Z","features":[]})");
  EXPECT_CODE(session->PublishManifest(manifest, "sealed"), kConflict);
  EXPECT_CODE(session->MoveToTrash(manifest.info.id, {}), kNotFound);
}

TEST_F(RepositorySessionTest, AnIdThatIsThereAlreadyKeepsItsManifest) {
  const Repository one = repository();
  const auto session = Begin(one);
  const BackupManifest manifest = Prepare(*session, one);
  ASSERT_OK(session->PublishManifest(manifest, "first"));
  EXPECT_CODE(session->PublishManifest(manifest, "second"), kAlreadyExists);
  EXPECT_TRUE(ReadBytes(ManifestPath(manifest.info.id)).ends_with("first"));
}

TEST_F(RepositorySessionTest, ObjectsWithoutAnyManifestStopEverySession) {
  PutSome("now");
  const std::string id = BackUp().id;
  const std::vector<std::string> objects = FilesBelow("objects");
  ASSERT_FALSE(objects.empty());
  std::filesystem::rename(repository_path() + "/manifests", repository_path() + "/hidden");
  const auto refused = [&](const Status& status) {
    EXPECT_EQ(status.code(), StatusCode::kCorruption) << status.ToString();
    EXPECT_NE(status.message().find("objects but no manifest"), std::string::npos) << status.ToString();
  };
  refused(RunBackup(engine()).status());
  refused(RunPrune(engine()).status());
  PruneOptions plan;
  plan.plan = true;
  refused(RunPrune(engine(), plan).status());
  refused(ListBackups(engine()).status());
  refused(RunRestore(engine(), "latest", Quick()).status());
  EXPECT_EQ(FilesBelow("objects"), objects);

  std::filesystem::rename(repository_path() + "/hidden", repository_path() + "/manifests");
  EXPECT_TRUE(RunVerifyBackup(engine(), id, {.level = 2}).value().ok);
  BackUp(BackupType::kIncremental);
}

TEST_F(RepositorySessionTest, ObjectsOfAFirstBackupThatFailedAreSwept) {
  const Repository one = repository();
  Prepare(*Begin(one), one);
  ASSERT_EQ(FilesBelow("objects").size(), 1U);
  EXPECT_EQ(Begin(one)->swept_bytes(), 1U);
  EXPECT_TRUE(FilesBelow("objects").empty());
}

TEST_F(RepositorySessionTest, ObjectsOfTheLastBackupAreSweptAfterItsManifestIsPurged) {
  PutSome("now");
  const std::string id = BackUp().id;
  ASSERT_OK(DeleteBackup(engine(), id));
  const Repository one = repository();
  {
    const auto session = Begin(one);
    ASSERT_OK(session->Purge(one.Trash().value().front()));
    EXPECT_FALSE(FilesBelow("objects").empty()) << "a crash comes before the sweep";
  }
  EXPECT_GT(Begin(one)->swept_bytes(), 0U);
  EXPECT_TRUE(FilesBelow("objects").empty());
}

TEST_F(RepositorySessionTest, AnUnreadableOrNewerRepositoryIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"coffer_repository":1,"uuid":7,"features":[]})"}) {
    WriteBytes(repository_path() + "/repository.json", text);
    EXPECT_CODE(RunBackup(engine()), kCorruption) << text;
  }
  for (const char* text :
       {R"({"coffer_repository":2,"uuid":"x","features":[]})", R"({"coffer_repository":1,"uuid":"x","features":["parity"]})"}) {
    WriteBytes(repository_path() + "/repository.json", text);
    EXPECT_CODE(RunBackup(engine()), kUnavailable) << text;
  }
}

}  // namespace
}  // namespace coffer::operations
