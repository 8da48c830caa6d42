// Reads with an owner: every call × every owner × every moment. A record of another owner is not found, in the words of a
// missing one.
#include <array>
#include <functional>

#include "engine/engine_fixture.h"

namespace coffer {
namespace {

// One call that reads a record, by an id and an owner. Returns what it shows.
struct OwnerCall {
  std::string name;
  // The id of a record of ada. The record of another id has the same length, so that messages compare.
  std::string id;
  std::function<Result<std::string>(Engine&, const std::string& id, const ReadOptions&)> read;
};

template <typename Record>
Result<std::string> JsonOf(const Result<Record>& record) {
  if (!record.ok()) return record.status();
  return ToJson(*record);
}

Result<std::string> CountOf(const Result<Page<Message>>& page) {
  if (!page.ok()) return page.status();
  return std::to_string(page->items.size());
}

std::vector<OwnerCall> OwnerCalls() {
  using Id = const std::string&;
  using Options = const ReadOptions&;
  return {
      {"GetConversation", "c1", [](Engine& e, Id id, Options o) { return JsonOf(e.GetConversation(id, o)); }},
      {"GetConversationJson", "c1", [](Engine& e, Id id, Options o) { return e.GetConversationJson(id, false, o); }},
      {"GetConversationJson with messages", "c1",
       [](Engine& e, Id id, Options o) { return e.GetConversationJson(id, true, o); }},
      {"GetMessage", "c1", [](Engine& e, Id id, Options o) { return JsonOf(e.GetMessage(id, 1, o)); }},
      {"GetMessageJson", "c1", [](Engine& e, Id id, Options o) { return e.GetMessageJson(id, 1, o); }},
      {"ListMessages", "c1",
       [](Engine& e, Id id, Options o) { return CountOf(e.ListMessages(id, {.snapshot = o.snapshot, .owner = o.owner})); }},
      {"Messages", "c1",
       [](Engine& e, Id id, Options o) -> Result<std::string> {
         Listing<Message> listing = e.Messages(id, {.limit = 1, .snapshot = o.snapshot, .owner = o.owner});
         std::size_t count = 0;
         for ([[maybe_unused]] const Message& message : listing) ++count;
         if (!listing.status().ok()) return listing.status();
         return std::to_string(count);
       }},
      {"GetDocument", "d1", [](Engine& e, Id id, Options o) { return JsonOf(e.GetDocument(id, o)); }},
      {"GetDocumentJson", "d1", [](Engine& e, Id id, Options o) { return e.GetDocumentJson(id, o); }},
      {"OpenContent", "d1",
       [](Engine& e, Id id, Options o) -> Result<std::string> {
         Result<ContentReader> reader = e.OpenContent(id, o);
         if (!reader.ok()) return reader.status();
         return ReadRest(*reader);
       }},
      {"GetPrompt", "p1", [](Engine& e, Id id, Options o) { return JsonOf(e.GetPrompt(id, o)); }},
      {"GetPromptJson", "p1", [](Engine& e, Id id, Options o) { return e.GetPromptJson(id, o); }},
  };
}

class OwnerTest : public EngineTest {
 protected:
  void PutAll(const std::string& owner) {
    PutTalk("c1", 3, owner);
    EXPECT_OK(engine_->PutDocument(MakeDocument("d1", owner), WriteContent(*engine_, "bytes")));
    EXPECT_OK(engine_->PutPrompt(MakePrompt("p1", owner)));
  }
  // The id of a record that does not exist, put into the place of the given one.
  static std::string Replaced(std::string text, const std::string& id) {
    const std::size_t at = text.find("x1");
    return at == std::string::npos ? text : text.replace(at, 2, id);
  }
};

TEST_F(OwnerTest, ARecordOfAnotherOwnerIsNotFoundInTheWordsOfAMissingOne) {
  PutAll("ada");
  const std::unique_ptr<Snapshot> as_of_ada = *engine_->TakeSnapshot();
  std::size_t cells = 0;
  const auto check = [&](const std::string& owner, const Snapshot* snapshot) {
    for (const OwnerCall& call : OwnerCalls()) {
      for (const std::string asked : {"ada", "bob", "ad", "adaa", "ADA"}) {
        SCOPED_TRACE(call.name + " of " + owner + "'s record by " + asked);
        ++cells;
        const ReadOptions options{.snapshot = snapshot, .owner = asked};
        const Result<std::string> shown = call.read(*engine_, call.id, options);
        if (asked == owner) {
          ASSERT_OK(shown);
          EXPECT_EQ(*shown, *call.read(*engine_, call.id, {.snapshot = snapshot}));
          continue;
        }
        const Result<std::string> missing = call.read(*engine_, "x1", options);
        ASSERT_EQ(shown.status().code(), StatusCode::kNotFound);
        ASSERT_EQ(missing.status().code(), StatusCode::kNotFound);
        EXPECT_EQ(shown.status().message(), Replaced(std::string(missing.status().message()), call.id));
      }
    }
  };
  check("ada", nullptr);
  PutAll("bob");  // all records change their owner
  check("bob", nullptr);
  check("ada", as_of_ada.get());
  EXPECT_EQ(cells, 3 * 5 * OwnerCalls().size());
}

TEST_F(OwnerTest, AMalformedIdIsRefusedWhoeverAsks) {
  for (const OwnerCall& call : OwnerCalls()) {
    EXPECT_EQ(call.read(*engine_, "a b", {.owner = "ada"}).status().code(), StatusCode::kInvalidArgument) << call.name;
  }
}

TEST_F(OwnerTest, AnOwnerWithoutRecordsSeesEmptyListings) {
  PutAll("ada");
  for (const Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
    EXPECT_TRUE(engine_->ListJson(kind, OwnedBy("bob"))->items.empty());
    EXPECT_EQ(engine_->ListJson(kind, OwnedBy("ada"))->items.size(), 1U);
  }
}

}  // namespace
}  // namespace coffer
