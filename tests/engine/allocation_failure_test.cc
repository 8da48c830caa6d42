// Out of memory: each allocation that a call makes on its thread fails once, one after the other. No exception escapes, and the
// returned status is true. A program of its own, because it replaces operator new.
#include <cstdint>

#include "coffer/key.h"
#include "coffer/limits.h"
#include "coffer/token.h"
#include "engine/engine_fixture.h"
#include "support/failing_allocations.h"

namespace coffer {
namespace {

constexpr std::int64_t kAllocationsOfACallMax = 20'000;

// The status of `call` when its n-th allocation fails; `failed` is false if it made fewer.
template <typename Call>
Status WithoutAllocation(std::int64_t nth, Call& call, bool& failed) {
  FailAllocationBehind(nth);
  Status status = StatusOf(call());
  failed = StopFailingAllocations();
  return status;
}

class AllocationFailureTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    ASSERT_TRUE(RocksDbIsFound()) << "RocksDB is not a shared library here";
    PutTalk("c1", 20);
    PutTalk("c2", 3);
    ASSERT_OK(engine_->PutDocument(MakeDocument("d1"), WriteContent(*engine_, MakeBytes(kContentChunkBytes + 1))));
    ASSERT_OK(engine_->PutPrompt(MakePrompt("p1")));
  }

  // The first call runs without failures and allocates what is made once per process: simdjson detects the processor in a
  // noexcept function.
  template <typename Call>
  void ExpectToldWhicheverFails(const char* what, Call call) {
    SCOPED_TRACE(what);
    EXPECT_OK(StatusOf(call()));
    for (std::int64_t nth = 0; nth < kAllocationsOfACallMax; ++nth) {
      bool failed = false;
      const Status status = WithoutAllocation(nth, call, failed);
      if (!failed) {
        EXPECT_OK(status);
        EXPECT_GT(nth, 0);
        return;
      }
      // Some allocations are optional.
      if (!status.ok()) {
        ASSERT_TRUE(HasCode(status, StatusCode::kResourceExhausted)) << nth;
      }
    }
    FAIL() << "no end of allocations";
  }
};

TEST_F(AllocationFailureTest, ReadsTellAndGoOn) {
  ExpectToldWhicheverFails("conversation", [&] { return engine_->GetConversation("c1"); });
  ExpectToldWhicheverFails("message", [&] { return engine_->GetMessage("c1", 7); });
  ExpectToldWhicheverFails("document", [&] { return engine_->GetDocument("d1"); });
  ExpectToldWhicheverFails("prompt", [&] { return engine_->GetPrompt("p1"); });
  ExpectToldWhicheverFails("messages", [&] { return engine_->ListMessages("c1"); });
  ExpectToldWhicheverFails("conversations", [&] { return engine_->ListConversations(OwnedBy("ada")); });
  ExpectToldWhicheverFails("documents", [&] { return engine_->ListDocuments(); });
  ExpectToldWhicheverFails("prompts", [&] { return engine_->ListPrompts(); });
  ExpectToldWhicheverFails("JSON", [&] { return engine_->GetConversationJson("c1", true); });
  ExpectToldWhicheverFails("JSON of a message", [&] { return engine_->GetMessageJson("c1", 7); });
  ExpectToldWhicheverFails("JSON of a list", [&] { return engine_->ListJson(Kind::kConversation); });
  ExpectToldWhicheverFails("snapshot", [&] { return engine_->TakeSnapshot(); });
  ExpectToldWhicheverFails("statistics", [&] { return engine_->Statistics(); });
  ExpectToldWhicheverFails("verify", [&] { return engine_->CheckIntegrity(); });
  ExpectToldWhicheverFails("content", [&]() -> Status {
    Result<ContentReader> reader = engine_->OpenContent("d1");
    if (!reader.ok()) return reader.status();
    char buffer[1000];
    reader->Seek(kContentChunkBytes - 10);
    return StatusOf(reader->Read(buffer));
  });
  ExpectHealthy(*engine_);
}

TEST_F(AllocationFailureTest, TokensAndKeysTellAndGoOn) {
  const std::string secret = CreateToken(*engine_, "ada", PrincipalRole::kUser)->secret;
  ASSERT_OK(GenerateKey(*engine_));
  ExpectToldWhicheverFails("tokens", [&] { return ListTokens(*engine_); });
  ExpectToldWhicheverFails("authenticate", [&] { return Authenticate(*engine_, secret); });
  ExpectToldWhicheverFails("keys", [&] { return ShowKeys(*engine_); });
}

TEST_F(AllocationFailureTest, TextsTellAndGoOn) {
  const std::string conversation = *engine_->GetConversationJson("c1", false);
  ExpectToldWhicheverFails("parse", [&] { return ParseConversation(conversation); });
  const Conversation record = *ParseConversation(conversation);
  ExpectToldWhicheverFails("write", [&] { return ToJson(record); });
  ExpectToldWhicheverFails("JSON", [&] { return Json::Parse(conversation); });
}

TEST_F(AllocationFailureTest, APutThatIsToldAsFailedLeavesTheBatchAsItWas) {
  Batch batch(*engine_);
  const Conversation conversation = MakeConversation("new");
  const std::vector<Message> messages = MakeMessages(20);
  for (std::int64_t nth = 0;; ++nth) {
    ASSERT_LT(nth, kAllocationsOfACallMax);
    bool failed = false;
    batch.Clear();
    ASSERT_OK(batch.PutPrompt(MakePrompt("before")));
    const std::size_t bytes = batch.bytes();
    auto put = [&] { return batch.PutConversationWithMessages(conversation, messages); };
    const Status status = WithoutAllocation(nth, put, failed);
    if (status.ok()) {
      EXPECT_EQ(batch.size(), 2U);
    } else {
      ASSERT_TRUE(HasCode(status, StatusCode::kResourceExhausted)) << nth;
      EXPECT_EQ(batch.size(), 1U) << nth;
      EXPECT_EQ(batch.bytes(), bytes) << nth;
    }
    if (!failed) break;
  }
  ASSERT_OK(engine_->Commit(batch));
  EXPECT_EQ(MessagesOf("new"), MessagesOf("c1"));
  ExpectHealthy(*engine_);
}

TEST_F(AllocationFailureTest, ADeleteThatIsToldAsFailedDeletesNothing) {
  const std::string id(40, 'x');
  Batch batch(*engine_);
  const auto expect_added_whole = [&](auto put) {
    for (std::int64_t nth = 0;; ++nth) {
      ASSERT_LT(nth, kAllocationsOfACallMax);
      batch.Clear();
      bool failed = false;
      const Status status = WithoutAllocation(nth, put, failed);
      EXPECT_EQ(batch.size(), status.ok() ? 1U : 0U) << nth;
      if (!failed) return;
    }
  };
  expect_added_whole([&] { return batch.Delete(Kind::kPrompt, id, id); });
  expect_added_whole([&] { return batch.DeleteMessage(id, 1); });
}

// A commit reported as failed is not visible before the engine is opened again, and is then there in whole or not at all; a
// commit reported as done is there.
TEST_F(AllocationFailureTest, ACommitIsWhatItWasToldToBe) {
  for (std::int64_t nth = 0;; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, kAllocationsOfACallMax);
    const std::string id = "new" + std::to_string(nth);
    bool failed = false;
    Status status;
    {
      Batch batch(*engine_);
      ASSERT_OK(batch.PutConversationWithMessages(MakeConversation(id), MakeMessages(20)));
      ASSERT_OK(batch.PutPrompt(MakePrompt(id)));
      auto commit = [&] { return engine_->Commit(batch); };
      status = WithoutAllocation(nth, commit, failed);
      EXPECT_EQ(batch.size(), status.ok() ? 0U : 2U);
    }
    if (!status.ok()) {
      ASSERT_TRUE(HasCode(status, StatusCode::kResourceExhausted));
      EXPECT_CODE(engine_->GetConversation(id), kNotFound);
    }
    if (engine_->Sync().ok()) {
      EXPECT_EQ(engine_->GetConversation(id).ok(), status.ok());
    } else {
      engine_->Close().Ignore();  // no more writes, as after a failed one
      engine_.reset();
      Reopen();
      ASSERT_NE(engine_, nullptr);
    }
    EXPECT_EQ(engine_->GetConversation(id).ok(), engine_->GetPrompt(id).ok());
    if (status.ok()) {
      EXPECT_EQ(MessagesOf(id), MessagesOf("c1"));
    }
    if (!failed) break;
  }
  ExpectHealthy(*engine_);
}

TEST_F(AllocationFailureTest, AContentThatFailedIsNotPut) {
  const std::string bytes = MakeBytes(5000);
  for (std::int64_t nth = 0;; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, kAllocationsOfACallMax);
    Result<ContentWriter> writer = engine_->NewContent();
    ASSERT_OK(writer);
    bool failed = false;
    auto write = [&] {
      Status status = writer->Append(bytes);
      return status.ok() ? writer->Finish() : status;
    };
    const Status status = WithoutAllocation(nth, write, failed);
    const Result<std::string> put = engine_->PutDocument(MakeDocument("written"), std::move(*writer));
    EXPECT_EQ(put.ok(), status.ok());
    if (!failed) break;
  }
  ExpectHealthy(*engine_);
}

TEST_F(AllocationFailureTest, ATokenThatIsToldAsFailedIsNotThere) {
  std::size_t made = 0;
  bool failed = true;
  for (std::int64_t nth = 0; failed; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, kAllocationsOfACallMax);
    auto create = [&] { return CreateToken(*engine_, "the-owner-of-a-token-by-name", PrincipalRole::kUser); };
    if (WithoutAllocation(nth, create, failed).ok()) ++made;
    EXPECT_EQ(ListTokens(*engine_)->size(), made);
  }
  ASSERT_OK(engine_->Close());
  engine_.reset();
  Reopen();
  EXPECT_EQ(ListTokens(*engine_)->size(), made) << "on disk";
}

}  // namespace
}  // namespace coffer
