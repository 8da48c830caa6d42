// Conversations: put, get, update and delete, and the members derived from messages.
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

class ConversationsTest : public EngineTest {};

// "No messages" and "keep the messages" must not be the same call.
template <typename Target>
concept TakesEmptyBraces = requires(Target& target, const Conversation& conversation) {
  target.PutConversation(conversation, {});
};
static_assert(!TakesEmptyBraces<Engine> && !TakesEmptyBraces<Batch>);

TEST_F(ConversationsTest, PutWithEmptyMessagesRemovesThemAndPutWithoutKeepsThem) {
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), {MakeMessage("one"), MakeMessage("two")}));
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1")));
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 2U);
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), {}));
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 0U);
}

TEST_F(ConversationsTest, ComesBackWithEveryMember) {
  Conversation given = MakeConversation("c1", "ada", "Über “Läufe” \n\t\"");
  given.description = "d";
  given.status = ConversationStatus::kArchived;
  given.llm_provider = "p";
  given.llm_model = "m";
  given.temperature = *JsonNumber::Parse("0.70");
  given.max_tokens = 100;
  given.system_prompt = "s";
  given.tags = std::vector<std::string>{"a", "b"};
  given.extra_metadata = *Json::Parse(R"({"k":[1,2.50]})");
  given.total_tokens = 12;
  given.total_cost = *JsonNumber::Parse("0.0010");
  given.created_at = At(-100);
  given.updated_at = At(-50);
  ASSERT_OK(given.unknown_members.Add("later", *Json::Parse(R"({"x":null})")));
  const Result<std::string> id = engine_->PutConversation(given);
  ASSERT_OK(id);
  EXPECT_EQ(*id, "c1");
  const Result<Conversation> got = engine_->GetConversation("c1");
  ASSERT_OK(got);
  EXPECT_EQ(*got, given);
  Reopen();
  EXPECT_EQ(*engine_->GetConversation("c1"), given);
  ExpectHealthy(*engine_);
}

TEST_F(ConversationsTest, MissingTimesAreThoseOfTheClock) {
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1")));
  Conversation given = MakeConversation("c2");
  given.created_at = At(-7);
  ASSERT_OK(engine_->PutConversation(given));
  EXPECT_EQ(engine_->GetConversation("c1")->created_at, At(0));
  EXPECT_EQ(engine_->GetConversation("c1")->updated_at, At(0));
  EXPECT_EQ(engine_->GetConversation("c2")->updated_at, At(-7));
  EXPECT_EQ(engine_->GetConversation("c1")->status, ConversationStatus::kActive);
  EXPECT_FALSE(engine_->GetConversation("c1")->last_message_at);
}

TEST_F(ConversationsTest, EmptyIdsAreMadeAndDiffer) {
  const Result<std::string> first = engine_->PutConversation(MakeConversation(""));
  const Result<std::string> second = engine_->PutConversation(MakeConversation(""));
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_EQ(first->size(), 26U);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(engine_->GetConversation(*second)->id, *second);
}

TEST_F(ConversationsTest, PutModesDecideByWhatIsThere) {
  const auto put = [&](const std::string& title, PutMode mode, std::int64_t updated) {
    Conversation conversation = MakeConversation("c1", "ada", title);
    conversation.created_at = At(0);
    conversation.updated_at = At(updated);
    return engine_->PutConversation(conversation, mode);
  };
  const auto title = [&] { return engine_->GetConversation("c1")->title; };
  const Status missing = StatusOf(put("a", PutMode::kUpdate, 0));
  EXPECT_CODE(missing, kNotFound);
  EXPECT_NE(missing.message().find("c1"), std::string::npos);
  EXPECT_CODE(engine_->GetConversation("c1"), kNotFound);
  EXPECT_OK(put("insert", PutMode::kInsert, 10));
  EXPECT_CODE(put("again", PutMode::kInsert, 10), kAlreadyExists);
  EXPECT_EQ(title(), "insert");
  EXPECT_OK(put("kept", PutMode::kKeepExisting, 99));
  EXPECT_EQ(title(), "insert");
  EXPECT_OK(put("older", PutMode::kNewest, 9));
  EXPECT_OK(put("as old", PutMode::kNewest, 10));
  EXPECT_EQ(title(), "insert");
  EXPECT_OK(put("newer", PutMode::kNewest, 11));
  EXPECT_EQ(title(), "newer");
  EXPECT_OK(put("update", PutMode::kUpdate, 3));
  EXPECT_EQ(title(), "update");
  EXPECT_OK(put("upsert", PutMode::kUpsert, 2));
  EXPECT_EQ(title(), "upsert");
  ExpectHealthy(*engine_);
}

TEST_F(ConversationsTest, GivenDerivedMembersAreIgnored) {
  Conversation given = MakeConversation("c1");
  given.message_count = 77;
  given.last_message_at = At(5);
  ASSERT_OK(engine_->PutConversation(given));
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 0U);
  EXPECT_FALSE(engine_->GetConversation("c1")->last_message_at);
}

TEST_F(ConversationsTest, PutWithoutMessagesLeavesThemPutWithMessagesReplacesThem) {
  PutTalk("c1", 3);
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1", "ada", "new title")));
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 2:m2 ");
  EXPECT_EQ(engine_->GetConversation("c1")->last_message_at, At(2));
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), std::vector{MakeMessage("only", "x", 7)}));
  EXPECT_EQ(MessagesOf("c1"), "7:only ");
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), std::vector<Message>()));
  EXPECT_EQ(MessagesOf("c1"), "");
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 0U);
  ExpectHealthy(*engine_);
}

TEST_F(ConversationsTest, ChangeOfOwnerMovesListingAndCounters) {
  PutTalk("c1", 3, "ada");
  PutTalk("c2", 1, "ada");
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1", "bob")));
  const auto ids = [&](const std::string& owner) {
    std::string text;
    const Result<Page<Conversation>> page = engine_->ListConversations(OwnedBy(owner));
    for (const Conversation& conversation : page->items) text += conversation.id + " ";
    return text;
  };
  EXPECT_EQ(ids("ada"), "c2 ");
  EXPECT_EQ(ids("bob"), "c1 ");
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 2:m2 ");
  ExpectHealthy(*engine_);
  ASSERT_OK(engine_->Delete(Kind::kConversation, "c1"));
  ExpectHealthy(*engine_);
  EXPECT_FALSE(engine_->Statistics()->logical_bytes_by_owner.contains("bob"));
}

TEST_F(ConversationsTest, ChangeOfTimeMovesItInTheListing) {
  Conversation first = MakeConversation("c1");
  first.created_at = At(1);
  Conversation second = MakeConversation("c2");
  second.created_at = At(2);
  ASSERT_OK(engine_->PutConversation(first));
  ASSERT_OK(engine_->PutConversation(second));
  first.created_at = At(3);
  ASSERT_OK(engine_->PutConversation(first));
  const Result<Page<Conversation>> page = engine_->ListConversations(OwnedBy("ada"));
  ASSERT_OK(page);
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items[0].id, "c2");
  EXPECT_EQ(page->items[1].id, "c1");
}

TEST_F(ConversationsTest, DeleteTakesTheMessagesAndAsksForTheOwner) {
  PutTalk("c1", 3);
  const Status foreign = engine_->Delete(Kind::kConversation, "c1", "bob");
  EXPECT_CODE(foreign, kNotFound);
  EXPECT_EQ(MessagesOf("c1"), "0:m0 1:m1 2:m2 ");
  EXPECT_OK(engine_->Delete(Kind::kConversation, "c1", "ada"));
  const Status missing = engine_->Delete(Kind::kConversation, "c1", "bob");
  EXPECT_EQ(missing.ToString(), foreign.ToString());
  EXPECT_CODE(engine_->GetConversation("c1"), kNotFound);
  EXPECT_CODE(engine_->GetConversationJson("c1", true), kNotFound);
  EXPECT_CODE(engine_->GetMessage("c1", 0), kNotFound);
  EXPECT_CODE(engine_->ListMessages("c1"), kNotFound);
  EXPECT_EQ(engine_->Statistics()->total_records, 0U);
  ExpectHealthy(*engine_);
}

TEST_F(ConversationsTest, LateAppendToADeletedOneIsNotFoundAndRecreatesNothing) {
  PutTalk("c1", 2);
  ASSERT_OK(engine_->Delete(Kind::kConversation, "c1"));
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("late")), kNotFound);
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("late", "x", 1)), kNotFound);
  EXPECT_CODE(engine_->DeleteMessage("c1", 0), kNotFound);
  EXPECT_CODE(engine_->GetConversation("c1"), kNotFound);
  EXPECT_EQ(engine_->Statistics()->total_records, 0U);
  Reopen();
  EXPECT_CODE(engine_->AppendMessage("c1", MakeMessage("late")), kNotFound);
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1", "bob", "anew")));
  EXPECT_EQ(engine_->GetConversation("c1")->message_count, 0U);
  EXPECT_EQ(*engine_->AppendMessage("c1", MakeMessage("first")), 0U);
  EXPECT_EQ(MessagesOf("c1"), "0:first ");
  ExpectHealthy(*engine_);
}

TEST_F(ConversationsTest, WrongRecordsAreRefusedByMember) {
  const auto refused = [&](const Conversation& conversation, std::string_view member) {
    const Status status = StatusOf(engine_->PutConversation(conversation));
    EXPECT_CODE(status, kInvalidArgument);
    EXPECT_NE(status.message().find(member), std::string::npos) << status.ToString();
  };
  refused(MakeConversation("a b"), "id");
  refused(MakeConversation("a/b"), "id");
  refused(MakeConversation(std::string(129, 'x')), "id");
  refused(MakeConversation("c", ""), "user_id");
  refused(MakeConversation("c", "ada", ""), "title");
  refused(MakeConversation("c", "ada", std::string(256, 'x')), "title");
  refused(MakeConversation("c", "ada", "\xff"), "title");
  Conversation hot = MakeConversation("c");
  hot.temperature = *JsonNumber::Parse("2.1");
  refused(hot, "temperature");
  Conversation known = MakeConversation("c");
  ASSERT_OK(known.unknown_members.Add("title", *Json::Parse("1")));
  refused(known, "title");
  EXPECT_OK(engine_->PutConversation(MakeConversation(std::string(128, 'x'), "ada", std::string(255, 'x'))));
  EXPECT_EQ(engine_->Statistics()->total_records, 1U);
}

TEST_F(ConversationsTest, IdsThatCannotBeOneAreRefusedByReads) {
  EXPECT_CODE(engine_->GetConversation(""), kInvalidArgument);
  EXPECT_CODE(engine_->GetConversation("a b"), kInvalidArgument);
  EXPECT_CODE(engine_->GetConversationJson(std::string("a\0b", 3), true), kInvalidArgument);
  EXPECT_CODE(engine_->ListMessages("a/b"), kInvalidArgument);
  EXPECT_CODE(engine_->GetConversation("missing"), kNotFound);
}

TEST_F(ConversationsTest, IdsThatBeginAlikeDoNotTouch) {
  PutTalk("a", 2);
  PutTalk("ab", 2);
  PutTalk("a!", 2);
  ASSERT_OK(engine_->Delete(Kind::kConversation, "a"));
  EXPECT_EQ(MessagesOf("ab"), "0:m0 1:m1 ");
  EXPECT_EQ(MessagesOf("a!"), "0:m0 1:m1 ");
  ExpectHealthy(*engine_);
}

TEST_F(ConversationsTest, JsonWithMessagesIsOneCanonicalObject) {
  Message message = MakeMessage("hi", "m1");
  message.created_at = At(4);
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), std::vector{message}));
  const Result<std::string> json = engine_->GetConversationJson("c1", true);
  ASSERT_OK(json);
  EXPECT_EQ(*json,
            R"({"id":"c1","user_id":"ada","title":"A talk","status":"active","message_count":1,)"
            R"("last_message_at":"2026-01-05T10:00:04.000000Z","created_at":"2026-01-05T10:00:00.000000Z",)"
            R"("updated_at":"2026-01-05T10:00:00.000000Z","messages":[{"id":"m1","conversation_id":"c1","sequence_number":0,)"
            R"("role":"user","content":"hi","created_at":"2026-01-05T10:00:04.000000Z"}]})");
  EXPECT_EQ(Json::Parse(*json)->text(), *json);
}

}  // namespace
}  // namespace coffer
