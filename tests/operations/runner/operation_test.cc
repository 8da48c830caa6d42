// Operations of each kind: their journal entries, cancelled at chosen points, and closed while running.
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

TEST_F(OperationTest, TheJournalTellsRequestAndResultOfEachKind) {
  PutSome("now");
  StartOptions anna;
  anna.principal = "anna";
  BackupOptions backup_options;
  backup_options.name = "mine";
  Result<OperationOf<BackupInfo>> backup = StartBackup(engine(), backup_options, anna);
  ASSERT_OK(backup);
  const BackupInfo made = backup->Finish().value();
  EXPECT_EQ(made.id, backup->id());
  Result<OperationOf<RestoreReport>> restore = StartRestore(engine(), "latest", {}, anna);
  ASSERT_OK(restore);
  EXPECT_EQ(restore->Finish().value().restore_id, restore->id());
  Result<OperationOf<ExportReport>> exported = StartExport(engine(), {}, anna);
  ASSERT_OK(exported);
  EXPECT_EQ(exported->Finish().value().export_id, exported->id());
  Result<OperationOf<ImportReport>> imported =
      StartImport(engine(), std::make_unique<TextSource>("bad line\n"), "input", {}, anna);
  ASSERT_OK(imported);
  ASSERT_OK(imported->Finish());
  const std::vector<std::string> ids = {"c1", "c1", "nobody"};
  Result<OperationOf<BulkDeleteReport>> deleted = StartBulkDelete(engine(), Kind::kConversation, ids, {}, anna);
  ASSERT_OK(deleted);
  EXPECT_EQ(deleted->Finish().value().deleted, 1U);

  Open();
  const Page<OperationInfo> page = ListOperations(engine()).value();
  ASSERT_EQ(page.items.size(), 5U);
  for (const OperationInfo& info : page.items) {
    EXPECT_EQ(info.state, OperationState::kCompleted);
    EXPECT_EQ(info.principal, "anna");
    EXPECT_TRUE(info.started_at && info.completed_at);
    EXPECT_TRUE(info.request.is_object() && info.result.is_object());
    EXPECT_EQ(info.progress.bytes_done, info.progress.bytes_expected);
    EXPECT_EQ(info.progress.records_done, info.progress.records_expected);
  }
  EXPECT_EQ(ResultOf(GetOperation(engine(), backup->id()).value()).at("name"), "mine");
  EXPECT_EQ(ResultOf(GetOperation(engine(), restore->id()).value()).at("backup_id"), made.id);
  EXPECT_EQ(ResultOf(GetOperation(engine(), exported->id()).value()).at("conversations"), 5);
  EXPECT_EQ(GetOperation(engine(), exported->id()).value().progress.records_done, 5U + 10U + 3U + 1U);
  EXPECT_EQ(ResultOf(GetOperation(engine(), imported->id()).value()).at("errors").at(0).at("line"), 1);
  const nlohmann::json report = ResultOf(GetOperation(engine(), deleted->id()).value());
  EXPECT_EQ(report.at("requested"), 3);
  EXPECT_EQ(report.at("deleted"), 1);
  EXPECT_EQ(report.at("failed"), 2);
  EXPECT_NE(report.at("errors").dump().find("nobody"), std::string::npos);
}

TEST_F(OperationTest, ACancelledImportKeepsWholeBatches) {
  std::optional<OperationOf<ImportReport>> operation;
  Gate started;
  auto source = std::make_unique<HookedSource>(3000, 1700, [&] {
    started.Wait();
    operation->Cancel();
  });
  Result<OperationOf<ImportReport>> import = StartImport(engine(), std::move(source), "input");
  ASSERT_OK(import);
  operation = *import;
  started.Open();
  EXPECT_CODE(import->Finish(), kCancelled);
  EXPECT_EQ(import->Info().state, OperationState::kCancelled);
  const std::uint64_t stored = engine().Statistics().value().total_records;
  EXPECT_LE(stored, 1700U);
  EXPECT_EQ(stored % kImportBatchRecordsMax, 0U);
  EXPECT_EQ(import->Info().progress.records_done, stored);
  ExpectHealthy();
  TextSource again(R"({"type":"prompt","id":"p1","owner_id":"u","name":"n","content":"x"})");
  EXPECT_OK(RunImport(engine(), again, "input")) << "and another one goes through";
}

TEST_F(OperationTest, ACancelledExportLeavesNoFile) {
  OpenOptions options;
  options.file_system = &watched_;
  Open(options);
  PutSome("now");
  std::optional<OperationOf<ExportReport>> operation;
  Gate started;
  watched_.OnNextOpen("/exports/", [&] {
    started.Wait();
    operation->Cancel();
  });
  Result<OperationOf<ExportReport>> exported = StartExport(engine());
  ASSERT_OK(exported);
  operation = *exported;
  started.Open();
  EXPECT_CODE(exported->Finish(), kCancelled);
  EXPECT_TRUE(fs::is_empty(store_path() + "/exports"));
  EXPECT_EQ(engine().Statistics().value().exports_bytes, 0U);
}

TEST_F(OperationTest, ACancelledBackupLeavesNone) {
  OpenOptions options;
  options.file_system = &watched_;
  Open(options);
  PutSome("now");
  std::optional<OperationOf<BackupInfo>> operation;
  Gate started;
  watched_.OnNextOpen("/backups/", [&] {
    started.Wait();
    operation->Cancel();
  });
  Result<OperationOf<BackupInfo>> backup = StartBackup(engine());
  ASSERT_OK(backup);
  operation = *backup;
  started.Open();
  EXPECT_CODE(backup->Finish(), kCancelled);
  EXPECT_TRUE(ListBackups(engine()).value().empty());
  ExpectNothingPartial();
  EXPECT_OK(RunBackup(engine()));
}

TEST_F(OperationTest, ACancelledRestoreLeavesTheOldState) {
  OpenOptions options;
  options.file_system = &watched_;
  Open(options);
  PutSome("now");
  ASSERT_OK(RunBackup(engine()));
  PutSome("later");
  const std::string before = WholeState(engine());
  for (const bool safety_backup : {true, false}) {
    std::optional<OperationOf<RestoreReport>> operation;
    Gate started;
    watched_.OnNextOpen(safety_backup ? "/backups/" : "gen-000002.partial", [&] {
      started.Wait();
      operation->Cancel();
    });
    RestoreOptions restore_options;
    restore_options.safety_backup = safety_backup;
    Result<OperationOf<RestoreReport>> restore = StartRestore(engine(), "latest", restore_options);
    ASSERT_OK(restore);
    operation = *restore;
    started.Open();
    EXPECT_CODE(restore->Finish(), kCancelled);
    EXPECT_EQ(WholeState(engine()), before);
    ExpectNothingPartial();
    EXPECT_EQ(ListBackups(engine()).value().size(), 1U);
  }
  EXPECT_OK(RunRestore(engine(), "latest"));
}

TEST_F(OperationTest, ACancelledBulkDeleteKeepsWholeCommits) {
  OpenOptions options;
  options.clock = &clock_;
  Open(options);
  PutMany(3000);
  std::optional<OperationOf<BulkDeleteReport>> operation;
  Gate started;
  OnOtherThreads([&] {
    started.Wait();
    if (operation->Info().progress.records_done >= 1000) operation->Cancel();
  });
  Result<OperationOf<BulkDeleteReport>> deletion = StartBulkDelete(engine(), Selection{});
  ASSERT_OK(deletion);
  operation = *deletion;
  started.Open();
  EXPECT_CODE(deletion->Wait(), kCancelled);
  clock_.SetHook(nullptr);
  EXPECT_EQ(CountOf("many"), 1500U) << "the commit in progress is kept";
  EXPECT_EQ(deletion->Info().progress.records_done, 1500U);
  ExpectHealthy();
}

TEST_F(OperationTest, LargeBulkDeletesAreOperationsAndSmallOnesAreNot) {
  PutMany(kDeleteInlineRecordsMax + 7);
  const std::vector<std::string> few = {"m100000", "m100001"};
  EXPECT_EQ(engine().BulkDelete(Kind::kConversation, few).value().deleted, 2U);
  Selection some;
  some.limit = 3;
  EXPECT_EQ(engine().BulkDelete(some).value().deleted, 3U);
  EXPECT_TRUE(ListOperations(engine()).value().items.empty());
  const BulkDeleteReport report = engine().BulkDelete(Selection{}).value();
  EXPECT_EQ(report.requested, kDeleteInlineRecordsMax + 2);
  EXPECT_EQ(report.deleted, kDeleteInlineRecordsMax + 2);
  EXPECT_EQ(report.sample.size(), 10U);
  EXPECT_EQ(CountOf("many"), 0U);
  const Page<OperationInfo> page = ListOperations(engine()).value();
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].progress.records_done, kDeleteInlineRecordsMax + 2);
  ExpectHealthy();
}

TEST_F(OperationTest, BulkDeletesThatCannotBeAreRefusedAtTheStart) {
  const std::vector<std::string> ids = {"a"};
  BulkDeleteOptions dry_run;
  dry_run.dry_run = true;
  EXPECT_CODE(StartBulkDelete(engine(), Kind::kConversation, ids, dry_run), kInvalidArgument);
  EXPECT_CODE(StartBulkDelete(engine(), Kind::kMessage, ids), kInvalidArgument);
  EXPECT_CODE(StartBulkDelete(engine(), Kind::kPrompt, std::vector<std::string>(kBulkDeleteIdsMax + 1)), kInvalidArgument);
  Selection selection;
  selection.status = "nonsense";
  EXPECT_CODE(StartBulkDelete(engine(), selection), kInvalidArgument);
  EXPECT_TRUE(ListOperations(engine()).value().items.empty());
}

TEST_F(OperationTest, ABackupThatARestoreWaitsToReadIsNotDeleted) {
  PutSome("now");
  const Result<BackupInfo> backup = RunBackup(engine());
  ASSERT_OK(backup);
  Gate reached;
  Gate go;
  const auto hold = [&] {
    reached.Open();
    go.Wait();
  };
  Result<OperationOf<ImportReport>> import = StartImport(engine(), std::make_unique<HookedSource>(10, 5, hold), "input");
  ASSERT_OK(import);
  reached.Wait();
  Result<OperationOf<RestoreReport>> restore = StartRestore(engine(), backup->id);
  EXPECT_OK(restore);
  const Status refused = StatusOf(DeleteBackup(engine(), backup->id));
  go.Open();
  ASSERT_OK(import->Finish());
  ASSERT_OK(restore->Finish());
  EXPECT_CODE(refused, kBusy);
  EXPECT_NE(refused.message().find(restore->id()), std::string::npos) << refused.ToString();
  EXPECT_OK(DeleteBackup(engine(), backup->id));
}

TEST_F(OperationTest, TheJournalKeepsTheFirstErrorsOfABulkDeleteAndTheReportAll) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kBulkDeleteErrorsKeptMax + 7; ++i) ids.push_back("none" + std::to_string(100'000 + i));
  const Result<OperationOf<BulkDeleteReport>> operation = StartBulkDelete(engine(), Kind::kPrompt, ids);
  ASSERT_OK(operation);
  const Result<BulkDeleteReport> report = operation->Finish();
  ASSERT_OK(report);
  EXPECT_EQ(report->errors.size(), ids.size());
  const nlohmann::json result = ResultOf(GetOperation(engine(), operation->id()).value());
  EXPECT_EQ(result["failed"], ids.size());
  ASSERT_EQ(result["errors"].size(), kBulkDeleteErrorsKeptMax);
  EXPECT_EQ(result["errors"][0]["id"], ids.front());
}

TEST_F(OperationTest, ClosingWhileEachKindRunsLeavesAStoreThatServes) {
  OpenOptions options;
  options.file_system = &watched_;
  Open(options);
  PutSome("now");
  ASSERT_OK(RunBackup(engine()));
  const std::string before = WholeState(engine());
  Gate reached;
  Gate go;
  const auto hold = [&] {
    reached.Open();
    go.Wait();
  };
  watched_.OnNextOpen("/backups/", hold);
  Result<OperationOf<BackupInfo>> backup = StartBackup(engine());
  ASSERT_OK(backup);
  reached.Wait();
  Result<OperationOf<RestoreReport>> restore = StartRestore(engine(), "latest");
  ASSERT_OK(restore);
  std::thread closer([&] { EXPECT_OK(engine().Close()); });
  EXPECT_CODE(restore->Wait(), kCancelled) << "pending ones end while Close waits for the running one";
  go.Open();
  closer.join();
  EXPECT_CODE(backup->Wait(), kCancelled);
  engine_.reset();
  Open(options);
  EXPECT_EQ(WholeState(engine()), before);
  EXPECT_EQ(GetOperation(engine(), backup->id()).value().state, OperationState::kCancelled);
  ExpectNothingPartial();
}

TEST_F(OperationTest, AReadOnlyEngineListsOperationsAndExportsWithoutAJournal) {
  PutSome("now");
  ASSERT_OK(RunBackup(engine()));
  OpenOptions options;
  options.read_only = true;
  Open(options);
  EXPECT_EQ(ListOperations(engine()).value().items.size(), 1U);
  ExportOptions to;
  to.output = directory_.File("out");
  Result<OperationOf<ExportReport>> exported = StartExport(engine(), to);
  ASSERT_OK(exported);
  EXPECT_OK(exported->Finish());
  EXPECT_EQ(exported->Info().state, OperationState::kCompleted);
  EXPECT_CODE(GetOperation(engine(), exported->id()), kNotFound);
  EXPECT_CODE(StartBackup(engine()), kPermissionDenied);
  EXPECT_CODE(StartRestore(engine(), "latest"), kPermissionDenied);
  EXPECT_CODE(StartBulkDelete(engine(), Selection{}), kPermissionDenied);
  EXPECT_CODE(StartImport(engine(), std::make_unique<TextSource>("x"), "input"), kPermissionDenied);
}

}  // namespace
}  // namespace coffer::operations
