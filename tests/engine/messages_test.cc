// Messages: appending, placing and deleting them, and the conversation's members derived from them.
#include "coffer/limits.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

class MessagesTest : public EngineTest {
 protected:
  Message Placed(std::uint64_t sequence, const std::string& id, const std::string& content, std::int64_t seconds = 0) {
    Message message = MakeMessage(content, id, sequence);
    message.created_at = At(seconds);
    return message;
  }
  Status Put(const Message& message, PutMode mode, Outcome* outcome = nullptr) {
    Batch batch(*engine_);
    if (Status status = batch.PutMessage("c1", message, mode); !status.ok()) return status;
    Result<std::vector<ItemResult>> items = engine_->Commit(batch);
    if (!items.ok()) return items.status();
    if (outcome != nullptr) *outcome = items->front().outcome;
    return Status::Ok();
  }
  Timestamp LastAt() { return engine_->GetConversation("c1")->last_message_at.value_or(Timestamp()); }
};

TEST_F(MessagesTest, ComesBackWithEveryMember) {
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1")));
  Message given = MakeMessage("line\n\"quoted\" \x01 ü", "m-1");
  given.role = Role::kTool;
  given.tool_calls = *Json::Parse(R"([{"f":1}])");
  given.tool_call_id = "call";
  given.prompt_tokens = 1;
  given.completion_tokens = 2;
  given.total_tokens = 3;
  given.model_used = "m";
  given.provider_used = "p";
  given.finish_reason = "stop";
  given.response_time_ms = *JsonNumber::Parse("12.50");
  given.cost = *JsonNumber::Parse("1e-5");
  given.rating = 5;
  given.extra_metadata = *Json::Parse("{}");
  given.created_at = At(9);
  ASSERT_OK(given.unknown_members.Add("mood", *Json::Parse("null")));
  EXPECT_EQ(*engine_->AppendMessage("c1", given), 0U);
  given.conversation_id = "c1";
  given.sequence_number = 0;
  EXPECT_EQ(*engine_->GetMessage("c1", 0), given);
  Reopen();
  EXPECT_EQ(*engine_->GetMessage("c1", 0), given);
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, AppendLeavesTheConversationsRecordAsItWas) {
  PutTalk("c1", 1);
  const Timestamp updated_at = *engine_->GetConversation("c1")->updated_at;
  const std::uint64_t bytes = engine_->Statistics()->logical_bytes_by_kind["conversations"];
  clock_.Advance(60'000'000);
  EXPECT_EQ(*engine_->AppendMessage("c1", MakeMessage("next")), 1U);
  const Result<Conversation> after = engine_->GetConversation("c1");
  EXPECT_EQ(after->updated_at, updated_at);
  EXPECT_EQ(after->message_count, 2U);
  EXPECT_EQ(after->last_message_at, At(60));
  EXPECT_EQ(engine_->Statistics()->logical_bytes_by_kind["conversations"], bytes);
  EXPECT_EQ(engine_->GetMessage("c1", 1)->id.size(), 26U);
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, AppendByPlaceFindsTheSameOneThereAndRefusesAnother) {
  PutTalk("c1", 3);
  EXPECT_EQ(*engine_->AppendMessage("c1", Placed(1, "m-id-1", "changed")), 1U);
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 2:m2 ");
  const Status conflict = StatusOf(engine_->AppendMessage("c1", Placed(1, "other", "x")));
  EXPECT_CODE(conflict, kConflict);
  EXPECT_NE(conflict.message().find("c1/1"), std::string::npos) << conflict.ToString();
  EXPECT_CODE(engine_->AppendMessage("c1", Placed(1, "", "x")), kConflict);
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 2:m2 ");
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, AppendAtAPlaceAheadLeavesAGapAndTheNextFollowsIt) {
  PutTalk("c1", 2);
  EXPECT_EQ(*engine_->AppendMessage("c1", Placed(10, "ten", "ten", 10)), 10U);
  EXPECT_EQ(*engine_->AppendMessage("c1", Placed(5, "five", "five", 99)), 5U);
  EXPECT_EQ(*engine_->AppendMessage("c1", MakeMessage("eleven")), 11U);
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 5:five 10:ten 11:eleven ");
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 5U);
  EXPECT_CODE(engine_->GetMessage("c1", 3), kNotFound);
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, LastMessageAtIsThatOfTheLastPlace) {
  ASSERT_OK(engine_->PutConversationWithMessages(
      MakeConversation("c1"), std::vector{Placed(4, "d", "d", 40), Placed(2, "b", "b", 90), Placed(3, "c", "c", 10)}));
  EXPECT_EQ(MessagesOf("c1"), "2:b 3:c 4:d ");
  EXPECT_EQ(LastAt(), At(40));
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, DeletesOfFirstLastAndMiddleKeepTheDerivedMembersRight) {
  PutTalk("c1", 6);
  EXPECT_OK(engine_->DeleteMessage("c1", 5));
  EXPECT_EQ(LastAt(), At(4));
  EXPECT_OK(engine_->DeleteMessage("c1", 0));
  EXPECT_OK(engine_->DeleteMessage("c1", 2));
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 3U);
  ExpectHealthy(*engine_);
  EXPECT_OK(engine_->DeleteMessage("c1", 4));
  EXPECT_OK(engine_->DeleteMessage("c1", 3));
  EXPECT_EQ(MessagesOf("c1"), "1:m1 ");
  EXPECT_EQ(LastAt(), At(1));
  ExpectHealthy(*engine_);
  EXPECT_OK(engine_->DeleteMessage("c1", 1));
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 0U);
  EXPECT_FALSE(engine_->GetConversation("c1")->last_message_at);
  EXPECT_CODE(engine_->DeleteMessage("c1", 1), kNotFound);
  ExpectHealthy(*engine_);
  EXPECT_EQ(*engine_->AppendMessage("c1", MakeMessage("again")), 0U);
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, PutModesDecideByPlaceAndId) {
  PutTalk("c1", 1);
  Outcome outcome = Outcome::kCreated;
  EXPECT_CODE(Put(Placed(1, "x", "x"), PutMode::kUpdate), kNotFound);
  EXPECT_OK(Put(Placed(1, "x", "x", 5), PutMode::kInsert, &outcome));
  EXPECT_EQ(outcome, Outcome::kCreated);
  EXPECT_CODE(Put(Placed(1, "x", "y"), PutMode::kInsert), kAlreadyExists);
  EXPECT_OK(Put(Placed(1, "x", "y", 9), PutMode::kKeepExisting, &outcome));
  EXPECT_EQ(outcome, Outcome::kKept);
  EXPECT_OK(Put(Placed(1, "z", "y", 9), PutMode::kKeepExisting, &outcome));
  EXPECT_EQ(outcome, Outcome::kConflict);
  EXPECT_OK(Put(Placed(1, "x", "old", 5), PutMode::kNewest, &outcome));
  EXPECT_EQ(outcome, Outcome::kKept);
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:x ");
  EXPECT_OK(Put(Placed(1, "x", "newer", 6), PutMode::kNewest, &outcome));
  EXPECT_EQ(outcome, Outcome::kReplaced);
  EXPECT_OK(Put(Placed(0, "w", "upsert", 7), PutMode::kUpsert, &outcome));
  EXPECT_EQ(outcome, Outcome::kReplaced);
  EXPECT_EQ(MessagesOf("c1"), "0:upsert 1:newer ");
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 2U);
  EXPECT_EQ(LastAt(), At(6));
  EXPECT_CODE(Put(MakeMessage("no place", "q"), PutMode::kUpsert), kInvalidArgument);
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, PagesGoOnBySequenceNumber) {
  PutTalk("c1", 10);
  ASSERT_OK(engine_->DeleteMessage("c1", 4));
  std::string seen;
  MessageListOptions options;
  options.limit = 3;
  while (true) {
    const Result<Page<Message>> page = engine_->ListMessages("c1", options);
    ASSERT_OK(page);
    EXPECT_LE(page->items.size(), 3U);
    for (const Message& message : page->items) seen += message.content + " ";
    if (page->next.empty()) break;
    options.after = page->next;
  }
  EXPECT_EQ(seen, "m0 m1 m2 m3 m5 m6 m7 m8 m9 ");
  options.after.clear();
  options.limit = 0;
  EXPECT_CODE(engine_->ListMessages("c1", options), kInvalidArgument);
  options.limit = kPageItemsMax + 1;
  EXPECT_CODE(engine_->ListMessages("c1", options), kInvalidArgument);
  options.limit = 5;
  options.from_sequence = UINT64_MAX;
  EXPECT_TRUE(engine_->ListMessages("c1", options)->items.empty());
}

TEST_F(MessagesTest, PagesBeginAtTheLaterOfCursorAndSequenceNumber) {
  PutTalk("c1", 10);
  const auto first = [&](std::uint64_t from_sequence, const std::string& after) {
    return engine_->ListMessages("c1", {.from_sequence = from_sequence, .limit = 1, .after = after})->items.at(0).content;
  };
  EXPECT_EQ(first(0, "3"), "m3");
  EXPECT_EQ(first(8, "3"), "m8");
  EXPECT_EQ(first(8, ""), "m8");
  for (const char* bad : {"x", "-1", "+1", " 1", "1 ", "1.5", "i.c1", "18446744073709551616"}) {
    EXPECT_CODE(engine_->ListMessages("c1", {.after = bad}), kInvalidArgument) << bad;
  }
}

TEST_F(MessagesTest, WrongMessagesAreRefused) {
  PutTalk("c1", 1);
  Message foreign = MakeMessage("x");
  foreign.conversation_id = "c2";
  EXPECT_CODE(engine_->AppendMessage("c1", foreign), kInvalidArgument);
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("x", "bad id")), kInvalidArgument);
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("\xc3\x28")), kInvalidArgument);
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("x", "m", UINT64_MAX)), kInvalidArgument);
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage(std::string(kMessageContentBytesMax + 1, 'x'))), kInvalidArgument);
  EXPECT_CODE(engine_->AppendMessage("missing", MakeMessage("x")), kNotFound);
  EXPECT_CODE(
      engine_->PutConversationWithMessages(MakeConversation("c2"), std::vector{Placed(1, "a", "a"), Placed(1, "b", "b")}),
      kInvalidArgument);
  EXPECT_CODE(engine_->GetConversation("c2"), kNotFound);
  EXPECT_EQ(MessagesOf("c1"), "0:m0 ");
}

TEST_F(MessagesTest, FullConversationTakesNoMore) {
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), std::vector{Placed(UINT64_MAX - 1, "z", "z")}));
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("x")), kResourceExhausted);
  EXPECT_EQ(engine_->GetMessage("c1", UINT64_MAX - 1)->content, "z");
  ExpectHealthy(*engine_);
}

TEST_F(MessagesTest, LargestContentComesBack) {
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1")));
  const std::string content(kMessageContentBytesMax, 'y');
  ASSERT_OK(engine_->AppendMessage("c1", MakeMessage(content, "big")));
  EXPECT_EQ(engine_->GetMessage("c1", 0)->content, content);
  ExpectHealthy(*engine_);
}

}  // namespace
}  // namespace coffer
