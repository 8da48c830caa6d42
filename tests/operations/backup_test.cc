#include "coffer/backup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core.h"
#include "format/sha256.h"
#include "operations/backup/manifest.h"
#include "operations_fixture.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

class BackupTest : public OperationsTest {
 protected:
  std::string BackupPath(const std::string& id) const { return store_path() + "/backups/" + id; }

  std::vector<std::string> IdsListed() {
    Result<std::vector<BackupInfo>> backups = ListBackups(engine());
    EXPECT_OK(backups);
    std::vector<std::string> ids;
    if (backups.ok()) {
      for (const BackupInfo& info : *backups) ids.push_back(info.id);
    }
    return ids;
  }
};

TEST_F(BackupTest, ABackupHoldsEveryFileWithItsDigest) {
  PutSome("now");
  BackupOptions options;
  options.name = "mine";
  options.description = "a \"description\" \xC3\xBC";
  options.retention_days = 7;
  Result<BackupInfo> info = CreateBackup(engine(), options);
  ASSERT_OK(info);
  EXPECT_EQ(info->reason, "requested");
  EXPECT_EQ(info->record_count, 5U + 10U + 3U + 1U);
  EXPECT_EQ(info->expires_at.microseconds - info->created_at.microseconds, 7 * ManualClock::kMicrosecondsPerDay);

  const nlohmann::json manifest = nlohmann::json::parse(ReadBytes(BackupPath(info->id) + "/manifest.json"));
  EXPECT_EQ(manifest.at("name"), "mine");
  EXPECT_EQ(manifest.at("kinds").at("messages").at("count"), 10);
  EXPECT_EQ(manifest.at("owners").at("owner1").at("conversations").at("count"), 2);
  std::uint64_t bytes = 0;
  std::size_t files = 0;
  for (const nlohmann::json& file : manifest.at("files")) {
    const std::string content = ReadBytes(BackupPath(info->id) + "/store/" + file.at("name").get<std::string>());
    format::Sha256 hash;
    hash.Update(content);
    EXPECT_EQ(file.at("sha256"), format::HexText(hash.Finish()));
    EXPECT_EQ(file.at("size_bytes"), content.size());
    bytes += content.size();
    ++files;
  }
  EXPECT_EQ(info->file_bytes, bytes);
  std::size_t entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(BackupPath(info->id) + "/store")) {
    EXPECT_TRUE(entry.is_regular_file());
    EXPECT_EQ(entry.hard_link_count(), 1U) << "a full backup shares nothing with the store";
    ++entries;
  }
  EXPECT_EQ(entries, files);
  EXPECT_EQ(engine().core().backups_count.load(), 1U);
  EXPECT_GE(engine().core().backups_bytes.load(), bytes);
}

TEST_F(BackupTest, NothingIsLeftBesideTheBackup) {
  PutSome("now");
  ASSERT_OK(CreateBackup(engine()));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store_path())) {
    EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
    EXPECT_EQ(entry.path().string().find(".tmp"), std::string::npos) << entry.path();
  }
}

TEST_F(BackupTest, BackupsAreListedNewestFirst) {
  ManualClock clock(1'700'000'000'000'000);
  OpenOptions options;
  options.clock = &clock;
  Open(options);
  EXPECT_TRUE(IdsListed().empty());
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    clock.Advance(i == 1 ? -ManualClock::kMicrosecondsPerDay : ManualClock::kMicrosecondsPerDay);
    Result<BackupInfo> info = CreateBackup(engine());
    ASSERT_OK(info);
    ids.push_back(info->id);
  }
  const std::vector<std::string> listed = IdsListed();
  ASSERT_EQ(listed.size(), 3U);
  EXPECT_EQ(listed.back(), ids[1]) << "the one that the clock, turned back, made oldest";
  engine_.reset();  // before its clock
}

TEST_F(BackupTest, WhatHasNoManifestIsNoBackup) {
  ASSERT_OK(CreateBackup(engine()));
  WriteBytes(BackupPath("stranger") + "/store/file", "x");
  WriteBytes(BackupPath("01X.partial") + "/manifest.json", "x");
  EXPECT_EQ(IdsListed().size(), 1U);
  ASSERT_OK(CreateBackup(engine()));
  EXPECT_FALSE(std::filesystem::exists(BackupPath("01X.partial"))) << "swept by the next backup";
}

TEST_F(BackupTest, ADamagedManifestIsToldByName) {
  Result<BackupInfo> info = CreateBackup(engine());
  ASSERT_OK(info);
  const std::string path = BackupPath(info->id) + "/manifest.json";
  const std::string good = ReadBytes(path);
  for (std::size_t at = 0; at < good.size(); at += std::max<std::size_t>(1, good.size() / 97)) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x04);
    WriteBytes(path, bad);
    Result<std::vector<BackupInfo>> listed = ListBackups(engine());
    EXPECT_CODE(listed, kCorruption) << at;
    EXPECT_NE(listed.status().message().find(info->id), std::string::npos);
  }
  for (const std::string& bad : {std::string(), good.substr(0, good.size() / 2), good + good}) {
    WriteBytes(path, bad);
    EXPECT_CODE(ListBackups(engine()), kCorruption);
  }
}

// A manifest with a right checksum around whatever it says.
std::string Checksummed(std::string text) {
  text.pop_back();
  format::Sha256 hash;
  hash.Update(text);
  return text + ",\"manifest_sha256\":\"" + format::HexText(hash.Finish()) + "\"}\n";
}

TEST_F(BackupTest, AHostileManifestIsRefused) {
  const std::string sha(64, 'a');
  const auto manifest = [&](const std::string& files, const std::string& more = {}) {
    return Checksummed(R"({"coffer_backup":1,"id":"x","name":"n","description":"","reason":"requested",)"
                       R"("created_at":"2025-01-01T00:00:00Z","completed_at":"2025-01-01T00:00:00Z",)"
                       R"("expires_at":"2025-01-01T00:00:00Z","engine_version":"1","store_format":1,"files":)" +
                       files + R"(,"kinds":{},"owners":{})" + more + "}");
  };
  const auto file = [&](const std::string& name, const std::string& size = "1") {
    return R"({"name":")" + name + R"(","size_bytes":)" + size + R"(,"sha256":")" + sha + "\"}";
  };
  EXPECT_OK(DecodeManifest(manifest("[" + file("a") + "]")));
  EXPECT_OK(DecodeManifest(manifest("[" + file("a") + "]", R"(,"later":1)"))) << "unknown members are passed over";
  const std::vector<std::string> bad_files = {"[]",
                                              "{}",
                                              "[1]",
                                              "[" + file("../a") + "]",
                                              "[" + file("a/b") + "]",
                                              "[" + file("..") + "]",
                                              "[" + file(".") + "]",
                                              "[" + file("") + "]",
                                              "[" + file("a\\u0000b") + "]",
                                              "[" + file(std::string(300, 'a')) + "]",
                                              "[" + file("a") + "," + file("a") + "]",
                                              "[" + file("a", "-1") + "]",
                                              "[" + file("a", "18446744073709551615") + "]",
                                              "[" + file("a", "\"1\"") + "]",
                                              R"([{"name":"a","size_bytes":1,"sha256":"short"}])",
                                              R"([{"name":"a"}])"};
  for (const std::string& files : bad_files) EXPECT_CODE(DecodeManifest(manifest(files)), kCorruption) << files;
  EXPECT_CODE(DecodeManifest(Checksummed(R"({"coffer_backup":2,"id":"x"})")), kUnavailable);
  EXPECT_CODE(DecodeManifest(R"({"coffer_backup":2,"id":"x"})"), kUnavailable);
  EXPECT_CODE(DecodeManifest(Checksummed(R"({"coffer_backup":1})")), kCorruption);
  EXPECT_CODE(DecodeManifest(Checksummed(std::string(100'000, '['))), kCorruption);
}

TEST_F(BackupTest, OptionsAreChecked) {
  BackupOptions options;
  options.retention_days = 0;
  EXPECT_CODE(CreateBackup(engine(), options), kInvalidArgument);
  options.retention_days = 366;
  EXPECT_CODE(CreateBackup(engine(), options), kInvalidArgument);
  options.retention_days = 1;
  options.name = "\xff";
  EXPECT_CODE(CreateBackup(engine(), options), kInvalidArgument);
  EXPECT_TRUE(IdsListed().empty());
}

TEST_F(BackupTest, AReadOnlyEngineListsAndMakesNone) {
  ASSERT_OK(CreateBackup(engine()));
  OpenOptions options;
  options.read_only = true;
  Open(options);
  EXPECT_EQ(IdsListed().size(), 1U);
  EXPECT_CODE(CreateBackup(engine()), kPermissionDenied);
  EXPECT_CODE(Restore(engine(), "latest"), kPermissionDenied);
}

TEST_F(BackupTest, AnotherHolderOfTheRepositoryIsNamed) {
  ASSERT_OK(CreateBackup(engine()));
  Result<std::unique_ptr<FileLock>> held = PosixFileSystem().Lock(store_path() + "/backups/LOCK", true);
  ASSERT_OK(held);
  EXPECT_CODE(CreateBackup(engine()), kBusy);
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
  Result<BackupInfo> info = CreateBackup(engine());
  EXPECT_CODE(info, kCorruption);
  EXPECT_NE(info.status().message().find(std::filesystem::path(victim).filename().string()), std::string::npos)
      << info.status().message();
  EXPECT_TRUE(IdsListed().empty());
}

TEST_F(BackupTest, AFullDeviceSaysHowMuchIsMissing) {
  OpenOverFailingFiles();
  PutSome("now");
  files_.LimitBytes(1 << 20);
  Result<BackupInfo> info = CreateBackup(engine());
  EXPECT_CODE(info, kResourceExhausted);
  EXPECT_NE(info.status().message().find("missing"), std::string::npos) << info.status().message();
}

TEST_F(BackupTest, AFailureAtAnyCallLeavesNoBackupAndAStoreThatServes) {
  const std::string repository = directory_.File("repository");
  OpenOptions options;
  options.repository = repository;
  OpenOverFailingFiles(options);
  PutSome("now", 2);
  const std::string before = WholeState(engine());
  std::uint64_t nth = 1;
  for (; nth < 1000; ++nth) {
    FileFailure failure;
    failure.path_part = repository;
    failure.nth = nth;
    files_.FailOn(failure);
    Result<BackupInfo> info = CreateBackup(engine());
    files_.Heal();
    if (info.ok()) break;
    EXPECT_TRUE(IdsListed().empty()) << nth << ": " << info.status().ToString();
  }
  EXPECT_GT(nth, 20U);
  EXPECT_LT(nth, 1000U);
  EXPECT_EQ(WholeState(engine()), before);
  EXPECT_EQ(IdsListed().size(), 1U);
}

}  // namespace
}  // namespace coffer::operations
