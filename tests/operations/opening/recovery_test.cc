// Operations interrupted by a crash, and their state after the next opening.
#include "coffer/operation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "operations/operation_fixture.h"

namespace coffer::operations {
namespace {

namespace fs = std::filesystem;

class RecoveryTest : public OperationTest {};

// The power fails at the n-th commit of a bulk delete; the next opening deletes the rest and nothing else.
TEST_F(RecoveryTest, ABulkDeleteCutOffGoesOnAtTheNextOpening) {
  for (const bool by_ids : {true, false}) {
    for (const int commit : {0, 1, 3}) {
      SCOPED_TRACE(std::to_string(commit) + (by_ids ? " by ids" : " by selection"));
      OpenOptions options;
      options.clock = &clock_;
      OpenOverFailingFiles(options);
      PutMany(2200);
      PutMany(20, "other");
      ASSERT_OK(engine().Sync());
      std::vector<std::string> ids = {"missing-1", "missing-2"};
      for (int i = 0; i < 2200; ++i) ids.push_back("m" + std::to_string(100'000 + i));
      Selection selection;
      selection.owner = "many";
      const std::size_t expected = CountOf("many");
      Gate started;
      std::optional<OperationOf<BulkDeleteReport>> operation;
      OnOtherThreads([&] {
        started.Wait();
        const OperationInfo info = operation->Info();
        const std::uint64_t done = static_cast<std::uint64_t>(commit) * kDeleteBatchRecordsMax;
        if (info.state == OperationState::kRunning && info.progress.records_done >= done) files_.CutPower();
      });
      BulkDeleteOptions delete_options;
      delete_options.owner = "many";
      Result<OperationOf<BulkDeleteReport>> deletion =
          by_ids ? StartBulkDelete(engine(), Kind::kConversation, ids, delete_options) : StartBulkDelete(engine(), selection);
      ASSERT_OK(deletion);
      operation = *deletion;
      started.Open();
      EXPECT_CODE(deletion->Wait(), kIoError);
      clock_.SetHook(nullptr);
      ASSERT_NO_FATAL_FAILURE(Crash());

      Open();
      while (GetOperation(engine(), deletion->id()).value().state < OperationState::kCompleted) std::this_thread::yield();
      const OperationInfo info = GetOperation(engine(), deletion->id()).value();
      EXPECT_EQ(info.state, OperationState::kCompleted) << info.error.ToString();
      EXPECT_EQ(CountOf("many"), 0U);
      EXPECT_EQ(CountOf("other"), 20U);
      const nlohmann::json report = ResultOf(info);
      EXPECT_EQ(report.at("deleted"), expected) << "the commits before the crash are counted";
      EXPECT_EQ(report.at("errors").dump().find("missing-2") != std::string::npos, by_ids);
      ExpectHealthy();
      Open();
      EXPECT_EQ(GetOperation(engine(), deletion->id()).value().state, OperationState::kCompleted);
    }
  }
}

TEST_F(RecoveryTest, ABulkDeleteTakenUpAgainOutlivesAnOrderlyClosing) {
  OpenOverFailingFiles();
  PutMany(3000);
  ASSERT_OK(engine().Sync());
  Result<OperationOf<BulkDeleteReport>> deletion = StartBulkDelete(engine(), Selection{});
  ASSERT_OK(deletion);
  files_.CutPower();
  deletion->Wait().Ignore();
  ASSERT_NO_FATAL_FAILURE(Crash());
  for (int opening = 0; opening < 40; ++opening) {
    Open();
    const OperationInfo info = GetOperation(engine(), deletion->id()).value();
    EXPECT_NE(info.state, OperationState::kCancelled);
    if (info.state == OperationState::kCompleted) break;
  }
  while (GetOperation(engine(), deletion->id()).value().state < OperationState::kCompleted) std::this_thread::yield();
  EXPECT_EQ(CountOf("many"), 0U);
  ExpectHealthy();
}

TEST_F(RecoveryTest, TheOthersAreFailedAsInterruptedAndSwept) {
  OpenOptions options;
  options.file_system = &watched_;
  for (const OperationKind kind :
       {OperationKind::kImport, OperationKind::kExport, OperationKind::kBackup, OperationKind::kRestore}) {
    SCOPED_TRACE(OperationKindName(kind));
    Open(options);
    PutSome("now");
    if (kind == OperationKind::kRestore) {
      ASSERT_OK(RunBackup(engine()));
    }
    const std::size_t backups = ListBackups(engine()).value().size();
    std::string id;
    switch (kind) {
      case OperationKind::kImport: {
        auto source = std::make_unique<HookedSource>(3000, 1700, [&] { files_.CutPower(); });
        Result<OperationOf<ImportReport>> operation = StartImport(engine(), std::move(source), "input");
        ASSERT_OK(operation);
        EXPECT_FALSE(operation->Wait().ok());
        id = operation->id();
        break;
      }
      case OperationKind::kExport: {
        watched_.OnNextOpen("/exports/", [&] { files_.CutPower(); });
        Result<OperationOf<ExportReport>> operation = StartExport(engine());
        ASSERT_OK(operation);
        EXPECT_FALSE(operation->Wait().ok());
        id = operation->id();
        break;
      }
      case OperationKind::kBackup: {
        watched_.OnNextOpen("/backups/", [&] { files_.CutPower(); });
        Result<OperationOf<BackupInfo>> operation = StartBackup(engine());
        ASSERT_OK(operation);
        EXPECT_FALSE(operation->Wait().ok());
        id = operation->id();
        break;
      }
      default: {
        watched_.OnNextOpen("gen-000002.partial/0", [&] { files_.CutPower(); });
        RestoreOptions restore;
        restore.safety_backup = false;
        Result<OperationOf<RestoreReport>> operation = StartRestore(engine(), "latest", restore);
        ASSERT_OK(operation);
        EXPECT_FALSE(operation->Wait().ok());
        id = operation->id();
      }
    }
    engine_.reset();
    files_.RestorePower();  // a killed process: written data stays
    WriteBytes(store_path() + "/exports/x.json.partial", "half");
    Open(options);
    const OperationInfo info = GetOperation(engine(), id).value();
    EXPECT_EQ(info.kind, kind);
    EXPECT_EQ(info.state, OperationState::kFailed);
    EXPECT_EQ(info.error.message(), "interrupted");
    ExpectNothingPartial();
    EXPECT_EQ(ListBackups(engine()).value().size(), backups);
    ExpectHealthy();
  }
}

TEST_F(RecoveryTest, AnInterruptedExportToAPlaceOfItsOwnIsSweptThere) {
  OpenOptions options;
  options.file_system = &watched_;
  Open(options);
  PutSome("now");
  ExportOptions to;
  to.output = directory_.File("elsewhere.json");
  watched_.OnNextOpen("elsewhere", [&] { files_.CutPower(); });
  Result<OperationOf<ExportReport>> exported = StartExport(engine(), to);
  ASSERT_OK(exported);
  EXPECT_FALSE(exported->Wait().ok());
  engine_.reset();
  files_.RestorePower();
  WriteBytes(to.output + ".partial", "half");
  Open();
  EXPECT_FALSE(fs::exists(to.output + ".partial"));
  EXPECT_EQ(GetOperation(engine(), exported->id()).value().error.message(), "interrupted");
}

}  // namespace
}  // namespace coffer::operations
