// Snapshots: every read through one returns the state of its moment.
#include <atomic>
#include <thread>

#include "coffer/limits.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

class SnapshotTest : public EngineTest {
 protected:
  void PutSome() {
    PutTalk("c1", 3);
    PutTalk("c2", 300);
    ASSERT_OK(engine_->PutDocument(MakeDocument("d1"), WriteContent(*engine_, MakeBytes(2 * kContentChunkBytes))));
    ASSERT_OK(engine_->PutDocument(MakeDocument("d2")));
    ASSERT_OK(engine_->PutPrompt(MakePrompt("p1")));
  }
};

TEST_F(SnapshotTest, SeesTheStateOfItsMomentAfterChangesAndDeletes) {
  PutSome();
  const Dump before = DumpOf(*engine_);
  Result<std::unique_ptr<Snapshot>> snapshot = engine_->TakeSnapshot();
  ASSERT_OK(snapshot);
  ASSERT_OK(engine_->AppendMessage("c1", MakeMessage("late")));
  ASSERT_OK(engine_->DeleteMessage("c1", 0));
  ASSERT_OK(engine_->Delete(Kind::kConversation, "c2"));
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1", "bob"), WriteContent(*engine_, "new")));
  ASSERT_OK(engine_->Delete(Kind::kDocument, "d2"));
  ASSERT_OK(engine_->PutPrompt(MakePrompt("p1", "bob", "renamed")));
  PutTalk("c3", 1);
  ASSERT_OK(engine_->Reclaim());
  EXPECT_TRUE(DumpOf(*engine_, snapshot->get()) == before);
  EXPECT_EQ(MessagesOf("c1", snapshot->get()), "0:m0 1:m1 2:m2 ");
  const ReadOptions read{snapshot->get()};
  EXPECT_EQ(engine_->GetMessage("c1", 0, read)->content, "m0");
  EXPECT_EQ(engine_->GetConversation("c1", read)->message_count, 3U);
  EXPECT_CODE(engine_->GetConversation("c3", read), kNotFound);
  EXPECT_EQ(engine_->GetPrompt("p1", read)->owner_id, "ada");
  ListOptions list = OwnedBy("bob");
  list.snapshot = snapshot->get();
  EXPECT_TRUE(engine_->ListPrompts(list)->items.empty());
  EXPECT_FALSE(DumpOf(*engine_) == before);
  snapshot->reset();
  ExpectHealthy(*engine_);
}

TEST_F(SnapshotTest, OfAnEmptyStoreStaysEmpty) {
  Result<std::unique_ptr<Snapshot>> snapshot = engine_->TakeSnapshot();
  ASSERT_OK(snapshot);
  PutSome();
  EXPECT_TRUE(DumpOf(*engine_, snapshot->get()).empty());
  EXPECT_EQ(DumpOf(*engine_).size(), 7U);
}

TEST_F(SnapshotTest, ReaderThroughOneReadsTheContentOfItsMoment) {
  PutSome();
  Result<std::unique_ptr<Snapshot>> snapshot = engine_->TakeSnapshot();
  ASSERT_OK(snapshot);
  ASSERT_OK(engine_->Delete(Kind::kDocument, "d1"));
  EXPECT_TRUE(ContentOf(*engine_, "d1", {snapshot->get()}) == MakeBytes(2 * kContentChunkBytes));
  EXPECT_EQ(ContentOf(*engine_, "d1"), "(none)");
}

TEST_F(SnapshotTest, ManyThreadsReadThroughOneWhileOthersWrite) {
  PutSome();
  const Result<std::unique_ptr<Snapshot>> snapshot = engine_->TakeSnapshot();
  ASSERT_OK(snapshot);
  const Dump before = DumpOf(*engine_, snapshot->get());
  std::vector<std::thread> readers;
  std::atomic<int> same{0};
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      if (DumpOf(*engine_, snapshot->get()) == before) ++same;
    });
  }
  for (int i = 0; i < 50; ++i) {
    EXPECT_OK(engine_->AppendMessage("c1", MakeMessage("late"), kBufferedWrites));
    EXPECT_OK(engine_->PutPrompt(MakePrompt("p1", "ada", "name" + std::to_string(i)), PutMode::kUpsert, kBufferedWrites));
  }
  EXPECT_OK(engine_->Delete(Kind::kConversation, "c2"));
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(same, 3);
}

TEST_F(SnapshotTest, OfAnotherEngineIsRefusedByEveryRead) {
  PutSome();
  const Result<std::unique_ptr<Engine>> other = Engine::Open(directory_.File("other"), options_);
  ASSERT_OK(other);
  const Result<std::unique_ptr<Snapshot>> snapshot = (*other)->TakeSnapshot();
  ASSERT_OK(snapshot);
  const ReadOptions read{snapshot->get()};
  ListOptions list;
  list.snapshot = snapshot->get();
  MessageListOptions messages;
  messages.snapshot = snapshot->get();
  EXPECT_CODE(engine_->GetConversation("c1", read), kInvalidArgument);
  EXPECT_CODE(engine_->GetMessage("c1", 0, read), kInvalidArgument);
  EXPECT_CODE(engine_->GetDocument("d1", read), kInvalidArgument);
  EXPECT_CODE(engine_->GetPrompt("p1", read), kInvalidArgument);
  EXPECT_CODE(engine_->ListMessages("c1", messages), kInvalidArgument);
  EXPECT_CODE(engine_->ListConversations(list), kInvalidArgument);
  EXPECT_CODE(engine_->ListDocuments(list), kInvalidArgument);
  EXPECT_CODE(engine_->ListPrompts(list), kInvalidArgument);
  EXPECT_CODE(engine_->OpenContent("d1", read), kInvalidArgument);
  EXPECT_CODE(engine_->GetConversationJson("c1", true, read), kInvalidArgument);
  EXPECT_CODE(engine_->GetMessageJson("c1", 0, read), kInvalidArgument);
  EXPECT_CODE(engine_->GetDocumentJson("d1", read), kInvalidArgument);
  EXPECT_CODE(engine_->GetPromptJson("p1", read), kInvalidArgument);
  EXPECT_CODE(engine_->ListJson(Kind::kPrompt, list), kInvalidArgument);
}

}  // namespace
}  // namespace coffer
