#include "operations/runner/journal.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "operations/operations_fixture.h"
#include "support/store_fixture.h"

namespace coffer::operations {
namespace {

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    storage::StoreOptions options;
    options.create = true;
    options.families = storage::kControlFamilies;
    control_ = OpenStore(directory_.File("control"), options);
  }
  static OperationInfo Info(const std::string& id, OperationState state = OperationState::kPending) {
    OperationInfo info;
    info.id = id;
    info.kind = OperationKind::kRestore;
    info.state = state;
    info.principal = "anna \xff \"";
    info.created_at = {-5};
    info.request = Json::Parse(R"({"a":[1,"x"],"b":null})").value();
    return info;
  }
  static void Begin(Journal& journal, const OperationInfo& info) {
    storage::WriteBatch batch;
    ASSERT_OK(journal.Begin(info, batch));
  }

  TempDirectory directory_;
  std::unique_ptr<storage::Store> control_;
};

TEST_F(JournalTest, AnEntryComesBackWithAllItTells) {
  OperationInfo info = Info("01A");
  {
    Journal journal(control_.get());
    EXPECT_TRUE(journal.Load().value().empty());
    Begin(journal, info);
  }
  info.state = OperationState::kFailed;
  info.started_at = Timestamp{7};
  info.completed_at = Timestamp{9};
  info.progress = {1, 2, 3, 4};
  info.error = Status::Corruption("what \xF0\x9F\x98\x80");
  info.result = Json::Parse(R"({"n":18446744073709551615})").value();
  Journal journal(control_.get());
  const std::vector<OperationInfo> unfinished = journal.Load().value();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].state, OperationState::kPending);
  EXPECT_FALSE(unfinished[0].started_at);
  ASSERT_OK(journal.End(info));
  Journal again(control_.get());
  EXPECT_TRUE(again.Load().value().empty());
  const std::optional<OperationInfo> read = again.Read("01A").value();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, OperationKind::kRestore);
  EXPECT_EQ(read->state, OperationState::kFailed);
  EXPECT_EQ(read->principal, "anna \xEF\xBF\xBD \"") << "a journal is UTF-8";
  EXPECT_EQ(read->created_at, Timestamp{-5});
  EXPECT_EQ(read->started_at, Timestamp{7});
  EXPECT_EQ(read->completed_at, Timestamp{9});
  EXPECT_EQ(read->progress.bytes_expected, 4U);
  EXPECT_EQ(read->error.ToString(), info.error.ToString());
  EXPECT_EQ(read->request, info.request);
  EXPECT_EQ(read->result, info.result);
  EXPECT_FALSE(again.Read("01B").value());
}

TEST_F(JournalTest, TheOldestEndedOnesAreForgotten) {
  Journal journal(control_.get());
  ASSERT_OK(journal.Load());
  const auto id = [](std::size_t n) { return "01" + std::to_string(100'000 + n); };
  Begin(journal, Info(id(0)));  // never ends
  for (std::size_t n = 1; n <= kOperationsRememberedMax + 3; ++n) {
    Begin(journal, Info(id(n)));
    ASSERT_OK(journal.End(Info(id(n), OperationState::kCompleted)));
  }
  for (const std::size_t gone : {1U, 2U, 3U}) EXPECT_FALSE(journal.Read(id(gone)).value());
  EXPECT_TRUE(journal.Read(id(4)).value());
  EXPECT_TRUE(journal.Read(id(0)).value()) << "a running operation is not forgotten";
  EXPECT_EQ(journal.Ids().size(), kOperationsRememberedMax + 1);
  Journal again(control_.get());
  EXPECT_EQ(again.Load().value().size(), 1U);
  EXPECT_EQ(again.Ids(), journal.Ids());
}

TEST_F(JournalTest, APlanIsThereWithItsHeadAndGoesWithTheEnd) {
  Journal journal(control_.get());
  ASSERT_OK(journal.Load());
  storage::WriteBatch batch;
  const std::vector<std::string_view> ids = {"a", "", std::string_view("\0\n", 2)};
  Journal::AppendPlanRow("01A", 0, ids, batch);
  Journal::AppendPlanRow("01A", 1, std::vector<std::string_view>{"last"}, batch);
  ASSERT_OK(journal.Begin(Info("01A"), batch));
  EXPECT_FALSE(journal.ReadPlan("01A").value()) << "not without a head";
  storage::WriteBatch head;
  Journal::AppendPlanHead("01A", {4, 2}, head);
  ASSERT_OK(journal.Commit(head, Durability::kDurable));
  const std::optional<Plan> plan = journal.ReadPlan("01A").value();
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->ids, 4U);
  EXPECT_EQ(plan->refused, 2U);
  EXPECT_EQ(journal.ReadPlanRow("01A", 0).value(), std::vector<std::string>(ids.begin(), ids.end()));
  EXPECT_EQ(journal.ReadPlanRow("01A", 1).value(), std::vector<std::string>{"last"});
  ASSERT_OK(journal.End(Info("01A", OperationState::kCompleted)));
  EXPECT_FALSE(journal.ReadPlan("01A").value());
  EXPECT_CODE(journal.ReadPlanRow("01A", 0), kCorruption);
  EXPECT_TRUE(journal.Read("01A").value());
}

TEST_F(JournalTest, DamagedAndNewerEntriesAreToldByName) {
  {
    Journal journal(control_.get());
    ASSERT_OK(journal.Load());
    Begin(journal, Info("01A"));
  }
  const std::string good = ValueOf(*control_, storage::Family::kOperations, "E01A");
  std::vector<std::string> damaged = {"", "\x01", good.substr(0, 3), good.substr(0, good.size() - 1)};
  damaged.push_back(good);
  damaged.back()[1] = 99;
  damaged.push_back(good);
  damaged.back()[2] = 0;
  for (const std::string& bytes : damaged) {
    ASSERT_OK(PutOne(*control_, storage::Family::kOperations, "E01A", bytes));
    const Status status = Journal(control_.get()).Load().status();
    EXPECT_CODE(status, kCorruption);
    EXPECT_NE(status.message().find("01A"), std::string::npos) << status.ToString();
  }
  std::string newer = good;
  newer[0] = 2;
  ASSERT_OK(PutOne(*control_, storage::Family::kOperations, "E01A", newer));
  EXPECT_CODE(Journal(control_.get()).Load(), kUnavailable);
}

TEST_F(JournalTest, WithoutAControlStoreNothingIsRemembered) {
  Journal journal(nullptr);
  EXPECT_TRUE(journal.Load().value().empty());
  Begin(journal, Info("01A"));
  EXPECT_OK(journal.Update(Info("01A")));
  EXPECT_OK(journal.End(Info("01A")));
  EXPECT_FALSE(journal.Read("01A").value());
}

TEST_F(JournalTest, ReasonsOfImportErrorsCanBeForgotten) {
  Journal journal(control_.get());
  ASSERT_OK(journal.Load());
  OperationInfo info = Info("01A", OperationState::kCompleted);
  info.kind = OperationKind::kImport;
  info.result =
      Json::Parse(R"({"failed":1,"errors":[{"file":"f","line":1,"reason":"quotes a text"}],"errors_total":1})").value();
  ASSERT_OK(journal.End(info));
  Journal again(control_.get());
  ASSERT_OK(again.Load());
  ASSERT_OK(again.ForgetImportErrors());
  EXPECT_EQ(again.Read("01A").value()->result.text(), R"({"failed":1,"errors":[],"errors_total":1})");
}

TEST_F(JournalTest, AnImportThatEndsAfterItsErrorsWereForgottenKeepsNone) {
  Journal journal(control_.get());
  ASSERT_OK(journal.Load());
  for (const OperationKind kind : {OperationKind::kImport, OperationKind::kRestore, OperationKind::kBulkDelete}) {
    SCOPED_TRACE(OperationKindName(kind));
    const std::string id = "01A" + std::to_string(static_cast<int>(kind));
    OperationInfo info = Info(id);
    info.kind = kind;
    Begin(journal, info);
    ASSERT_OK(journal.ForgetImportErrors());
    info.state = OperationState::kCompleted;
    info.result = Json::Parse(R"({"failed":1,"errors":["quotes a text"]})").value();
    ASSERT_OK(journal.End(info));
    const bool kept = journal.Read(id).value()->result.text().find("quotes") != std::string_view::npos;
    EXPECT_EQ(kept, kind == OperationKind::kBulkDelete);
    // One that begins later keeps its errors.
    info.id += "B";
    Begin(journal, info);
    ASSERT_OK(journal.End(info));
    EXPECT_NE(journal.Read(info.id).value()->result.text().find("quotes"), std::string_view::npos);
  }
}

class JournalFailureTest : public OperationsTest {};

// Whichever write to the journal fails, the next opening reports how each started operation ended.
TEST_F(JournalFailureTest, AFailureAtAnyCallLeavesAJournalThatIsTrueAfterReopening) {
  bool untouched = false;
  for (std::uint64_t nth = 1; !untouched; ++nth) {
    ASSERT_LT(nth, 200U);
    SCOPED_TRACE(nth);
    OpenOverFailingFiles();
    const std::size_t backups = ListBackups(engine()).value().size();
    FileFailure failure;
    failure.operation = FileOperation::kAnyChange;
    failure.path_part = "/control/";
    failure.nth = nth;
    failure.repeat = true;
    files_.FailOn(failure);
    Result<OperationOf<BackupInfo>> started = StartBackup(engine());
    const Status status = started.ok() ? started->Wait() : started.status();
    const std::size_t made = ListBackups(engine()).value().size() - backups;
    EXPECT_EQ(made, status.ok() ? 1U : 0U) << status.ToString();
    untouched = started.ok() && GetOperation(engine(), started->id()).value().state == OperationState::kCompleted;
    engine_.reset();
    files_.Heal();
    Open();
    if (started.ok()) {
      const OperationInfo info = GetOperation(engine(), started->id()).value();
      EXPECT_EQ(info.state == OperationState::kCompleted, made == 1) << "the journal says what is there";
      EXPECT_TRUE(made == 1 || info.error.message() == "interrupted" || info.error.code() == StatusCode::kIoError)
          << info.error.ToString();
    }
    for (const OperationInfo& info : AllOperations(engine())) EXPECT_GE(info.state, OperationState::kCompleted);
    EXPECT_OK(RunBackup(engine()));
  }
}

}  // namespace
}  // namespace coffer::operations
