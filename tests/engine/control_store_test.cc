#include "engine/control_store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "support/status_matchers.h"
#include "support/store_fixture.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

using storage::Family;

const std::vector<std::string> kNamesBefore = {"operations", "backups", "audit", "ledger", "tokens"};

std::vector<std::string> FamiliesOnDisk(const std::string& path) {
  std::vector<std::string> names;
  EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
  return names;
}

bool HasAudit(const std::string& path) { return std::ranges::count(FamiliesOnDisk(path), "audit") > 0; }

// Makes a control store of a version that had the family "audit", with a row in each family, in a sorted file if `flush`, else
// in the log.
void MakeStoreWithAudit(const std::string& path, bool flush) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, path, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  ASSERT_TRUE(db->CreateColumnFamilies({}, kNamesBefore, &handles).ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    ASSERT_TRUE(db->Put({}, handle, "key", handle->GetName()).ok());
  }
  if (flush) {
    ASSERT_TRUE(db->Flush({}, handles).ok());
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
  ASSERT_TRUE(db->Close().ok());
}

std::unique_ptr<storage::Store> OpenControl(const std::string& path, bool read_only) {
  storage::StoreOptions options;
  options.read_only = read_only;
  Result<std::unique_ptr<storage::Store>> store = engine::OpenControlStore(PosixFileSystem(), path, options);
  EXPECT_OK(store);
  return store.ok() ? *std::move(store) : nullptr;
}

void ExpectRowInEveryFamily(storage::Store& store) {
  for (const storage::FamilyName& family : storage::kControlFamilies) {
    EXPECT_EQ(ValueOf(store, family.family, "key"), family.name);
  }
}

class AuditFamilyTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override { MakeStoreWithAudit(path_, GetParam()); }

  const TempDirectory directory_;
  const std::string path_ = directory_.File("control");
};

TEST_P(AuditFamilyTest, OpeningForReadingLeavesIt) {
  const auto store = OpenControl(path_, /*read_only=*/true);
  ASSERT_NE(store, nullptr);
  ExpectRowInEveryFamily(*store);
  EXPECT_OK(store->Close());
  EXPECT_TRUE(HasAudit(path_));
}

TEST_P(AuditFamilyTest, OpeningForWritingDropsIt) {
  auto store = OpenControl(path_, /*read_only=*/false);
  ASSERT_NE(store, nullptr);
  ExpectRowInEveryFamily(*store);
  ASSERT_OK(PutOne(*store, Family::kLedger, "later", "1"));
  ASSERT_OK(PutOne(*store, Family::kTokens, "later", "2"));
  ASSERT_OK(store->Flush({}));
  EXPECT_OK(store->Close());
  EXPECT_FALSE(HasAudit(path_));
  for (const bool read_only : {true, false}) {
    store = OpenControl(path_, read_only);
    ASSERT_NE(store, nullptr);
    ExpectRowInEveryFamily(*store);
    EXPECT_EQ(ValueOf(*store, Family::kLedger, "later"), "1");
    EXPECT_EQ(ValueOf(*store, Family::kTokens, "later"), "2");
    EXPECT_OK(store->Close());
  }
}

INSTANTIATE_TEST_SUITE_P(RowsIn, AuditFamilyTest, ::testing::Bool(),
                         [](const auto& suite) { return suite.param ? "SortedFiles" : "Log"; });

TEST(ControlStoreTest, ANewStoreHasTheFamiliesOfTheTable) {
  const TempDirectory directory;
  const std::string path = directory.File("control");
  auto store = OpenControl(path, /*read_only=*/false);
  ASSERT_NE(store, nullptr);
  ASSERT_OK(PutOne(*store, Family::kTokens, "key", "1"));
  EXPECT_OK(store->Close());
  EXPECT_EQ(FamiliesOnDisk(path), (std::vector<std::string>{"default", "operations", "backups", "ledger", "tokens"}));
  store = OpenControl(path, /*read_only=*/false);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(ValueOf(*store, Family::kTokens, "key"), "1");
  EXPECT_OK(store->Close());
}

// An opening never drops a family that it does not know, retired families or not.
TEST(ControlStoreTest, AFamilyOfANewerVersionIsRefusedAndStays) {
  const TempDirectory directory;
  const std::string path = directory.File("control");
  MakeStoreWithAudit(path, /*flush=*/true);
  {
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : FamiliesOnDisk(path)) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    families.emplace_back("from_the_future", rocksdb::ColumnFamilyOptions());
    rocksdb::Options options;
    options.create_missing_column_families = true;
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    ASSERT_TRUE(rocksdb::DB::Open(options, path, families, &handles, &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    }
  }
  EXPECT_CODE(engine::OpenControlStore(PosixFileSystem(), path, {}), kUnavailable);
  EXPECT_TRUE(HasAudit(path));
  EXPECT_EQ(std::ranges::count(FamiliesOnDisk(path), "from_the_future"), 1);
}

}  // namespace
}  // namespace coffer
