// Bulk delete by ids and by a selection, with everything that belongs to the records.
#include "coffer/limits.h"
#include "engine/engine_fixture.h"
#include "storage/store.h"

namespace coffer {
namespace {

class BulkDeleteTest : public EngineTest {
 protected:
  static BulkDeleteOptions Owner(std::string owner, bool dry_run = false) {
    BulkDeleteOptions options;
    options.owner = std::move(owner);
    options.dry_run = dry_run;
    return options;
  }
  // "c1000" … created a second apart; every third belongs to "bob", every second is archived.
  void PutTalks(int count, std::size_t messages = 2) {
    Batch batch(*engine_);
    for (int i = 0; i < count; ++i) {
      Conversation conversation = MakeConversation("c" + std::to_string(1000 + i), i % 3 == 2 ? "bob" : "ada");
      conversation.created_at = At(i);
      if (i % 2 == 1) conversation.status = ConversationStatus::kArchived;
      ASSERT_OK(batch.PutConversationWithMessages(conversation, MakeMessages(messages)));
    }
    ASSERT_OK(engine_->Commit(batch));
  }
  std::uint64_t Left() { return engine_->Statistics()->records_by_kind["conversations"]; }
  BulkDeleteReport Delete(const Selection& selection, const BulkDeleteOptions& options = {}) {
    Result<BulkDeleteReport> report = engine_->BulkDelete(selection, options);
    EXPECT_OK(report);
    return report.ok() ? *std::move(report) : BulkDeleteReport();
  }
};

TEST_F(BulkDeleteTest, TellsWhatBecameOfEachId) {
  PutTalks(6);
  const std::vector<std::string> ids = {"c1000", "missing", "c1002", "c1000", "bad id", "c1001"};
  const Result<BulkDeleteReport> report = engine_->BulkDelete(Kind::kConversation, ids, Owner("ada"));
  ASSERT_OK(report);
  EXPECT_EQ(report->requested, 6U);
  EXPECT_EQ(report->deleted, 2U);
  EXPECT_EQ(report->sample, (std::vector<std::string>{"c1000", "c1001"}));
  ASSERT_EQ(report->errors.size(), 4U);
  std::map<std::string, std::string> words;
  for (const BulkDeleteError& error : report->errors) {
    EXPECT_CODE(error.status, kNotFound);
    words[error.id] = error.status.message();
  }
  // A foreign record has the same message as a missing one.
  EXPECT_EQ(words.at("missing"), "conversation missing: not found");
  EXPECT_EQ(words.at("c1002"), "conversation c1002: not found");
  EXPECT_TRUE(words.contains("c1000"));
  EXPECT_TRUE(words.contains("bad id"));
  EXPECT_EQ(Left(), 4U);
  EXPECT_CODE(engine_->GetMessage("c1000", 0), kNotFound);
  EXPECT_EQ(MessagesOf("c1002"), "0:m0 1:m1 ");
  ExpectHealthy(*engine_);
}

TEST_F(BulkDeleteTest, SelectionHoldsWhatMeetsAllConditions) {
  PutTalks(30);
  Selection selection;
  selection.owner = "ada";
  selection.status = "archived";
  selection.created_from = At(3);
  selection.created_before = At(13);
  // Odd, not congruent to 2 modulo 3, from 3 to 12: 3, 7, 9.
  const BulkDeleteReport report = Delete(selection);
  EXPECT_EQ(report.requested, 3U);
  EXPECT_EQ(report.sample, (std::vector<std::string>{"c1003", "c1007", "c1009"}));
  EXPECT_EQ(Left(), 27U);
  selection.owner.clear();
  // Bob's remaining ones: 5, 11.
  EXPECT_EQ(Delete(selection).sample, (std::vector<std::string>{"c1005", "c1011"}));
  selection = {};
  selection.limit = 4;
  EXPECT_EQ(Delete(selection).deleted, 4U);
  selection.owner = "bob";
  selection.limit = 1;
  EXPECT_EQ(Delete(selection).deleted, 1U);
  EXPECT_EQ(Left(), 20U);
  selection.limit = 0;
  selection.created_from = selection.created_before = At(5);
  EXPECT_EQ(Delete(selection).requested, 0U);
  ExpectHealthy(*engine_);
}

TEST_F(BulkDeleteTest, OwnerOfTheOptionsNarrowsTheSelection) {
  PutTalks(9);
  EXPECT_EQ(Delete(Selection{}, Owner("bob")).deleted, 3U);
  EXPECT_EQ(Left(), 6U);
  Selection selection;
  selection.owner = "ada";
  EXPECT_CODE(engine_->BulkDelete(selection, Owner("bob")), kInvalidArgument);
  EXPECT_EQ(Left(), 6U);
}

TEST_F(BulkDeleteTest, DryRunSaysAndDeletesNothing) {
  PutTalks(15);
  const Dump before = DumpOf(*engine_);
  const BulkDeleteReport report = Delete(Selection{}, Owner("ada", true));
  EXPECT_EQ(report.deleted, 10U);
  EXPECT_EQ(report.sample.size(), 10U);
  const std::vector<std::string> ids = {"c1000", "c1002"};
  const Result<BulkDeleteReport> by_ids = engine_->BulkDelete(Kind::kConversation, ids, Owner("ada", true));
  ASSERT_OK(by_ids);
  EXPECT_EQ(by_ids->deleted, 1U);
  EXPECT_EQ(by_ids->errors.size(), 1U);
  EXPECT_EQ(DumpOf(*engine_), before);
  ExpectHealthy(*engine_);
}

TEST_F(BulkDeleteTest, WrongKindsAndStatusesAreRefused) {
  Selection selection;
  for (const Kind kind : {Kind::kMessage, Kind::kContent}) {
    selection.kind = kind;
    EXPECT_CODE(engine_->BulkDelete(selection), kInvalidArgument);
    EXPECT_CODE(engine_->BulkDelete(kind, std::vector<std::string>{"x"}), kInvalidArgument);
  }
  selection.kind = Kind::kConversation;
  selection.status = "processed";
  EXPECT_CODE(engine_->BulkDelete(selection), kInvalidArgument);
  selection.kind = Kind::kPrompt;
  selection.status = "active";
  EXPECT_CODE(engine_->BulkDelete(selection), kInvalidArgument);
}

TEST_F(BulkDeleteTest, MoreThanOneCommitsWorthGoes) {
  PutTalks(1203, 1);
  PutTalk("keep", 2, "cy");
  std::vector<std::string> ids;
  for (int i = 0; i < 601; ++i) ids.push_back("c" + std::to_string(1000 + i));
  ids.push_back(ids.front());
  const Result<BulkDeleteReport> by_ids = engine_->BulkDelete(Kind::kConversation, ids);
  ASSERT_OK(by_ids);
  EXPECT_EQ(by_ids->deleted, 601U);
  EXPECT_EQ(by_ids->errors.size(), 1U);
  EXPECT_EQ(Delete(Selection{}, Owner("ada")).deleted + Delete(Selection{}, Owner("bob")).deleted, 602U);
  EXPECT_EQ(Left(), 1U);
  EXPECT_EQ(MessagesOf("keep"), "0:m0 1:m1 ");
  ExpectHealthy(*engine_);
}

TEST_F(BulkDeleteTest, SparseAndLongConversationsGoEntirely) {
  PutTalk("long", 600);
  PutTalk("sparse", 3);
  Message far = MakeMessage("far", "far", 1'000'000);
  ASSERT_OK(engine_->AppendMessage("sparse", far));
  PutTalk("short", 256);
  PutTalk("shorter", 2);
  const std::vector<std::string> ids = {"long", "sparse", "short"};
  EXPECT_EQ(engine_->BulkDelete(Kind::kConversation, ids)->deleted, 3U);
  EXPECT_EQ(Left(), 1U);
  ExpectHealthy(*engine_);
  for (const std::string& id : ids) {
    ASSERT_OK(engine_->PutConversation(MakeConversation(id)));
    EXPECT_EQ(MessagesOf(id), "");
  }
  Reopen();
  EXPECT_EQ(MessagesOf("shorter"), "0:m0 1:m1 ");
  ExpectHealthy(*engine_);
}

TEST_F(BulkDeleteTest, DocumentsGoWithTheirChunks) {
  for (int i = 0; i < 4; ++i) {
    const std::string id = "d" + std::to_string(i);
    ASSERT_OK(engine_->PutDocument(MakeDocument(id), WriteContent(*engine_, MakeBytes(2 * kContentChunkBytes + 1, 7))));
  }
  ASSERT_OK(engine_->PutDocument(MakeDocument("bare", "ada", "x.csv")));
  Selection selection;
  selection.kind = Kind::kDocument;
  selection.status = "processed";
  EXPECT_EQ(Delete(selection).deleted, 4U);
  EXPECT_OK(engine_->GetDocument("bare"));
  EXPECT_EQ(engine_->Statistics()->total_contents, 0U);
  ExpectHealthy(*engine_);
  const Result<ReclaimReport> reclaimed = engine_->Reclaim();
  ASSERT_OK(reclaimed);
  EXPECT_LT(reclaimed->bytes_after, kContentChunkBytes);
  Close();
  const Result<std::unique_ptr<storage::Store>> store = storage::OpenRocksStore(Folder() + "/gen-000001", {});
  ASSERT_OK(store);
  const std::unique_ptr<storage::Scan> scan = (*store)->NewScan(storage::Family::kContents, {}, {}, {});
  scan->SeekToFirst();
  EXPECT_FALSE(scan->valid());
}

TEST_F(BulkDeleteTest, PromptsGoByOwner) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK(
        engine_->PutPrompt(MakePrompt("p" + std::to_string(i), i < 4 ? "ada" : "bob"), PutMode::kInsert, kBufferedWrites));
  }
  Selection selection;
  selection.kind = Kind::kPrompt;
  selection.owner = "bob";
  EXPECT_EQ(Delete(selection).deleted, 6U);
  EXPECT_EQ(engine_->Statistics()->records_by_kind["prompts"], 4U);
  ExpectHealthy(*engine_);
}

}  // namespace
}  // namespace coffer
