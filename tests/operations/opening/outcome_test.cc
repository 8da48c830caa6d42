// Operations that had done all of their work when the process died: the next opening finds that out.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "coffer/backup.h"
#include "coffer/export.h"
#include "coffer/operation.h"
#include "operations/ledger/ledger.h"
#include "operations/repository/catalogue.h"
#include "operations/repository/repository_fixture.h"
#include "operations/restore/restore_switch.h"
#include "operations/runner/runner.h"

namespace coffer::operations {
namespace {

class OutcomeTest : public RepositoryTest {
 protected:
  engine::EngineCore& core() { return engine::CoreOf(engine()); }
  OperationInfo Info(const std::string& id) { return GetOperation(engine(), id).value(); }
  // Makes the journal what it is before the operation's end is written.
  void ForgetEnd(const std::string& id, OperationState state = OperationState::kRunning) {
    OperationInfo info = Info(id);
    info.state = state;
    info.completed_at.reset();
    storage::WriteBatch batch;
    batch.Delete(storage::Family::kOperations, "R" + id);
    ASSERT_OK(RunnerOf(core()).journal().Begin(info, batch));
  }
  void ExpectInterrupted(const std::string& id) {
    EXPECT_EQ(Info(id).state, OperationState::kFailed);
    EXPECT_EQ(Info(id).error.message(), "interrupted");
    EXPECT_FALSE(Info(id).result.is_object() && Info(id).result != Json());
  }
  RestoreSwitch SwitchOf(const RestoreReport& report, std::uint64_t generation) {
    return {report.restore_id, generation, true, report.completed_at, Info(report.restore_id).result.text()};
  }
};

TEST_F(OutcomeTest, ABackupWithItsManifestIsCompleted) {
  PutSome("now");
  const std::string id = BackUp().id;
  const OperationInfo before = Info(id);
  ForgetEnd(id);
  Open();
  const OperationInfo after = Info(id);
  EXPECT_EQ(after.state, OperationState::kCompleted) << after.error.ToString();
  EXPECT_EQ(after.result.text(), before.result.text());
  EXPECT_EQ(after.completed_at, ManifestOf(id).info.completed_at);
}

TEST_F(OutcomeTest, ABackupWithoutAManifestIsInterruptedAndADamagedManifestIsNamed) {
  PutSome("now");
  const std::string id = BackUp().id;
  const std::string manifest = ReadBytes(ManifestPath(id));
  std::filesystem::remove(ManifestPath(id));
  ForgetEnd(id);
  Open();
  ExpectInterrupted(id);
  WriteBytes(ManifestPath(id), manifest.substr(0, 100));
  ForgetEnd(id);
  Open();
  EXPECT_EQ(Info(id).state, OperationState::kFailed);
  EXPECT_NE(Info(id).error.message().find(id), std::string::npos) << Info(id).error.ToString();
}

TEST_F(OutcomeTest, ARestoreWhoseGenerationIsLiveIsCompletedAndDoesWhatItOwes) {
  PutSome("now");
  const std::string backup = BackUp().id;
  const RestoreReport report = RunRestore(engine(), backup, Quick()).value();
  EXPECT_FALSE(*ReadSwitch(core())) << "forgotten at the end";
  const std::string result = Info(report.restore_id).result.text();
  LedgerEntry entry;
  entry.id = "75ZZZZZZZZZZZZZZZZZZZZZZZZ";
  entry.ids = {"owner1"};
  for (const OperationState state : {OperationState::kRunning, OperationState::kFailed}) {
    SCOPED_TRACE(OperationStateName(state));
    const std::uint64_t live = core().folder().generation();
    RestoreSwitch restore{report.restore_id, live, true, report.completed_at, result};
    ASSERT_OK(WriteSwitch(core(), restore, {{entry, /*adopted=*/true}}));
    ASSERT_OK(Catalogue(core()).SetErasedThroughMax(""));
    ForgetEnd(report.restore_id, state);
    Open();
    EXPECT_EQ(Info(report.restore_id).state, OperationState::kCompleted);
    EXPECT_EQ(Info(report.restore_id).result.text(), result);
    EXPECT_EQ(Info(report.restore_id).completed_at, report.completed_at);
    ASSERT_EQ(Ledger(core()).All()->size(), 1U);
    EXPECT_EQ(Ledger(core()).All()->front().completed_at, report.completed_at);
    EXPECT_FALSE(*Catalogue(core()).ErasedThroughMax());
    EXPECT_FALSE(*ReadSwitch(core()));
    ASSERT_OK(Ledger(core()).Withdraw(entry.id));
  }
}

TEST_F(OutcomeTest, ARestoreThatDidNotSwitchIsInterruptedAndOwesNothing) {
  PutSome("now");
  const std::string backup = BackUp().id;
  const RestoreReport report = RunRestore(engine(), backup, Quick()).value();
  LedgerEntry entry;
  entry.id = "75ZZZZZZZZZZZZZZZZZZZZZZZZ";
  entry.ids = {"owner1"};
  const RestoreSwitch restore = SwitchOf(report, core().folder().generation() + 1);
  ASSERT_OK(WriteSwitch(core(), restore, {{entry, /*adopted=*/true}}));
  ForgetEnd(report.restore_id);
  Open();
  ExpectInterrupted(report.restore_id);
  EXPECT_TRUE(Ledger(core()).All()->empty());
  EXPECT_FALSE(*ReadSwitch(core()));
}

TEST_F(OutcomeTest, AnExportWhoseFileIsThereIsCompleted) {
  PutSome("now");
  ExportOptions named;
  named.output = directory_.File("named.json");
  for (const ExportOptions& options : {ExportOptions(), named}) {
    const ExportReport report = RunExport(engine(), options).value();
    const std::string result = Info(report.export_id).result.text();
    const std::string bytes = ReadBytes(report.path);
    const auto forget_end = [&] {
      ForgetEnd(report.export_id);
      ASSERT_OK(RunnerOf(core()).journal().KeepResult(report.export_id, result));
      EXPECT_EQ(Info(report.export_id).result, Json()) << "not before the end";
      Open();
    };
    forget_end();
    EXPECT_EQ(Info(report.export_id).state, OperationState::kCompleted) << Info(report.export_id).error.ToString();
    EXPECT_EQ(Info(report.export_id).result.text(), result);
    EXPECT_EQ(Info(report.export_id).completed_at, report.completed_at);
    WriteBytes(report.path, std::string(bytes.size(), 'x'));  // another file of that name
    forget_end();
    ExpectInterrupted(report.export_id);
    std::filesystem::remove(report.path);
    forget_end();
    ExpectInterrupted(report.export_id);
  }
}

TEST_F(OutcomeTest, ADamagedRowOfASwitchIsReported) {
  storage::WriteBatch batch;
  batch.Put(storage::Family::kBackups, "R", "{\"restore_id\":5}");
  ASSERT_OK(core().control()->Commit(batch, Durability::kDurable));
  EXPECT_CODE(ReadSwitch(core()), kCorruption);
}

}  // namespace
}  // namespace coffer::operations
