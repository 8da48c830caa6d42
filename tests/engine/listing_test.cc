// Listings: their orders, pages and cursors.
#include <algorithm>
#include <iterator>
#include <ranges>

#include "coffer/limits.h"
#include "coffer/listing.h"
#include "coffer/operation.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

static_assert(std::input_iterator<Listing<Conversation>::Iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, Listing<Conversation>::Iterator>);
static_assert(std::ranges::input_range<Listing<std::string>>);
static_assert(std::movable<Listing<OperationInfo>> && !std::copyable<Listing<OperationInfo>>);

// "a b c " for a listing of texts.
std::string Joined(Listing<std::string>& listing) {
  std::string joined;
  for (const std::string& item : listing) joined += item + " ";
  return joined;
}

class ListingTest : public EngineTest {
 protected:
  // "p<i>" of owner "ada" or, every third, "bob"; later ones have earlier times.
  void PutPrompts(int count) {
    Batch batch(*engine_);
    for (int i = 0; i < count; ++i) {
      Prompt prompt = MakePrompt("p" + std::to_string(1000 + i), i % 3 == 2 ? "bob" : "ada");
      prompt.created_at = At(-i);
      ASSERT_OK(batch.PutPrompt(prompt));
    }
    ASSERT_OK(engine_->Commit(batch));
  }
  // All ids, page by page.
  std::vector<std::string> Walk(ListOptions options, std::size_t* pages = nullptr) {
    std::vector<std::string> ids;
    while (true) {
      const Result<Page<Prompt>> page = engine_->ListPrompts(options);
      EXPECT_OK(page);
      if (!page.ok()) return ids;
      EXPECT_LE(page->items.size(), options.limit);
      for (const Prompt& prompt : page->items) ids.push_back(prompt.id);
      if (pages != nullptr) ++*pages;
      if (page->next.empty()) return ids;
      EXPECT_EQ(page->next.find(' '), std::string::npos);
      options.after = page->next;
    }
  }
};

TEST_F(ListingTest, ByIdHoldsEverybodysInOrderOfIds) {
  PutPrompts(20);
  std::size_t pages = 0;
  const std::vector<std::string> ids = Walk(OwnedBy("", 7), &pages);
  EXPECT_EQ(ids.size(), 20U);
  EXPECT_EQ(pages, 3U);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
}

TEST_F(ListingTest, ByOwnerHoldsTheirsInOrderOfTime) {
  PutPrompts(21);
  std::size_t pages = 0;
  std::vector<std::string> ids = Walk(OwnedBy("ada", 7), &pages);
  EXPECT_EQ(ids.size(), 14U);
  EXPECT_EQ(pages, 2U);
  EXPECT_EQ(ids.front(), "p1019");
  std::reverse(ids.begin(), ids.end());
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_TRUE(Walk(OwnedBy("ad")).empty());
  EXPECT_TRUE(Walk(OwnedBy("nobody")).empty());
}

TEST_F(ListingTest, TimesBeforeAndBehind1970AreInOrder) {
  for (const std::int64_t at : {-2'000'000'000LL, 5LL, -1LL, 0LL}) {
    Prompt prompt = MakePrompt("p" + std::to_string(at));
    prompt.created_at = Timestamp{at * 1'000'000};
    ASSERT_OK(engine_->PutPrompt(prompt));
  }
  EXPECT_EQ(Walk(OwnedBy("ada", 1)), (std::vector<std::string>{"p-2000000000", "p-1", "p0", "p5"}));
}

TEST_F(ListingTest, CursorsGoOnAfterReopening) {
  PutPrompts(9);
  for (const std::string owner : {"", "ada"}) {
    const std::vector<std::string> all = Walk(OwnedBy(owner));
    ListOptions options = OwnedBy(owner, 4);
    options.after = engine_->ListPrompts(options)->next;
    Reopen();
    const std::vector<std::string> rest = Walk(options);
    EXPECT_EQ(rest, std::vector<std::string>(all.begin() + 4, all.end()));
  }
}

TEST_F(ListingTest, ChangesBetweenPagesNeitherRepeatNorHideOthers) {
  PutPrompts(9);
  for (const std::string owner : {"", "ada"}) {
    const std::vector<std::string> all = Walk(OwnedBy(owner));
    ListOptions options = OwnedBy(owner, 3);
    options.after = engine_->ListPrompts(options)->next;
    ASSERT_OK(engine_->Delete(Kind::kPrompt, all[2]));
    ASSERT_OK(engine_->Delete(Kind::kPrompt, all[3]));
    EXPECT_EQ(Walk(options), std::vector<std::string>(all.begin() + 4, all.end()));
  }
}

TEST_F(ListingTest, BadCursorsAndLimitsAreRefused) {
  PutPrompts(9);
  const std::string by_id = engine_->ListPrompts(OwnedBy("", 1))->next;
  const std::string by_time = engine_->ListPrompts(OwnedBy("ada", 1))->next;
  const auto refused = [&](const std::string& owner, const std::string& after) {
    ListOptions options = OwnedBy(owner);
    options.after = after;
    EXPECT_CODE(engine_->ListPrompts(options), kInvalidArgument) << after;
  };
  refused("", by_time);
  refused("ada", by_id);
  for (const std::string bad : {"x", "i.", "i.a b", "t.", "t.1", "t.1.", "t.x.p1", "t.99999999999999999999.p1", "t.1.a/b"}) {
    refused(bad.front() == 'i' ? "" : "ada", bad);
  }
  EXPECT_CODE(engine_->ListPrompts(OwnedBy("", 0)), kInvalidArgument);
  EXPECT_CODE(engine_->ListPrompts(OwnedBy("", kPageItemsMax + 1)), kInvalidArgument);
  EXPECT_CODE(engine_->ListJson(Kind::kMessage), kInvalidArgument);
  EXPECT_CODE(engine_->ListJson(Kind::kContent), kInvalidArgument);
}

TEST_F(ListingTest, LargePagesEndAtTheByteLimitAndGoOn) {
  Prompt prompt = MakePrompt("p");
  prompt.content = std::string(25U << 20U, 'x');
  for (int i = 0; i < 4; ++i) {
    prompt.id = "p" + std::to_string(i);
    ASSERT_OK(engine_->PutPrompt(prompt, PutMode::kInsert, kBufferedWrites));
  }
  const Result<Page<std::string>> page = engine_->ListJson(Kind::kPrompt);
  ASSERT_OK(page);
  EXPECT_EQ(page->items.size(), 3U);
  ListOptions options;
  options.after = page->next;
  EXPECT_EQ(engine_->ListJson(Kind::kPrompt, options)->items.size(), 1U);
}

TEST_F(ListingTest, ConversationsAndDocumentsListTheirDerivedMembers) {
  PutTalk("c1", 3);
  PutTalk("c2", 0);
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1"), WriteContent(*engine_, "abc")));
  const Result<Page<Conversation>> talks = engine_->ListConversations();
  ASSERT_OK(talks);
  ASSERT_EQ(talks->items.size(), 2U);
  EXPECT_EQ(talks->items[0], *engine_->GetConversation("c1"));
  EXPECT_EQ(talks->items[0].message_count, 3U);
  EXPECT_EQ(talks->items[1], *engine_->GetConversation("c2"));
  const Result<Page<Document>> documents = engine_->ListDocuments(OwnedBy("ada"));
  ASSERT_OK(documents);
  EXPECT_EQ(documents->items.at(0).file_size, 3U);
  EXPECT_EQ(engine_->ListJson(Kind::kConversation)->items.at(0), *engine_->GetConversationJson("c1", false));
}

TEST_F(ListingTest, RangesHoldWhatAllPagesHold) {
  PutPrompts(20);
  for (const std::string owner : {"", "ada"}) {
    for (const std::size_t limit : {1U, 7U, 20U, 100U}) {
      std::vector<std::string> ids;
      Listing<Prompt> listing = engine_->Prompts(OwnedBy(owner, limit));
      for (const Prompt& prompt : listing) ids.push_back(prompt.id);
      EXPECT_OK(listing.status());
      EXPECT_EQ(ids, Walk(OwnedBy(owner))) << limit;
    }
  }
  ListOptions rest = OwnedBy("", 3);
  rest.after = engine_->ListPrompts(OwnedBy("", 15))->next;
  EXPECT_EQ(std::ranges::distance(engine_->Prompts(rest)), 5);
}

TEST_F(ListingTest, RangesListEveryKind) {
  PutTalk("c1", 7);
  PutTalk("c2", 0, "bob");
  ASSERT_OK(engine_->PutDocument(MakeDocument("d1")));
  ASSERT_OK(engine_->PutDocument(MakeDocument("d2")));
  std::string seen;
  for (const Conversation& talk : engine_->Conversations(OwnedBy("", 1))) seen += talk.id + " ";
  for (const Document& document : engine_->Documents(OwnedBy("ada", 1))) seen += document.id + " ";
  for (const Message& message : engine_->Messages("c1", {.from_sequence = 2, .limit = 2})) seen += message.content + " ";
  EXPECT_EQ(seen, "c1 c2 d1 d2 m2 m3 m4 m5 m6 ");
  Listing<std::string> texts = engine_->RecordsJson(Kind::kDocument, OwnedBy("", 1));
  EXPECT_EQ(Joined(texts), *engine_->GetDocumentJson("d1") + " " + *engine_->GetDocumentJson("d2") + " ");
}

TEST_F(ListingTest, EmptyRangesEndWithoutAFailure) {
  Listing<Prompt> listing = engine_->Prompts();
  EXPECT_OK(listing.status());
  EXPECT_TRUE(listing.begin() == listing.end());
  EXPECT_OK(listing.status());
}

TEST_F(ListingTest, RangesBeginAgain) {
  PutPrompts(5);
  Listing<Prompt> listing = engine_->Prompts(OwnedBy("", 2));
  EXPECT_EQ(std::ranges::distance(listing), 5);
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "p1004"));
  Listing<Prompt> moved = std::move(listing);
  EXPECT_EQ(std::ranges::distance(moved), 4);
}

TEST_F(ListingTest, RangesGoOnWhileRecordsAreDeleted) {
  PutPrompts(9);
  const std::unique_ptr<Snapshot> snapshot = *engine_->TakeSnapshot();
  std::vector<std::string> ids;
  Listing<Prompt> listing = engine_->Prompts(OwnedBy("", 3));
  for (const Prompt& prompt : listing) {
    ids.push_back(prompt.id);
    if (ids.size() > 1) continue;
    for (const char* id : {"p1000", "p1002", "p1003", "p1004", "p1005"}) ASSERT_OK(engine_->Delete(Kind::kPrompt, id));
  }
  EXPECT_OK(listing.status());
  EXPECT_EQ(ids, (std::vector<std::string>{"p1000", "p1001", "p1002", "p1006", "p1007", "p1008"}));
  ListOptions then = OwnedBy("", 2);
  then.snapshot = snapshot.get();
  EXPECT_EQ(std::ranges::distance(engine_->Prompts(then)), 9);
}

TEST_F(ListingTest, AFailureEndsTheRangeAndIsItsStatus) {
  Listing<Prompt> unlimited = engine_->Prompts(OwnedBy("", 0));
  EXPECT_TRUE(unlimited.begin() == unlimited.end());
  EXPECT_CODE(unlimited.status(), kInvalidArgument);

  PutTalk("c1", 5);
  std::string seen;
  Listing<Message> messages = engine_->Messages("c1", {.limit = 2});
  for (const Message& message : messages) {
    seen += message.content + " ";
    if (seen != "m0 m1 ") continue;
    ASSERT_OK(engine_->Delete(Kind::kConversation, "c1"));
  }
  EXPECT_EQ(seen, "m0 m1 ");
  EXPECT_CODE(messages.status(), kNotFound);
  PutTalk("c1", 3);
  EXPECT_EQ(std::ranges::distance(messages), 3);
  EXPECT_OK(messages.status());
}

TEST(ListingRangeTest, EmptyPagesAreNotTheEnd) {
  Listing<std::string> listing([](const std::string& after) -> Result<Page<std::string>> {
    if (after.empty()) return Page<std::string>{{}, "1"};
    if (after == "1") return Page<std::string>{{"a", "b"}, "2"};
    if (after == "2") return Page<std::string>{{}, "3"};
    if (after == "3") return Page<std::string>{{"c"}, "4"};
    return Status::IoError("disk");
  });
  EXPECT_EQ(Joined(listing), "a b c ");
  EXPECT_CODE(listing.status(), kIoError);
}

}  // namespace
}  // namespace coffer
