// Erasures that take several runs: what is written between them, what the receipt says, and what backups know of them.
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "coffer/backup.h"
#include "coffer/erase.h"
#include "coffer/export.h"
#include "coffer/limits.h"
#include "coffer/snapshot.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/stored/keys.h"
#include "operations/erase/erase_records.h"
#include "operations/ledger/ledger.h"
#include "operations/operations_fixture.h"
#include "operations/repository/repository.h"
#include "support/disk_search.h"

namespace coffer::operations {
namespace {

class ResumedEraseTest : public OperationsTest {
 protected:
  ~ResumedEraseTest() override { engine_.reset(); }

  void PutOf(const std::string& user, const std::string& id, const std::string& title = "title") {
    Conversation conversation;
    conversation.id = user + "-" + id;
    conversation.user_id = user;
    conversation.title = title;
    ASSERT_OK(engine().PutConversation(conversation));
  }
  bool Has(const std::string& id) { return engine().GetConversation(id).ok(); }

  // The records are deleted, but the erasure fails and is still owed. An export in the data folder is left.
  std::string FailToErase(const std::string& user, const std::string& path_part = "/exports/") {
    EXPECT_OK(RunExport(engine()));
    FileFailure failure;
    failure.operation = FileOperation::kRemove;
    failure.path_part = path_part;
    failure.repeat = true;
    files_.FailOn(failure);
    Result<OperationOf<EraseReport>> operation = StartEraseUser(engine(), user);
    EXPECT_OK(operation);
    EXPECT_CODE(operation->Wait(), kIoError);
    files_.Heal();
    return operation->id();
  }
  nlohmann::json ReceiptOf(const std::string& id) {
    while (GetOperation(engine(), id).value().state < OperationState::kCompleted) std::this_thread::yield();
    const OperationInfo info = GetOperation(engine(), id).value();
    EXPECT_EQ(info.state, OperationState::kCompleted) << info.error.ToString();
    return nlohmann::json::parse(info.result.text());
  }
  BackupManifest ManifestOf(const std::string& id) {
    return Repository(PosixFileSystem(), store_path() + "/backups").Read(id).value();
  }
};

TEST_F(ResumedEraseTest, WhatIsWrittenWhileTheScrubWaitsStays) {
  PutOf("anna", "old");
  std::string id;
  {
    Result<std::unique_ptr<Snapshot>> snapshot = engine().TakeSnapshot();  // delays the scrub
    ASSERT_OK(snapshot);
    Result<OperationOf<EraseReport>> operation = StartEraseUser(engine(), "anna");
    ASSERT_OK(operation);
    id = operation->id();
    while (Has("anna-old")) std::this_thread::yield();
    PutOf("anna", "new");
    engine::CoreOf(engine()).attachment()->Shutdown();
  }
  Open();
  EXPECT_EQ(ReceiptOf(id).at("erased").at("conversations"), 1);
  EXPECT_TRUE(Has("anna-new"));
  EXPECT_FALSE(Has("anna-old"));
}

TEST_F(ResumedEraseTest, WhatIsWrittenAfterAFailureStays) {
  for (const bool by_ids : {false, true}) {
    SCOPED_TRACE(by_ids);
    OpenOverFailingFiles();
    PutOf("anna", "old");
    PutOf("anna", "again");
    std::string id;
    if (by_ids) {
      ASSERT_OK(RunExport(engine()));
      files_.FailOn({.operation = FileOperation::kRemove, .path_part = "/exports/"});
      const std::vector<std::string> ids = {"anna-again", "anna-old"};
      Result<OperationOf<EraseReport>> operation = StartErase(engine(), Kind::kConversation, ids);
      ASSERT_OK(operation);
      EXPECT_CODE(operation->Wait(), kIoError);
      id = operation->id();
      files_.Heal();
    } else {
      id = FailToErase("anna");
    }
    PutOf("anna", "again", "written later");
    for (int opening = 0; opening < 2; ++opening) {
      Open();
      EXPECT_EQ(ReceiptOf(id).at("erased").at("conversations"), 2);
      EXPECT_EQ(engine().GetConversation("anna-again").value().title, "written later");
      EXPECT_FALSE(Has("anna-old"));
    }
  }
}

// The last batch is full, one record short of it, or followed by one with a single record.
TEST_F(ResumedEraseTest, TheMarkIsCommittedWithTheLastBatch) {
  for (const std::size_t records :
       {std::size_t{0}, kDeleteBatchRecordsMax - 1, kDeleteBatchRecordsMax, kDeleteBatchRecordsMax + 1}) {
    SCOPED_TRACE(records);
    Open();
    Batch batch(engine());
    for (std::size_t i = 0; i < records; ++i) {
      Conversation conversation;
      conversation.id = "anna-" + std::to_string(10'000 + i);
      conversation.user_id = "anna";
      conversation.title = "title";
      ASSERT_OK(batch.PutConversation(conversation));
    }
    ASSERT_OK(engine().Commit(batch));
    engine::EngineCore& core = engine::CoreOf(engine());
    LedgerEntry entry;
    entry.id = "e" + std::to_string(records);
    entry.ids = {"anna"};
    const std::atomic<bool> stopped{true};
    EXPECT_CODE(EraseRecords(core, entry, stopped), kCancelled);
    EXPECT_FALSE(ReadEraseProgress(*core.Access(), entry.id)->records_done);
    const std::atomic<bool> never{false};
    const EraseProgress progress = EraseRecords(core, entry, never).value();
    EXPECT_TRUE(progress.records_done);
    EXPECT_EQ(progress.counts.conversations, records);
    EXPECT_TRUE(ReadEraseProgress(*core.Access(), entry.id)->records_done);
    PutOf("anna", "new");
    EXPECT_EQ(EraseRecords(core, entry, never)->counts.conversations, records);
    EXPECT_TRUE(Has("anna-new"));
    ASSERT_OK(DropEraseProgress(core, entry.id));
    ASSERT_OK(engine().Delete(Kind::kConversation, "anna-new"));
  }
}

TEST_F(ResumedEraseTest, TheReceiptAddsUpOverRuns) {
  OpenOverFailingFiles();
  PutOf("anna", "1");
  PutOf("anna", "2");
  ASSERT_OK(RunExport(engine()));
  ASSERT_OK(RunExport(engine()));
  // The first run removes one export and fails at the second one.
  files_.FailOn({.operation = FileOperation::kRemove, .path_part = "/exports/", .nth = 2});
  Result<OperationOf<EraseReport>> operation = StartEraseUser(engine(), "anna");
  ASSERT_OK(operation);
  EXPECT_CODE(operation->Wait(), kIoError);
  files_.Heal();
  Open();
  const nlohmann::json receipt = ReceiptOf(operation->id());
  EXPECT_EQ(receipt.at("erased").at("conversations"), 2);
  EXPECT_EQ(receipt.at("exports_removed"), 2);
  // The row of the progress is gone with the receipt.
  EXPECT_FALSE(ReadEraseProgress(*engine::CoreOf(engine()).Access(), operation->id())->records_done);
}

TEST_F(ResumedEraseTest, AProgressRowOfAnEarlierVersionIsRead) {
  engine::EngineCore& core = engine::CoreOf(engine());
  storage::WriteBatch batch;
  batch.Put(storage::Family::kProgress, format::OperationProgressKey("old"), "[1,2,3,4,5]");
  batch.Put(storage::Family::kProgress, format::OperationProgressKey("bad"), "[1,2,3,4]");
  ASSERT_OK(core.CommitToStore(core.Access(), batch, {}, Durability::kBuffered));
  const EraseProgress progress = ReadEraseProgress(*core.Access(), "old").value();
  EXPECT_EQ(progress.counts.messages, 2U);
  EXPECT_EQ(progress.counts.contents, 5U);
  EXPECT_FALSE(progress.records_done);
  EXPECT_EQ(progress.exports_removed, 0U);
  EXPECT_CODE(ReadEraseProgress(*core.Access(), "bad"), kCorruption);
}

TEST_F(ResumedEraseTest, ABackupContainsACompletedErasureAlthoughAnEarlierOneFailed) {
  OpenOverFailingFiles();
  PutOf("zoe", "old");
  PutOf("anna", "old");
  const std::string of_zoe = FailToErase("zoe");
  const std::string before_anna = RunBackup(engine()).value().id;
  EraseReport of_anna = RunEraseUser(engine(), "anna").value();
  PutOf("anna", "new");
  const std::string backup = RunBackup(engine()).value().id;
  const BackupManifest manifest = ManifestOf(backup);
  EXPECT_TRUE(manifest.ContainsErasure(of_anna.erase_id));
  EXPECT_FALSE(manifest.ContainsErasure(of_zoe));
  EXPECT_FALSE(ManifestOf(before_anna).ContainsErasure(of_anna.erase_id));
  ASSERT_OK(engine().Delete(Kind::kConversation, "anna-new"));

  const Result<RestoreReport> restored = RunRestore(engine(), backup);
  ASSERT_OK(restored);
  EXPECT_EQ(restored->erasures_applied, 1U) << "zoe's";
  EXPECT_TRUE(Has("anna-new"));
  const Result<RestoreReport> older = RunRestore(engine(), before_anna);
  ASSERT_OK(older);
  EXPECT_EQ(older->erasures_applied, 2U);
  EXPECT_FALSE(Has("anna-old"));
}

// The image holds the progress of the erasure, so the restore knows that the records in it are later ones.
TEST_F(ResumedEraseTest, ARestoreKeepsWhatWasWrittenAfterAnErasureThatIsStillOwed) {
  OpenOverFailingFiles();
  const std::string text = "a text that must not stay in any file";
  PutOf("zoe", "old", text);
  const std::string before = RunBackup(engine()).value().id;
  const std::string id = FailToErase("zoe");
  PutOf("zoe", "new");
  const std::string backup = RunBackup(engine()).value().id;
  ASSERT_OK(engine().Delete(Kind::kConversation, "zoe-new"));

  RestoreOptions partial;
  partial.scope = RestoreScope::kUser;
  partial.owner = "zoe";
  ASSERT_OK(RunRestore(engine(), backup, partial));
  EXPECT_TRUE(Has("zoe-new"));
  ASSERT_OK(engine().Delete(Kind::kConversation, "zoe-new"));
  ASSERT_OK(RunRestore(engine(), backup));
  EXPECT_TRUE(Has("zoe-new"));
  EXPECT_FALSE(Has("zoe-old"));
  const std::string live = engine::CoreOf(engine()).folder().LivePath();
  EXPECT_TRUE(FilesWithText(live, text).empty());

  // A backup from before the erasure is erased, and what is written then stays.
  ASSERT_OK(RunRestore(engine(), before));
  EXPECT_FALSE(Has("zoe-old"));
  PutOf("zoe", "newer");
  Open();
  const nlohmann::json receipt = ReceiptOf(id);
  EXPECT_EQ(receipt.at("erased").at("conversations"), 1);
  EXPECT_EQ(receipt.at("exports_removed"), 1);
  EXPECT_TRUE(Has("zoe-newer"));
}

}  // namespace
}  // namespace coffer::operations
