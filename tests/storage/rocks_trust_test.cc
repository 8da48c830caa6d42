// Guarantees that RocksDB's own checks and backups do not give, so that ours do not rely on them.
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::Family;

// The largest file below a folder whose name ends with `suffix`.
std::string LargestFile(const std::string& folder, const std::string& suffix) {
  std::filesystem::path largest;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !entry.path().string().ends_with(suffix)) continue;
    if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) largest = entry.path();
  }
  return largest;
}

void FlipInTheMiddle(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2);
  file.seekg(middle);
  const int byte = file.get();
  file.seekp(middle);
  file.put(static_cast<char>(byte ^ 1));
  ASSERT_TRUE(file.good()) << path;
}

TEST(RocksTrustTest, AFlippedBitInABlobFileIsSeenByReadingTheValueAndNotByVerifyChecksums) {
  const TempDirectory folder;
  auto store = CreateStore(folder.File("store"));
  ASSERT_OK(PutOne(*store, Family::kContents, "c", NoisyText(100'000, 1)));
  ASSERT_OK(store->Flush({}));
  ASSERT_OK(store->Close());
  store.reset();
  FlipInTheMiddle(LargestFile(folder.File("store"), ".blob"));
  store = ReopenStore(folder.File("store"));
  EXPECT_OK(store->VerifyChecksums());
  storage::PinnedValue value;
  EXPECT_CODE(store->Get(Family::kContents, "c", nullptr, value), kCorruption);
}

// If it kept the target until the copy is verified, our own restore would not be needed.
TEST(RocksTrustTest, TheBackupEngineOfRocksDbDestroysAHealthyStoreByADamagedBackup) {
  const TempDirectory folder;
  const std::string path = folder.File("db");
  const auto open = [&path](std::unique_ptr<rocksdb::DB>& db) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, path, &opened);
    db.reset(opened);
    return status;
  };
  const auto value_in = [](rocksdb::DB& db) {
    std::string value;
    return db.Get({}, "key", &value).ok() ? value : "";
  };
  std::unique_ptr<rocksdb::DB> db;
  ASSERT_TRUE(open(db).ok());
  ASSERT_TRUE(db->Put({}, "key", NoisyText(100'000, 1)).ok());
  ASSERT_TRUE(db->Flush({}).ok());
  rocksdb::BackupEngine* opened = nullptr;
  ASSERT_TRUE(
      rocksdb::BackupEngine::Open(rocksdb::Env::Default(), rocksdb::BackupEngineOptions(folder.File("backup")), &opened).ok());
  const std::unique_ptr<rocksdb::BackupEngine> backups(opened);
  ASSERT_TRUE(backups->CreateNewBackup(db.get()).ok());
  ASSERT_TRUE(db->Put({}, "key", "healthy").ok());
  ASSERT_TRUE(db->Flush({}).ok());
  ASSERT_TRUE(db->Close().ok());
  db.reset();
  FlipInTheMiddle(LargestFile(folder.File("backup"), ".sst"));
  EXPECT_TRUE(backups->VerifyBackup(1).ok()) << "it checks sizes only";
  EXPECT_FALSE(backups->RestoreDBFromLatestBackup(path, path).ok());
  const bool survived = open(db).ok() && value_in(*db) == "healthy";
  EXPECT_FALSE(survived);
}

}  // namespace
}  // namespace coffer
