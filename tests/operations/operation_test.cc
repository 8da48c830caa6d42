// Operations of each kind: cancelled at chosen points, closed over, cut off by a loss of power, and what the journal says of
// them.
#include "coffer/operation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "coffer/backup.h"
#include "coffer/export.h"
#include "coffer/integrity.h"
#include "coffer/limits.h"
#include "operations_fixture.h"
#include "support/gate.h"
#include "support/hooked_clock.h"
#include "support/watched_file_system.h"

namespace coffer::operations {
namespace {

namespace fs = std::filesystem;

// Lines of input, with a hook before a chosen one.
class HookedSource final : public ByteSource {
 public:
  HookedSource(int lines, int hook_before, std::function<void()> hook)
      : lines_(lines), hook_before_(hook_before), hook_(std::move(hook)) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    if (next_ == lines_) return 0;
    if (next_ == hook_before_) hook_();
    const std::string line =
        R"({"type":"prompt","id":"p)" + std::to_string(next_++) + R"(","owner_id":"u","name":"n","content":"x"})" + "\n";
    return line.copy(buffer, length);
  }

 private:
  const int lines_;
  const int hook_before_;
  const std::function<void()> hook_;
  int next_ = 0;
};

class OperationTest : public OperationsTest {
 protected:
  ~OperationTest() override { engine_.reset(); }

  // More conversations than are deleted within a call.
  void PutMany(std::size_t count, const std::string& owner = "many") {
    Batch batch(engine());
    for (std::size_t i = 0; i < count; ++i) {
      Conversation conversation;
      conversation.id = "m" + std::to_string(100'000 + i);
      conversation.user_id = owner;
      conversation.title = "t";
      ASSERT_OK(batch.PutConversation(conversation));
      if (batch.operations() < 5000 && i + 1 < count) continue;
      ASSERT_OK(engine().Commit(batch, {Durability::kBuffered}));
    }
  }
  std::size_t CountOf(const std::string& owner) {
    ListOptions options;
    options.owner = owner;
    options.limit = kPageItemsMax;
    std::size_t count = 0;
    do {
      const Page<std::string> page = engine().ListJson(Kind::kConversation, options).value();
      count += page.items.size();
      options.after = page.next;
    } while (!options.after.empty());
    return count;
  }
  static nlohmann::json ResultOf(const OperationInfo& info) { return nlohmann::json::parse(info.result.text()); }
  // No partial thing and no work folder is anywhere.
  void ExpectNothingPartial() {
    for (const auto& entry : fs::recursive_directory_iterator(store_path())) {
      EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
    }
  }
  void ExpectHealthy() { EXPECT_TRUE(engine().Verify().value().findings.empty()); }

  // Sets the clock's hook for all threads but this one.
  void OnOtherThreads(std::function<void()> hook) {
    clock_.SetHook([hook = std::move(hook), here = std::this_thread::get_id()] {
      if (std::this_thread::get_id() != here) hook();
    });
  }

  // A crash: nothing reaches the disk from now on, and what was not synced is lost.
  void Crash() {
    engine_.reset();
    files_.RestorePower();
    ASSERT_OK(files_.DropUnsynced());
  }

  WatchedFileSystem watched_{files_};
  HookedClock clock_;
};

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
  EXPECT_OK(ImportStream(engine(), again, "input")) << "and another one goes through";
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
  EXPECT_OK(CreateBackup(engine()));
}

TEST_F(OperationTest, ACancelledRestoreLeavesTheOldState) {
  OpenOptions options;
  options.file_system = &watched_;
  Open(options);
  PutSome("now");
  ASSERT_OK(CreateBackup(engine()));
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
  EXPECT_OK(Restore(engine(), "latest"));
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
  EXPECT_EQ(CountOf("many"), 1500U) << "the commit that was under way is kept";
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

// The power fails at the n-th commit of a bulk delete; the next opening deletes the rest and nothing else.
TEST_F(OperationTest, ABulkDeleteCutOffGoesOnAtTheNextOpening) {
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

TEST_F(OperationTest, ABulkDeleteTakenUpAgainOutlivesAnOrderlyClosing) {
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

TEST_F(OperationTest, TheOthersAreFailedAsInterruptedAndSwept) {
  OpenOptions options;
  options.file_system = &watched_;
  for (const OperationKind kind :
       {OperationKind::kImport, OperationKind::kExport, OperationKind::kBackup, OperationKind::kRestore}) {
    SCOPED_TRACE(OperationKindName(kind));
    Open(options);
    PutSome("now");
    if (kind == OperationKind::kRestore) {
      ASSERT_OK(CreateBackup(engine()));
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
    files_.RestorePower();  // a killed process: what was written stays
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

TEST_F(OperationTest, AnInterruptedExportToAPlaceOfItsOwnIsSweptThere) {
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

TEST_F(OperationTest, ClosingWhileEachKindRunsLeavesAStoreThatServes) {
  OpenOptions options;
  options.file_system = &watched_;
  Open(options);
  PutSome("now");
  ASSERT_OK(CreateBackup(engine()));
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
  EXPECT_CODE(restore->Wait(), kCancelled) << "pending ones end while what runs is waited for";
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
  ASSERT_OK(CreateBackup(engine()));
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
