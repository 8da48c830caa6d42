#include "coffer/erase.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "coffer/backup.h"
#include "coffer/export.h"
#include "coffer/integrity.h"
#include "coffer/limits.h"
#include "coffer/snapshot.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "operations/ledger/ledger.h"
#include "operations/operations_fixture.h"
#include "support/disk_search.h"

namespace coffer::operations {
namespace {

using std::chrono::milliseconds;
namespace fs = std::filesystem;

class EraseTest : public OperationsTest {
 protected:
  // Texts of a user in every place that can hold one; each can be searched for separately.
  static std::string Mark(const std::string& user, const std::string& place) { return "mark-" + user + "-" + place + "-end"; }
  static std::vector<std::string> AllMarks(const std::string& user) {
    std::vector<std::string> marks;
    for (const std::string place : {"title", "old-title", "message", "extra", "many", "deleted", "filename", "extracted",
                                    "content", "large-content", "old-content", "prompt"}) {
      marks.push_back(Mark(user, place));
    }
    return marks;
  }

  void PutConversationOf(const std::string& user, const std::string& id, const std::string& title_place,
                         const std::string& message_place, std::size_t messages) {
    Conversation conversation;
    conversation.id = user + "-" + id;
    conversation.user_id = user;
    conversation.title = Mark(user, title_place);
    std::vector<Message> list(messages);
    for (std::size_t i = 0; i < messages; ++i) {
      list[i].id = "m" + std::to_string(i);
      list[i].content = Mark(user, message_place) + std::string(50, static_cast<char>('a' + i % 26));
    }
    ASSERT_OK(engine().PutConversationWithMessages(conversation, list));
  }

  void PutDocumentOf(const std::string& user, const std::string& id, const std::string& content) {
    Document document;
    document.id = user + "-" + id;
    document.owner_id = user;
    document.filename = Mark(user, "filename");
    document.extracted_text = Mark(user, "extracted");
    Result<ContentWriter> writer = engine().NewContent();
    ASSERT_OK(writer);
    ASSERT_OK(writer->Append(content));
    ASSERT_OK(engine().PutDocument(document, std::move(*writer)));
  }

  // Incompressible bytes, so that the store may keep them as they are.
  static std::string Noise(std::size_t bytes) {
    std::string noise;
    std::uint64_t state = 1;
    while (noise.size() < bytes) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      noise.push_back(static_cast<char>(state >> 56U));
    }
    return noise;
  }

  // Live records, former versions of them, and deleted records, in several files unless `flush` is false. (With a few files
  // more the store would merge them and drop the former versions itself.)
  void PutAllOf(const std::string& user, bool flush = true) {
    PutConversationOf(user, "c1", "old-title", "message", 3);
    PutConversationOf(user, "c2", "title", "many", 400);
    PutConversationOf(user, "gone", "title", "deleted", 300);
    PutDocumentOf(user, "d1", Mark(user, "old-content"));
    PutDocumentOf(user, "d2", Noise(3 << 20) + Mark(user, "large-content") + Noise(100));
    Prompt prompt;
    prompt.id = user + "-p1";
    prompt.owner_id = user;
    prompt.name = "name";
    prompt.content = Mark(user, "prompt");
    ASSERT_OK(engine().PutPrompt(prompt));
    if (flush) FlushStore();
    PutConversationOf(user, "c1", "title", "extra", 2);
    PutDocumentOf(user, "d1", Mark(user, "content") + std::string(9000, 'z'));
    ASSERT_OK(engine().Delete(Kind::kConversation, user + "-gone"));
    if (flush) FlushStore();
    PutConversationOf(user, "c3", "title", "message", 1);
  }

  void FlushStore() { ASSERT_OK(engine::CoreOf(engine()).Access()->Flush({})); }

  std::size_t RecordsOf(const std::string& user) {
    ListOptions options;
    options.owner = user;
    std::size_t count = 0;
    for (Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
      count += engine().ListJson(kind, options).value().items.size();
    }
    return count;
  }

  void ExpectNowhere(const std::string& user, const std::string& except = "/backups/") {
    for (const std::string& place : PlacesOfTexts(store_path(), AllMarks(user), except)) ADD_FAILURE() << place;
  }
  void ExpectHealthy() {
    const IntegrityReport report = engine().CheckIntegrity().value();
    for (const IntegrityFinding& finding : report.findings) ADD_FAILURE() << finding.object << ": " << finding.problem;
  }

  EraseReport EraseUser(const std::string& user) {
    Result<OperationOf<EraseReport>> operation = StartEraseUser(engine(), user);
    EXPECT_OK(operation);
    if (!operation.ok()) return {};
    Result<EraseReport> report = operation->Finish();
    EXPECT_OK(report);
    return report.ok() ? *report : EraseReport();
  }
  OperationInfo Ended(const std::string& id) {
    while (GetOperation(engine(), id).value().state < OperationState::kCompleted) std::this_thread::sleep_for(milliseconds(1));
    return GetOperation(engine(), id).value();
  }
};

TEST_F(EraseTest, AnErasedUserIsNowhere) {
  PutAllOf("ben", /*flush=*/false);
  PutAllOf("anna");
  ASSERT_OK(RunExport(engine()));
  for (const std::string& mark : AllMarks("anna")) {
    EXPECT_FALSE(FilesWithText(store_path(), mark, "/exports/").empty()) << mark << ": the search must find existing text";
  }
  EXPECT_FALSE(FilesWithText(store_path() + "/exports", Mark("anna", "title")).empty());
  const std::string of_ben = "ben";
  const std::size_t bens = RecordsOf(of_ben);

  const EraseReport report = EraseUser("anna");
  EXPECT_EQ(report.conversations, 3U);
  EXPECT_EQ(report.messages, 2U + 400U + 1U);
  EXPECT_EQ(report.documents, 2U);
  EXPECT_EQ(report.contents, 2U);
  EXPECT_EQ(report.prompts, 1U);
  EXPECT_EQ(report.exports_removed, 1U);
  EXPECT_TRUE(report.backups.empty());
  EXPECT_GE(report.completed_at, report.started_at);

  ExpectNowhere("anna");
  EXPECT_EQ(RecordsOf("anna"), 0U);
  EXPECT_FALSE(engine().Statistics().value().logical_bytes_by_owner.contains("anna"));
  EXPECT_EQ(engine().Statistics().value().exports_bytes, 0U);
  EXPECT_EQ(RecordsOf(of_ben), bens);
  EXPECT_FALSE(FilesWithText(store_path(), Mark("ben", "large-content")).empty());
  ExpectHealthy();
  const OperationInfo info = GetOperation(engine(), report.erase_id).value();
  EXPECT_EQ(info.state, OperationState::kCompleted);
  EXPECT_EQ(nlohmann::json::parse(info.result.text()).at("erased").at("messages"), 403);
  Open();
  ExpectNowhere("anna");
  ExpectHealthy();
  EXPECT_EQ(RecordsOf(of_ben), bens);
}

TEST_F(EraseTest, TheCountersOfAnErasedUserGoToo) {
  PutAllOf("anna");
  PutAllOf("ben");
  EraseUser("anna");
  const engine::StoreAccess access = engine::CoreOf(engine()).Access();
  const std::unique_ptr<storage::Scan> scan = access->NewScan(storage::Family::kCounters, {}, {}, {});
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    EXPECT_EQ(scan->key().find("anna"), std::string_view::npos);
  }
}

TEST_F(EraseTest, NoRestoreOfAnOlderBackupBringsItBack) {
  PutAllOf("anna");
  PutAllOf("ben");
  const std::string old_backup = RunBackup(engine()).value().id;
  const std::size_t bens = RecordsOf("ben");
  const EraseReport report = EraseUser("anna");
  ASSERT_EQ(report.backups.size(), 1U);
  EXPECT_EQ(report.backups[0].backup_id, old_backup);
  ASSERT_OK(engine().Delete(Kind::kPrompt, "ben-p1"));

  Result<RestoreReport> restored = RunRestore(engine(), old_backup);
  ASSERT_OK(restored);
  EXPECT_EQ(restored->erasures_applied, 1U);
  EXPECT_EQ(restored->prompts, 1U) << "only ben's, which was deleted, not erased";
  EXPECT_EQ(RecordsOf("anna"), 0U);
  EXPECT_EQ(RecordsOf("ben"), bens);
  ExpectNowhere("anna");
  ExpectHealthy();
  Open();
  EXPECT_EQ(RecordsOf("anna"), 0U);
  ExpectHealthy();
}

TEST_F(EraseTest, WhatTheUserMadeAfterwardsComesBackFromALaterBackup) {
  PutAllOf("anna");
  EraseUser("anna");
  PutConversationOf("anna", "new", "title", "message", 2);
  const std::string later = RunBackup(engine()).value().id;
  ASSERT_OK(engine().Delete(Kind::kConversation, "anna-new"));
  const EraseReport of_ben = EraseUser("ben");
  EXPECT_EQ(of_ben.backups.size(), 1U);
  Result<RestoreReport> restored = RunRestore(engine(), later);
  ASSERT_OK(restored);
  EXPECT_EQ(restored->erasures_applied, 1U) << "only ben's: anna's was erased before the backup";
  EXPECT_OK(engine().GetConversation("anna-new"));
}

TEST_F(EraseTest, TheLedgerIsKnownOnAnotherMachine) {
  PutAllOf("anna");
  const std::string backup = RunBackup(engine()).value().id;
  EraseUser("anna");
  const std::string repository = directory_.File("repository");
  fs::copy(store_path() + "/backups", repository, fs::copy_options::recursive);
  RestoreOptions restore;
  restore.identity_file = directory_.File("identity");
  fs::copy(store_path() + "/keys/identity.txt", restore.identity_file);
  engine_.reset();
  fs::remove_all(store_path());
  OpenOptions options;
  options.repository = repository;
  Open(options);
  ASSERT_OK(RunRestore(engine(), backup, restore));
  EXPECT_EQ(RecordsOf("anna"), 0U);
  ExpectNowhere("anna");
  // The store has adopted the erasure, so it holds without the repository's ledger.
  fs::remove_all(repository + "/ledger");
  ASSERT_OK(RunRestore(engine(), backup, restore));
  EXPECT_EQ(RecordsOf("anna"), 0U);
}

TEST_F(EraseTest, ALedgerThatCannotBeReadStopsARestoreUnlessItIsToldSo) {
  PutAllOf("anna");
  const std::string backup = RunBackup(engine()).value().id;
  const EraseReport report = EraseUser("anna");
  ASSERT_TRUE(fs::exists(store_path() + "/backups/ledger/" + report.erase_id));
  const std::string of_another = "75ZZZZZZZZZZZZZZZZZZZZZZZZ";
  WriteBytes(store_path() + "/backups/ledger/" + of_another, "{half");
  const Status status = RunRestore(engine(), backup).status();
  EXPECT_CODE(status, kCorruption);
  EXPECT_NE(status.message().find(of_another), std::string::npos) << status.ToString();
  RestoreOptions options;
  options.without_ledger = true;
  ASSERT_OK(RunRestore(engine(), backup, options));
  EXPECT_EQ(RecordsOf("anna"), 0U) << "the engine's own ledger is applied all the same";
}

TEST_F(EraseTest, SingleRecordsAreErasedAndOthersStay) {
  PutAllOf("anna");
  const std::string backup = RunBackup(engine()).value().id;
  const std::vector<std::string> ids = {"anna-d1", "not-there", "anna-d1"};
  Result<OperationOf<EraseReport>> operation = StartErase(engine(), Kind::kDocument, ids);
  ASSERT_OK(operation);
  Result<EraseReport> report = operation->Finish();
  ASSERT_OK(report);
  EXPECT_EQ(report->documents, 1U);
  EXPECT_EQ(report->contents, 1U);
  EXPECT_EQ(report->conversations, 0U);
  for (const std::string place : {"content", "old-content"}) {
    EXPECT_TRUE(FilesWithText(store_path(), Mark("anna", place), "/backups/").empty()) << place;
  }
  EXPECT_FALSE(FilesWithText(store_path(), Mark("anna", "large-content"), "/backups/").empty());
  EXPECT_EQ(ContentOf(engine(), "anna-d2").size(), (3U << 20) + Mark("anna", "large-content").size() + 100);
  ExpectHealthy();
  ASSERT_OK(RunRestore(engine(), backup));
  EXPECT_CODE(engine().GetDocument("anna-d1"), kNotFound);
  EXPECT_OK(engine().GetDocument("anna-d2"));
  ExpectHealthy();
}

TEST_F(EraseTest, WhatCannotBeErasedIsRefused) {
  const std::vector<std::string> none;
  const std::vector<std::string> bad = {"a", "b c"};
  EXPECT_CODE(StartEraseUser(engine(), ""), kInvalidArgument);
  EXPECT_CODE(StartErase(engine(), Kind::kPrompt, none), kInvalidArgument);
  EXPECT_CODE(StartErase(engine(), Kind::kPrompt, bad), kInvalidArgument);
  EXPECT_CODE(StartErase(engine(), Kind::kMessage, bad), kInvalidArgument);
  EXPECT_CODE(StartErase(engine(), Kind::kPrompt, std::vector<std::string>(kEraseIdsMax + 1, "x")), kInvalidArgument);
  OpenOptions options;
  options.read_only = true;
  Open(options);
  EXPECT_CODE(StartEraseUser(engine(), "anna"), kPermissionDenied);
}

TEST_F(EraseTest, AnOlderSnapshotIsWaitedForAndACancelHasNoEffect) {
  PutAllOf("anna");
  Result<std::unique_ptr<Snapshot>> snapshot = engine().TakeSnapshot();
  ASSERT_OK(snapshot);
  Result<OperationOf<EraseReport>> operation = StartEraseUser(engine(), "anna");
  ASSERT_OK(operation);
  operation->Cancel();
  EXPECT_FALSE(operation->WaitFor(milliseconds(100))) << "the snapshot still shows it";
  ReadOptions at;
  at.snapshot = snapshot->get();
  EXPECT_OK(engine().GetConversation("anna-c1", at));
  EXPECT_CODE(engine().GetConversation("anna-c1"), kNotFound);
  snapshot->reset();
  EXPECT_OK(operation->Finish());
  ExpectNowhere("anna");
}

TEST_F(EraseTest, ClosingStopsItAndTheNextOpeningFinishesIt) {
  PutAllOf("anna");
  std::string id;
  {
    Result<std::unique_ptr<Snapshot>> snapshot = engine().TakeSnapshot();  // delays the erase
    ASSERT_OK(snapshot);
    Result<OperationOf<EraseReport>> operation = StartEraseUser(engine(), "anna");
    ASSERT_OK(operation);
    id = operation->id();
    while (RecordsOf("anna") > 0) std::this_thread::sleep_for(milliseconds(1));
    std::thread closer([&] { EXPECT_CODE(operation->Wait(), kCancelled); });
    engine::CoreOf(engine()).attachment()->Shutdown();
    closer.join();
  }
  Open();
  const OperationInfo info = Ended(id);
  EXPECT_EQ(info.state, OperationState::kCompleted) << info.error.ToString();
  EXPECT_EQ(nlohmann::json::parse(info.result.text()).at("erased").at("conversations"), 3) << "earlier commits are counted";
  ExpectNowhere("anna");
}

TEST_F(EraseTest, AFailedPublicationIsToldAndErasesNothing) {
  OpenOptions options;
  options.repository = directory_.File("repository");
  OpenOverFailingFiles(options);
  PutAllOf("anna");
  const std::size_t records = RecordsOf("anna");
  FileFailure failure;
  failure.path_part = directory_.File("repository");
  failure.operation = FileOperation::kAnyChange;
  failure.repeat = true;
  files_.FailOn(failure);
  EXPECT_CODE(StartEraseUser(engine(), "anna"), kIoError);
  files_.Heal();
  EXPECT_EQ(RecordsOf("anna"), records);
  Open(options);
  EXPECT_EQ(RecordsOf("anna"), records) << "an unacknowledged erasure need not survive";
  const Page<OperationInfo> page = ListOperations(engine()).value();
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].state, OperationState::kFailed);
}

// The power fails at the n-th change of a file: if the erasure was acknowledged, the next opening completes it.
TEST_F(EraseTest, ACrashAtAnyMomentIsMadeGood) {
  PutAllOf("anna");
  PutConversationOf("ben", "c1", "title", "message", 2);
  engine_.reset();
  const std::string kept = directory_.File("kept");
  fs::copy(store_path(), kept, fs::copy_options::recursive);
  bool done = false;
  for (std::uint64_t nth = 1; !done; nth += nth < 12 ? 1 : 23) {
    ASSERT_LT(nth, 2000U);
    SCOPED_TRACE(nth);
    engine_.reset();
    fs::remove_all(store_path());
    fs::copy(kept, store_path(), fs::copy_options::recursive);
    OpenOverFailingFiles();
    FileFailure failure;
    failure.operation = FileOperation::kAnyChange;
    failure.nth = nth;
    failure.repeat = true;
    files_.FailOn(failure);
    Result<OperationOf<EraseReport>> operation = StartEraseUser(engine(), "anna");
    const Status status = operation.ok() ? operation->Wait() : operation.status();
    done = status.ok();
    engine_.reset();
    files_.Heal();
    ASSERT_OK(files_.DropUnsynced());
    Open();
    if (!operation.ok()) {
      for (const OperationInfo& info : AllOperations(engine())) Ended(info.id);
      continue;
    }
    EXPECT_EQ(RecordsOf("anna"), 0U) << "as soon as it is open";
    const OperationInfo info = Ended(operation->id());
    EXPECT_EQ(info.state, OperationState::kCompleted) << info.error.ToString();
    EXPECT_EQ(nlohmann::json::parse(info.result.text()).at("erased").at("conversations"), 3);
    ExpectNowhere("anna");
    EXPECT_EQ(RecordsOf("ben"), 1U);
    ExpectHealthy();
  }
}

TEST_F(EraseTest, LedgerEntriesAreReadAsTheyWereWrittenAndDamageIsTold) {
  LedgerEntry entry;
  entry.id = "01A";
  entry.created_at = {5};
  entry.kind = Kind::kDocument;
  entry.ids = {"a", "b"};
  LedgerEntry read = DecodeLedgerEntry(EncodeLedgerEntry(entry)).value();
  EXPECT_EQ(read.id, "01A");
  EXPECT_EQ(read.created_at, Timestamp{5});
  EXPECT_EQ(read.kind, Kind::kDocument);
  EXPECT_EQ(read.ids, entry.ids);
  EXPECT_FALSE(read.completed_at);
  entry.kind.reset();
  entry.completed_at = Timestamp{9};
  entry.receipt = R"({"n":1})";
  read = DecodeLedgerEntry(EncodeLedgerEntry(entry)).value();
  EXPECT_FALSE(read.kind);
  EXPECT_EQ(read.completed_at, Timestamp{9});
  EXPECT_EQ(read.receipt, entry.receipt);
  for (const std::string bad : {"", "[]", "{}", "{\"coffer_erasure\":1}"})
    EXPECT_CODE(DecodeLedgerEntry(bad), kCorruption) << bad;
  EXPECT_CODE(DecodeLedgerEntry(R"({"coffer_erasure":2})"), kUnavailable);
}

}  // namespace
}  // namespace coffer::operations
