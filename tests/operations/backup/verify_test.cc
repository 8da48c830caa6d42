#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "operations/repository/repository_fixture.h"

namespace coffer::operations {
namespace {

class VerifyTest : public RepositoryTest {
 protected:
  VerifyReport VerifyAt(const std::string& id, int level) {
    Result<VerifyReport> report = RunVerifyBackup(engine(), id, {.level = level});
    EXPECT_OK(report);
    return report.ok() ? std::move(*report) : VerifyReport();
  }
  static void Flip(const std::string& path, std::size_t at, int mask = 0x20) {
    std::string bytes = ReadBytes(path);
    bytes[at] = static_cast<char>(bytes[at] ^ mask);
    WriteBytes(path, bytes);
  }
};

TEST_F(VerifyTest, EachLevelLooksDeeperAndFindsNothingInAGoodBackup) {
  PutSome("now");
  for (const bool encrypt : {true, false}) {
    const BackupInfo info = BackUp(BackupType::kFull, encrypt);
    const VerifyDepth depths[] = {VerifyDepth::kManifest, VerifyDepth::kPresence, VerifyDepth::kPlainBytes,
                                  VerifyDepth::kValues,   VerifyDepth::kRecords,  VerifyDepth::kRestored};
    for (int level = 0; level <= kVerifyLevelMax; ++level) {
      const VerifyReport report = VerifyAt(info.id, level);
      EXPECT_TRUE(report.ok) << level;
      EXPECT_EQ(report.level, level);
      EXPECT_EQ(report.depth, depths[level]);
      EXPECT_EQ(report.objects > 0, level >= 1) << level;
      EXPECT_EQ(report.bytes > 0, level >= 2) << level;
      EXPECT_EQ(report.values > 0, level >= 3) << level;
      EXPECT_TRUE(report.findings.empty());
      const BackupInfo listed = ListBackups(engine())->front();
      ASSERT_TRUE(listed.verified);
      EXPECT_EQ(listed.verified->level, level);
      EXPECT_TRUE(listed.verified->ok);
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(store_path())) {
    EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
  }
}

TEST_F(VerifyTest, AFlippedBitInAnyObjectIsFoundNamedAndAttributed) {
  PutSome("now");
  ASSERT_OK(engine().Reclaim());
  for (const bool encrypt : {true, false}) {
    const BackupInfo full = BackUp(BackupType::kFull, encrypt);
    PutSome(encrypt ? "one" : "two", 2);
    const BackupInfo next = BackUp(BackupType::kIncremental, encrypt);
    const std::set<std::string> of_full = ObjectsOf(full.id);
    for (const std::string& object : ObjectsOf(next.id)) {
      const std::string path = ObjectPath(object);
      const std::string good = ReadBytes(path);
      for (const std::size_t at : {std::size_t{0}, good.size() / 3, good.size() / 2, good.size() - 1}) {
        Flip(path, at);
        const VerifyReport report = VerifyAt(next.id, 2);
        EXPECT_FALSE(report.ok) << path << " at " << at;
        ASSERT_EQ(report.findings.size(), 1U) << path;
        EXPECT_EQ(report.findings[0].object, Repository::ObjectName(object));
        EXPECT_FALSE(report.findings[0].next.empty());
        std::vector<std::string> holders = {next.id};
        if (of_full.contains(object)) holders.push_back(full.id);
        std::ranges::sort(holders);
        EXPECT_EQ(report.findings[0].backups, holders);
        EXPECT_FALSE(ListBackups(engine())->front().verified->ok);
        EXPECT_CODE(RunRestore(engine(), next.id, Quick()), kCorruption) << path << " at " << at;
        WriteBytes(path, good);
      }
    }
    EXPECT_TRUE(VerifyAt(next.id, 4).ok);
  }
  EXPECT_OK(engine().GetConversation("c4"));
}

TEST_F(VerifyTest, AFlippedBitAnywhereInAManifestIsFound) {
  PutSome("now");
  const BackupInfo info = BackUp();
  const std::string path = ManifestPath(info.id);
  const std::string good = ReadBytes(path);
  for (std::size_t at = 0; at < good.size(); at += std::max<std::size_t>(1, good.size() / 61)) {
    Flip(path, at);
    Result<VerifyReport> report = RunVerifyBackup(engine(), info.id, {.level = 0});
    if (report.ok()) {
      EXPECT_FALSE(report->ok) << at;
      ASSERT_EQ(report->findings.size(), 1U);
      EXPECT_EQ(report->findings[0].object, Repository::ManifestName(info.id));
    } else {
      EXPECT_CODE(report, kCorruption) << at;
      EXPECT_NE(report.status().message().find(info.id), std::string::npos);
    }
    EXPECT_CODE(RunRestore(engine(), info.id, Quick()), kCorruption) << at;
    WriteBytes(path, good);
  }
  EXPECT_TRUE(VerifyAt(info.id, 0).ok);
}

TEST_F(VerifyTest, AFlippedBitInTheKeyFileIsNamedAndNeverRepeatsTheKey) {
  PutSome("now");
  const BackupInfo info = BackUp();
  const std::string good = ReadBytes(IdentityPath());
  const std::size_t begin = good.find("AGE-SECRET-KEY-1");
  ASSERT_NE(begin, std::string::npos);
  const std::string key = good.substr(begin, good.find('\n', begin) - begin);
  std::filesystem::permissions(IdentityPath(), std::filesystem::perms::owner_all);
  for (std::size_t at = begin; at < begin + key.size(); at += 5) {
    Flip(IdentityPath(), at, 0x02);
    const Result<VerifyReport> report = RunVerifyBackup(engine(), info.id);
    EXPECT_FALSE(report.ok() && report->ok) << at;
    const std::string message(report.status().message());
    EXPECT_NE(message.find("identity.txt"), std::string::npos) << message;
    EXPECT_EQ(message.find(key.substr(20, 12)), std::string::npos) << message;
    EXPECT_CODE(RunRestore(engine(), info.id, Quick()), kCorruption) << at;
    WriteBytes(IdentityPath(), good);
  }
  EXPECT_TRUE(VerifyAt(info.id, 2).ok);
}

TEST_F(VerifyTest, AMissingOrShortObjectIsFoundByPresenceAlone) {
  PutSome("now");
  const BackupInfo info = BackUp();
  const std::string object = *ObjectsOf(info.id).begin();
  const std::string good = ReadBytes(ObjectPath(object));
  WriteBytes(ObjectPath(object), good.substr(1));
  EXPECT_FALSE(VerifyAt(info.id, 1).ok);
  std::filesystem::remove(ObjectPath(object));
  const VerifyReport report = VerifyAt(info.id, 1);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].problem, "is missing");
  EXPECT_TRUE(VerifyAt(info.id, 0).ok);
}

TEST_F(VerifyTest, PresenceAloneTellsAllBackupsThatNameWhatIsMissing) {
  PutSome("now");
  const BackupInfo full = BackUp();
  const BackupInfo next = BackUp(BackupType::kIncremental);
  const std::set<std::string> of_full = ObjectsOf(full.id);
  for (const std::string& object : ObjectsOf(next.id)) {
    if (!of_full.contains(object)) continue;
    std::filesystem::remove(ObjectPath(object));
    const VerifyReport report = VerifyAt(next.id, 1);
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].backups, (std::vector<std::string>{full.id, next.id}));
    return;
  }
  FAIL() << "nothing is shared";
}

TEST_F(VerifyTest, ALesserCheckDoesNotMakeADamagedBackupGoodAgain) {
  PutSome("now");
  const BackupInfo full = BackUp();
  const std::string path = ObjectPath(*ObjectsOf(full.id).begin());
  Flip(path, 100);
  EXPECT_FALSE(VerifyAt(full.id, 2).ok);
  EXPECT_TRUE(VerifyAt(full.id, 1).ok);
  EXPECT_FALSE(ListBackups(engine())->front().verified->ok) << "not verified at this level since";
  const BackupInfo other = BackUp(BackupType::kIncremental);
  EXPECT_EQ(other.type, BackupType::kFull) << "the damaged backup is not used as a base";
  ASSERT_OK(DeleteBackup(engine(), other.id));
  Flip(path, 100);
  EXPECT_TRUE(VerifyAt(full.id, 2).ok);
  EXPECT_EQ(BackUp(BackupType::kIncremental).base_id, full.id);
}

TEST_F(VerifyTest, OnlyTheOwnersWhoseRecordsCannotBeReadAreNamed) {
  for (const std::string owner : {"anna", "ben"}) {
    Document document;
    document.id = "d-" + owner;
    document.owner_id = owner;
    document.filename = owner + ".bin";
    const std::string bytes = RandomBytes(1'000'000, static_cast<std::uint64_t>(owner[0]));
    Result<ContentWriter> content = engine().NewContent();
    ASSERT_OK(content);
    ASSERT_OK(content->Append(bytes));
    ASSERT_OK(engine().PutDocument(document, std::move(*content)));
  }
  ASSERT_OK(engine().Reclaim());
  const BackupInfo info = BackUp();
  const BackupManifest manifest = ManifestOf(info.id);
  std::vector<std::vector<std::string>> touched;
  for (const BackupFile& file : SealedOf(info.id).files) {
    if (!file.name.ends_with(".blob")) continue;
    const std::string path = ObjectPath(manifest.objects[file.object].id);
    const std::string good = ReadBytes(path);
    for (const std::size_t at : {good.size() / 4, good.size() / 4 * 3}) {
      Flip(path, at);
      const VerifyReport report = VerifyAt(info.id, 2);
      ASSERT_EQ(report.findings.size(), 1U);
      touched.push_back(report.findings[0].owners);
      WriteBytes(path, good);
    }
  }
  std::ranges::sort(touched);
  EXPECT_EQ(touched, (std::vector<std::vector<std::string>>{{"anna"}, {"ben"}}));
}

TEST_F(VerifyTest, WithoutAnIdentityTheStoredBytesAreCheckedAndNoMore) {
  PutSome("now");
  const BackupInfo info = BackUp();
  std::filesystem::rename(IdentityPath(), directory_.File("identity"));
  const VerifyReport report = VerifyAt(info.id, 2);
  EXPECT_TRUE(report.ok);
  EXPECT_EQ(report.depth, VerifyDepth::kStoredBytes);
  const Result<VerifyReport> deeper = RunVerifyBackup(engine(), info.id, {.level = 3});
  EXPECT_CODE(deeper, kPermissionDenied);
  EXPECT_NE(deeper.status().message().find(info.recipients[0]), std::string::npos);
  EXPECT_TRUE(RunVerifyBackup(engine(), info.id, {.level = 4, .identity_file = directory_.File("identity")})->ok);
  Flip(ObjectPath(*ObjectsOf(info.id).begin()), 100);  // the smallest have less than 500 bytes
  EXPECT_FALSE(VerifyAt(info.id, 2).ok);
}

TEST_F(VerifyTest, LevelsAndIdsAreChecked) {
  const BackupInfo info = BackUp();
  EXPECT_CODE(RunVerifyBackup(engine(), info.id, {.level = -1}), kInvalidArgument);
  EXPECT_CODE(RunVerifyBackup(engine(), info.id, {.level = 6}), kInvalidArgument);
  EXPECT_CODE(RunVerifyBackup(engine(), "none"), kNotFound);
  EXPECT_CODE(RunVerifyBackup(engine(), info.id, {.identity_file = directory_.File("none")}), kNotFound);
  OpenOptions options;
  options.read_only = true;
  Open(options);
  EXPECT_CODE(RunVerifyBackup(engine(), info.id, {.level = 5}), kPermissionDenied);
}

}  // namespace
}  // namespace coffer::operations
