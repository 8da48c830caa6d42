// Stores, backups and exports of every released format open and return the records put into them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "coffer/export.h"
#include "compat/whole_state.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer {
namespace {

class CompatTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    fixture_ = std::string(COFFER_COMPAT_FIXTURES) + "/" + GetParam();
    // Opening may change the store, so a copy is opened.
    std::filesystem::copy(fixture_ + "/store", folder(), std::filesystem::copy_options::recursive);
    Result<std::unique_ptr<Engine>> opened = Engine::Open(folder());
    ASSERT_OK(opened);
    engine_ = std::move(*opened);
  }

  std::string folder() const { return directory_.File("store"); }
  std::string Fixture(const std::string& name) const { return Bytes(fixture_ + "/" + name); }
  static std::string Bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // Without the member that says when and by whom it was made.
  static std::string Records(const std::string& exported) { return exported.substr(exported.find("\"conversations\":[")); }

  TempDirectory directory_;
  std::string fixture_;
  std::unique_ptr<Engine> engine_;
};

TEST_P(CompatTest, StoreOpensWholeAndTellsWhatWasPut) {
  EXPECT_EQ(WholeState(*engine_), Fixture("state.txt"));
  const Result<IntegrityReport> report = engine_->CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok) << (report->findings.empty() ? "" : report->findings.front().problem);
}

TEST_P(CompatTest, StoreTakesWritesAndDeletes) {
  Message message;
  message.content = "later";
  EXPECT_EQ(*engine_->AppendMessage("c-long", message), 300U);
  ASSERT_OK(engine_->Delete(Kind::kConversation, "c-changed"));
  ASSERT_OK(engine_->DeleteMessage("c-long", 150));
  const Result<IntegrityReport> report = engine_->CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok);
}

TEST_P(CompatTest, BackupOpensInPlaceAndVerifies) {
  const Result<std::unique_ptr<Engine>> backup = OpenBackup(*engine_, "latest");
  ASSERT_OK(backup);
  EXPECT_EQ(WholeState(**backup), Fixture("backed_up.txt"));
  const Result<VerifyReport> report = RunVerifyBackup(*engine_, (*ListBackups(*engine_)).front().id, {.level = 4});
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok) << (report->findings.empty() ? "" : report->findings.front().problem);
}

TEST_P(CompatTest, BackupRestores) {
  RestoreOptions options;
  options.safety_backup = false;
  ASSERT_OK(RunRestore(*engine_, "latest", options));
  EXPECT_EQ(WholeState(*engine_), Fixture("backed_up.txt"));
}

TEST_P(CompatTest, ExportIsWhatItWas) {
  ExportOptions options;
  options.output = directory_.File("export.json");
  options.compress = false;
  options.include_contents = false;
  ASSERT_OK(RunExport(*engine_, options));
  EXPECT_EQ(Records(Bytes(options.output)), Records(Fixture("export.json")));
}

INSTANTIATE_TEST_SUITE_P(Versions, CompatTest, ::testing::Values("v1"), [](const auto& version) { return version.param; });

}  // namespace
}  // namespace coffer
