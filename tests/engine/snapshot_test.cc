// Snapshots: every read through one gives the state of its moment.
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

}  // namespace
}  // namespace coffer
