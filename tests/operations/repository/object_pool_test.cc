#include "operations/repository/object_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "operations/operations_fixture.h"
#include "support/temp_directory.h"

namespace coffer::operations {
namespace {

class ObjectPoolTest : public ::testing::Test {
 protected:
  // A backup of the term, with objects named by one letter each, which exist.
  BackupManifest Make(const std::string& id, BackupType type, const std::string& pool, const std::string& letters) {
    BackupManifest manifest;
    manifest.info.id = id;
    manifest.info.type = type;
    manifest.info.lineage = "lineage";
    manifest.info.recipients = {"age1a"};
    manifest.pool = pool;
    for (const char letter : letters) {
      const std::string object(64, letter);
      manifest.objects.push_back({object, 3, std::string(64, '0')});
      WriteBytes(directory_.File(Repository::ObjectName(object)), "abc");
    }
    return manifest;
  }
  ObjectPool Choose(BackupType wanted, const std::vector<BackupManifest>& live, const std::vector<BackupManifest>& trash = {}) {
    return ChoosePool(repository_, live, trash, wanted, terms_, [this](std::string_view id) { return id == bad_; });
  }
  static std::string LettersOf(const std::unordered_map<std::string, StoredObject>& objects) {
    std::string letters;
    for (const auto& [id, object] : objects) letters += id[0];
    std::ranges::sort(letters);
    return letters;
  }
  void ExpectFull(const ObjectPool& pool) {
    EXPECT_EQ(pool.type, BackupType::kFull);
    EXPECT_EQ(pool.base_id, "");
    EXPECT_TRUE(pool.shared.empty());
    EXPECT_TRUE(pool.present.empty());
  }

  TempDirectory directory_;
  const Repository repository_{PosixFileSystem(), directory_.path()};
  PoolTerms terms_{"lineage", true, {"age1a"}, true};
  std::string bad_;
};

TEST_F(ObjectPoolTest, AFullBackupSharesNothing) {
  ExpectFull(Choose(BackupType::kFull, {Make("full", BackupType::kFull, "full", "ab")}));
  ExpectFull(Choose(BackupType::kIncremental, {}));
}

TEST_F(ObjectPoolTest, AnIncrementalOneSharesWithItsWholePoolAndADifferentialOneWithTheBaseAlone) {
  const std::vector<BackupManifest> live = {
      Make("third", BackupType::kDifferential, "base", "ac"), Make("second", BackupType::kIncremental, "base", "ad"),
      Make("base", BackupType::kFull, "base", "ab"), Make("older", BackupType::kFull, "older", "e")};
  for (const BackupType type : {BackupType::kIncremental, BackupType::kDifferential}) {
    const ObjectPool pool = Choose(type, live);
    EXPECT_EQ(pool.type, type);
    EXPECT_EQ(pool.base_id, "base") << "the newest full one";
    EXPECT_EQ(LettersOf(pool.shared), type == BackupType::kIncremental ? "abcd" : "ab");
    EXPECT_EQ(LettersOf(pool.present), "abcd");
  }
}

TEST_F(ObjectPoolTest, WhatIsInTheTrashIsNoBaseButItsObjectsAreThere) {
  const BackupManifest base = Make("base", BackupType::kFull, "base", "ab");
  const BackupManifest second = Make("second", BackupType::kIncremental, "base", "ac");
  const ObjectPool pool = Choose(BackupType::kIncremental, {base}, {second});
  EXPECT_EQ(LettersOf(pool.shared), "abc");
  EXPECT_EQ(LettersOf(Choose(BackupType::kDifferential, {base}, {second}).shared), "ab");
  EXPECT_EQ(LettersOf(Choose(BackupType::kDifferential, {base}, {second}).present), "abc");
  ExpectFull(Choose(BackupType::kIncremental, {second}, {base}));
}

TEST_F(ObjectPoolTest, OtherTermsAreNotSharedOn) {
  const std::vector<BackupManifest> live = {Make("base", BackupType::kFull, "base", "ab")};
  const PoolTerms terms = terms_;
  EXPECT_EQ(Choose(BackupType::kIncremental, live).base_id, "base");
  terms_.lineage = "other";
  ExpectFull(Choose(BackupType::kIncremental, live));
  terms_ = terms;
  terms_.encrypted = false;
  ExpectFull(Choose(BackupType::kIncremental, live));
  terms_ = terms;
  terms_.recipients.push_back("age1b");
  ExpectFull(Choose(BackupType::kIncremental, live));
  terms_ = terms;
  terms_.contents_included = false;
  ExpectFull(Choose(BackupType::kIncremental, live));
}

TEST_F(ObjectPoolTest, AMemberThatIsBadOrLacksAnObjectSpoilsThePool) {
  const BackupManifest base = Make("base", BackupType::kFull, "base", "ab");
  const BackupManifest second = Make("second", BackupType::kIncremental, "base", "ac");
  for (const char* id : {"base", "second"}) {
    bad_ = id;
    ExpectFull(Choose(BackupType::kIncremental, {second, base}));
  }
  ExpectFull(Choose(BackupType::kIncremental, {base}, {second}));
  bad_ = "";
  WriteBytes(directory_.File(Repository::ObjectName(std::string(64, 'c'))), "ab");
  ExpectFull(Choose(BackupType::kDifferential, {second, base}));
  std::filesystem::remove(directory_.File(Repository::ObjectName(std::string(64, 'c'))));
  ExpectFull(Choose(BackupType::kDifferential, {second, base}));
  EXPECT_EQ(Choose(BackupType::kDifferential, {base}).base_id, "base");
}

TEST_F(ObjectPoolTest, AnObjectsIdFollowsFromKeyDigestLengthAndPool) {
  const std::string digest(32, 'd');
  const std::string id = ObjectIdOf("key", digest, 5, "pool");
  EXPECT_EQ(id.size(), 64U);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(ObjectIdOf("key", digest, 5, "pool"), id);
  EXPECT_NE(ObjectIdOf("kez", digest, 5, "pool"), id);
  EXPECT_NE(ObjectIdOf("key", std::string(32, 'e'), 5, "pool"), id);
  EXPECT_NE(ObjectIdOf("key", digest, 6, "pool"), id);
  EXPECT_NE(ObjectIdOf("key", digest, 5, "pooL"), id);
}

}  // namespace
}  // namespace coffer::operations
