// Batches: several changes in order, all or none of them.
#include <functional>

#include "coffer/limits.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

class BatchTest : public EngineTest {
 protected:
  // Applies steps one by one to one conversation, and in one batch to another, and compares the two.
  using Step = std::function<Status(Batch&)>;
  void ExpectSameAsOneByOne(const std::vector<Step>& before, const std::vector<Step>& steps);
};

Message Placed(std::uint64_t sequence, const std::string& id, const std::string& content) {
  Message message = MakeMessage(content, id, sequence);
  message.created_at = At(static_cast<std::int64_t>(sequence) * 10);
  return message;
}

void BatchTest::ExpectSameAsOneByOne(const std::vector<Step>& before, const std::vector<Step>& steps) {
  const Result<std::unique_ptr<Engine>> other = Engine::Open(directory_.File("other"), options_);
  ASSERT_OK(other);
  for (Engine* engine : {engine_.get(), other->get()}) {
    Batch batch(*engine);
    for (const Step& step : before) ASSERT_OK(step(batch));
    ASSERT_OK(engine->Commit(batch));
  }
  Batch together(*engine_);
  for (const Step& step : steps) {
    ASSERT_OK(step(together));
    Batch alone(**other);
    ASSERT_OK(step(alone));
    ASSERT_OK((*other)->Commit(alone));
  }
  ASSERT_OK(engine_->Commit(together));
  EXPECT_EQ(DumpOf(*engine_), DumpOf(**other));
  ExpectHealthy(*engine_);
  ExpectHealthy(**other);
}

TEST_F(BatchTest, SeveralKindsComeTogether) {
  Batch batch(*engine_);
  ASSERT_OK(batch.PutConversationWithMessages(MakeConversation(""), MakeMessages(2)));
  ASSERT_OK(batch.PutPrompt(MakePrompt("p1")));
  ASSERT_OK(batch.PutDocument(MakeDocument("d1"), WriteContent(*engine_, "abc")));
  EXPECT_EQ(batch.size(), 3U);
  EXPECT_GT(batch.bytes(), 100U);
  EXPECT_EQ(engine_->Statistics()->total_records, 0U);
  const Result<std::vector<ItemResult>> items = engine_->Commit(batch);
  ASSERT_OK(items);
  ASSERT_EQ(items->size(), 3U);
  EXPECT_EQ((*items)[0].outcome, Outcome::kCreated);
  EXPECT_EQ((*items)[0].id.size(), 26U);
  EXPECT_EQ((*items)[1].id, "");
  EXPECT_EQ(batch.size(), 0U);
  EXPECT_EQ(batch.bytes(), 0U);
  EXPECT_EQ(engine_->GetConversation((*items)[0].id)->message_count, 2U);
  EXPECT_EQ(ContentOf(*engine_, "d1"), "abc");
  EXPECT_EQ(engine_->Statistics()->total_records, 5U);
  ExpectHealthy(*engine_);
}

TEST_F(BatchTest, ResultsTellPlacesAndMadeIds) {
  PutTalk("c1", 2);
  Batch batch(*engine_);
  ASSERT_OK(batch.AppendMessage("c1", MakeMessage("a")));
  ASSERT_OK(batch.AppendMessage("c1", MakeMessage("b", "given")));
  ASSERT_OK(batch.DeleteMessage("c1", 0));
  ASSERT_OK(batch.PutPrompt(MakePrompt("")));
  const Result<std::vector<ItemResult>> items = engine_->Commit(batch);
  ASSERT_OK(items);
  EXPECT_EQ((*items)[0].sequence_number, 2U);
  EXPECT_EQ((*items)[0].id, engine_->GetMessage("c1", 2)->id);
  EXPECT_EQ((*items)[1].sequence_number, 3U);
  EXPECT_EQ((*items)[1].id, "");
  EXPECT_EQ((*items)[2].outcome, Outcome::kDeleted);
  EXPECT_OK(engine_->GetPrompt((*items)[3].id));
}

TEST_F(BatchTest, EmptyBatchIsFine) {
  Batch batch(*engine_);
  const Result<std::vector<ItemResult>> items = engine_->Commit(batch);
  ASSERT_OK(items);
  EXPECT_TRUE(items->empty());
}

TEST_F(BatchTest, PutAppendDeleteMessageOnOneConversation) {
  const auto put = [](Batch& batch) { return batch.PutConversationWithMessages(MakeConversation("c"), MakeMessages(3)); };
  const auto append = [](Batch& batch) { return batch.AppendMessage("c", MakeMessage("a", "a")); };
  const auto ahead = [](Batch& batch) { return batch.AppendMessage("c", Placed(9, "nine", "nine")); };
  const auto drop = [](std::uint64_t at) { return [at](Batch& batch) { return batch.DeleteMessage("c", at); }; };
  ExpectSameAsOneByOne({}, {put, append, drop(0), drop(3), ahead, append, drop(10), drop(9), append});
}

TEST_F(BatchTest, StoredMessagesAndThoseOfTheBatchMix) {
  const auto put = [](Batch& batch) { return batch.PutConversationWithMessages(MakeConversation("c"), MakeMessages(5)); };
  const auto retitle = [](Batch& batch) { return batch.PutConversation(MakeConversation("c", "bob", "new")); };
  const auto over = [](std::uint64_t at) {
    return [at](Batch& batch) { return batch.PutMessage("c", Placed(at, "over", "over" + std::to_string(at))); };
  };
  const auto drop = [](std::uint64_t at) { return [at](Batch& batch) { return batch.DeleteMessage("c", at); }; };
  ExpectSameAsOneByOne({put}, {drop(4), over(3), retitle, drop(3), drop(0), over(7), drop(2), drop(1), drop(7), over(0)});
}

TEST_F(BatchTest, MessagesDeletedOneByOneMayBePutAgainWithTheConversation) {
  const auto put = [](Batch& batch) { return batch.PutConversationWithMessages(MakeConversation("c"), MakeMessages(2)); };
  const auto again = [](Batch& batch) {
    return batch.PutConversationWithMessages(MakeConversation("c"), MakeMessages(2, "n"));
  };
  const auto drop = [](std::uint64_t at) { return [at](Batch& batch) { return batch.DeleteMessage("c", at); }; };
  const auto over = [](Batch& batch) { return batch.PutMessage("c", Placed(1, "n-id-1", "over")); };
  ExpectSameAsOneByOne({put}, {drop(0), drop(1), again, over, drop(0)});
}

TEST_F(BatchTest, DeletedConversationMayBePutAgainInTheSameBatch) {
  const auto put = [](Batch& batch) { return batch.PutConversationWithMessages(MakeConversation("c"), MakeMessages(4)); };
  const auto bare = [](Batch& batch) { return batch.PutConversation(MakeConversation("c", "bob")); };
  const auto append = [](Batch& batch) { return batch.AppendMessage("c", MakeMessage("a", "a")); };
  const auto sparse = [](Batch& batch) { return batch.AppendMessage("c", Placed(50, "s", "s")); };
  const auto drop = [](Batch& batch) { return batch.Delete(Kind::kConversation, "c"); };
  ExpectSameAsOneByOne({put}, {drop, bare, append, sparse, drop, bare, append});
}

TEST_F(BatchTest, DocumentsOfOneIdFollowEachOther) {
  const auto put = [](const std::string& owner) {
    return [owner](Batch& batch) { return batch.PutDocument(MakeDocument("d", owner)); };
  };
  const auto drop = [](Batch& batch) { return batch.Delete(Kind::kDocument, "d"); };
  Batch batch(*engine_);
  ASSERT_OK(batch.PutDocument(MakeDocument("d"), WriteContent(*engine_, MakeBytes(2 * kContentChunkBytes + 1, 1))));
  ASSERT_OK(batch.SetContent("d", WriteContent(*engine_, MakeBytes(kContentChunkBytes + 9, 2))));
  ASSERT_OK(put("bob")(batch));
  ASSERT_OK(batch.SetContent("d", WriteContent(*engine_, "end")));
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_EQ(ContentOf(*engine_, "d"), "end");
  ExpectHealthy(*engine_);
  ASSERT_OK(engine_->Delete(Kind::kDocument, "d"));
  ExpectSameAsOneByOne({put("ada")}, {put("bob"), drop, put("cy"), put("ada")});
}

TEST_F(BatchTest, PromptsOfOneIdFollowEachOther) {
  const auto put = [](const std::string& owner) {
    return [owner](Batch& batch) { return batch.PutPrompt(MakePrompt("p", owner)); };
  };
  const auto drop = [](Batch& batch) { return batch.Delete(Kind::kPrompt, "p"); };
  ExpectSameAsOneByOne({put("ada")}, {put("bob"), drop, put("cy"), put("bob")});
}

TEST_F(BatchTest, FailingOperationLeavesNothingAndKeepsTheBatch) {
  PutTalk("c1", 2);
  const Dump before = DumpOf(*engine_);
  const std::string content = MakeBytes(2 * kContentChunkBytes + 3);
  Batch batch(*engine_);
  ASSERT_OK(batch.AppendMessage("c1", MakeMessage("next", "next")));
  ASSERT_OK(batch.PutDocument(MakeDocument("d1"), WriteContent(*engine_, content)));
  ASSERT_OK(batch.Delete(Kind::kPrompt, "p1"));
  const Status failed = StatusOf(engine_->Commit(batch));
  EXPECT_CODE(failed, kNotFound);
  EXPECT_NE(failed.message().find("entry 2"), std::string::npos) << failed.ToString();
  EXPECT_NE(failed.message().find("p1"), std::string::npos) << failed.ToString();
  EXPECT_EQ(batch.size(), 3U);
  EXPECT_EQ(DumpOf(*engine_), before);
  ExpectHealthy(*engine_);
  ASSERT_OK(engine_->PutPrompt(MakePrompt("p1")));
  ASSERT_OK(engine_->AppendMessage("c1", MakeMessage("between", "between")));
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 2:between 3:next ");
  EXPECT_TRUE(ContentOf(*engine_, "d1") == content);
  EXPECT_CODE(engine_->GetPrompt("p1"), kNotFound);
  ExpectHealthy(*engine_);
}

TEST_F(BatchTest, RefusedRecordLeavesTheBatchAsItWas) {
  Batch batch(*engine_);
  ASSERT_OK(batch.PutPrompt(MakePrompt("p1")));
  const std::size_t bytes = batch.bytes();
  EXPECT_CODE(batch.PutConversation(MakeConversation("c1", "ada", "")), kInvalidArgument);
  std::vector<Message> messages = MakeMessages(3);
  messages[2].content = "\xff";
  const Status refused = batch.PutConversationWithMessages(MakeConversation("c1"), messages);
  EXPECT_CODE(refused, kInvalidArgument);
  EXPECT_NE(refused.message().find("messages[2]"), std::string::npos) << refused.ToString();
  messages = {Placed(4, "a", "a"), Placed(4, "b", "b")};
  EXPECT_CODE(batch.PutConversationWithMessages(MakeConversation("c1"), messages), kInvalidArgument);
  EXPECT_CODE(batch.AppendMessage("bad id", MakeMessage("x")), kInvalidArgument);
  EXPECT_CODE(batch.AppendMessage("c1", MakeMessage("\xff")), kInvalidArgument);
  EXPECT_CODE(batch.PutMessage("c1", MakeMessage("x")), kInvalidArgument);
  EXPECT_CODE(batch.DeleteMessage("", 0), kInvalidArgument);
  EXPECT_CODE(batch.PutDocument(MakeDocument("d", "ada", "")), kInvalidArgument);
  EXPECT_CODE(batch.SetContent("bad id", WriteContent(*engine_, "x")), kInvalidArgument);
  EXPECT_CODE(batch.PutPrompt(MakePrompt("p2", "")), kInvalidArgument);
  EXPECT_CODE(batch.Delete(Kind::kMessage, "m"), kInvalidArgument);
  EXPECT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch.bytes(), bytes);
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_EQ(engine_->Statistics()->total_records, 1U);
  ExpectHealthy(*engine_);
}

TEST_F(BatchTest, BytesAreLimited) {
  Batch batch(*engine_);
  ASSERT_OK(batch.PutConversation(MakeConversation("c1")));
  const std::string content(30U << 20U, 'x');
  for (int i = 0; i < 3; ++i) ASSERT_OK(batch.AppendMessage("c1", MakeMessage(content)));
  const std::size_t bytes = batch.bytes();
  EXPECT_CODE(batch.AppendMessage("c1", MakeMessage(content)), kResourceExhausted);
  EXPECT_EQ(batch.size(), 4U);
  EXPECT_EQ(batch.bytes(), bytes);
  Document large = MakeDocument("d1");
  large.extracted_text = content;
  EXPECT_CODE(batch.PutDocument(large), kResourceExhausted);
  EXPECT_EQ(batch.size(), 4U);
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 3U);
}

TEST_F(BatchTest, OperationsAreLimited) {
  Batch batch(*engine_);
  for (std::size_t i = 0; i < kBatchEntriesMax; ++i) ASSERT_OK(batch.Delete(Kind::kPrompt, "p"));
  EXPECT_CODE(batch.Delete(Kind::kPrompt, "p"), kResourceExhausted);
  EXPECT_CODE(batch.PutPrompt(MakePrompt("p")), kResourceExhausted);
  EXPECT_EQ(batch.size(), kBatchEntriesMax);
  batch.Clear();
  EXPECT_OK(batch.PutPrompt(MakePrompt("p")));
  EXPECT_OK(engine_->Commit(batch));
}

TEST_F(BatchTest, ClearedBatchDropsItsContents) {
  Batch batch(*engine_);
  ASSERT_OK(batch.PutDocument(MakeDocument("d1"), WriteContent(*engine_, MakeBytes(3 * kContentChunkBytes))));
  batch.Clear();
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_CODE(engine_->GetDocument("d1"), kNotFound);
  ExpectHealthy(*engine_);
}

TEST_F(BatchTest, OfAnotherEngineIsRefusedAndKept) {
  const Result<std::unique_ptr<Engine>> other = Engine::Open(directory_.File("other"), options_);
  ASSERT_OK(other);
  Batch batch(**other);
  ASSERT_OK(batch.PutDocument(MakeDocument("d1"), WriteContent(**other, MakeBytes(2 * kContentChunkBytes))));
  EXPECT_CODE(engine_->Commit(batch), kInvalidArgument);
  EXPECT_EQ(batch.size(), 1U);
  EXPECT_CODE(engine_->GetDocument("d1"), kNotFound);
  ASSERT_OK((*other)->Commit(batch));
  EXPECT_EQ(ContentOf(**other, "d1").size(), 2 * kContentChunkBytes);
}

}  // namespace
}  // namespace coffer
