// Messages put together share rows; changes of single ones must not show that.
#include <map>
#include <random>

#include "engine/core.h"
#include "engine/engine_fixture.h"
#include "engine/internals.h"
#include "format/stored/keys.h"
#include "format/stored/message_run.h"

namespace coffer {
namespace {

using Places = std::map<std::uint64_t, std::string>;  // sequence number -> content

class MessageRowsTest : public EngineTest, public ::testing::WithParamInterface<int> {
 protected:
  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }

  // Enough messages for several rows, with gaps and with texts too long to share a row.
  std::vector<Message> SomeMessages(Places& places) {
    std::vector<Message> messages;
    std::uint64_t sequence = Below(3);
    for (std::size_t count = Below(2 * format::kMessageRunMessagesMax + 20); messages.size() < count; ++sequence) {
      if (Below(40) == 0) sequence += 1 + Below(5);
      messages.push_back(Made(sequence, Below(60) == 0 ? format::kMessageRunBytesMax : 5));
      places[sequence] = messages.back().content;
    }
    return messages;
  }

  Message Made(std::uint64_t sequence, std::size_t bytes) {
    ++made_;
    Message message = MakeMessage(std::to_string(made_) + std::string(bytes, 'x'), "m" + std::to_string(made_), sequence);
    message.created_at = At(static_cast<std::int64_t>(made_));
    return message;
  }

  // Changes a single message in the batch and in `places`.
  void Change(Batch& batch, Places& places) {
    const std::uint64_t last = places.empty() ? 0 : places.rbegin()->first;
    const std::uint64_t sequence = Below(last + 3);
    if (Below(2) == 0 && places.contains(sequence)) {
      ASSERT_OK(batch.DeleteMessage("c1", sequence));
      places.erase(sequence);
    } else {
      const Message message = Made(sequence, 5);
      ASSERT_OK(batch.PutMessage("c1", message, PutMode::kUpsert));
      places[sequence] = message.content;
    }
  }

  void ExpectPlaces(const Places& places) {
    Places listed;
    const std::uint64_t from = places.empty() ? 0 : Below(places.rbegin()->first + 2);
    MessageListOptions options;
    options.from_sequence = from;
    options.limit = 1 + Below(200);
    for (bool more = true; more;) {
      Result<Page<Message>> page = engine_->ListMessages("c1", options);
      ASSERT_OK(page);
      for (const Message& message : page->items) listed[*message.sequence_number] = message.content;
      more = !page->next.empty();
      if (more) options.from_sequence = std::stoull(page->next);
    }
    EXPECT_EQ(listed, Places(places.lower_bound(from), places.end()));
    for (int i = 0; i < 5; ++i) {
      const std::uint64_t sequence = places.empty() ? 0 : Below(places.rbegin()->first + 2);
      const Result<Message> message = engine_->GetMessage("c1", sequence);
      const auto expected = places.find(sequence);
      ASSERT_EQ(message.ok(), expected != places.end()) << sequence << " " << message.status().ToString();
      if (message.ok()) {
        EXPECT_EQ(message->content, expected->second);
      }
    }
    const Result<std::string> text = engine_->GetConversationJson("c1", true);
    ASSERT_OK(text);
    std::size_t at = 0;
    for (const auto& [sequence, content] : places) {
      at = text->find("\"sequence_number\":" + std::to_string(sequence) + ",\"role\":\"user\",\"content\":\"" + content, at);
      ASSERT_NE(at, std::string::npos) << sequence;
    }
    EXPECT_EQ(engine_->GetConversation("c1")->message_count, places.size());
  }

  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
  std::uint64_t made_ = 0;
};

TEST_P(MessageRowsTest, SingleChangesShowAsIfEachMessageHadItsRow) {
  Places places;
  for (int round = 0; round < 6; ++round) {
    places.clear();
    Batch batch(*engine_);
    ASSERT_OK(batch.PutConversationWithMessages(MakeConversation("c1"), SomeMessages(places)));
    // Some changes are in the commit that puts the messages, and some follow it.
    for (std::uint64_t changes = Below(3); changes > 0; --changes) Change(batch, places);
    ASSERT_OK(engine_->Commit(batch, kBufferedWrites));
    ExpectPlaces(places);
    for (int commit = 0; commit < 6; ++commit) {
      for (std::uint64_t changes = 1 + Below(4); changes > 0; --changes) Change(batch, places);
      ASSERT_OK(engine_->Commit(batch, kBufferedWrites));
      ExpectPlaces(places);
    }
    ExpectHealthy(*engine_);
    if (Below(2) == 0) continue;  // the next put replaces the conversation
    ASSERT_OK(engine_->Delete(Kind::kConversation, "c1"));
    ExpectHealthy(*engine_);
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, MessageRowsTest, ::testing::Range(1, 9));

class MessageRowsEdgeTest : public EngineTest {};

TEST_F(MessageRowsEdgeTest, AMessageBeforeASharedRowDoesNotHideItFromADelete) {
  std::vector<Message> messages = MakeMessages(3);
  for (std::size_t i = 0; i < messages.size(); ++i) messages[i].sequence_number = 1 + i;
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), messages));
  Batch batch(*engine_);
  ASSERT_OK(batch.PutMessage("c1", MakeMessage("before", "first", 0), PutMode::kInsert));
  ASSERT_OK(engine_->Commit(batch));
  ASSERT_OK(engine_->Delete(Kind::kConversation, "c1"));
  ASSERT_OK(engine_->PutConversation(MakeConversation("c1")));
  EXPECT_EQ(engine_->ListMessages("c1")->items.size(), 0U);
  ExpectHealthy(*engine_);
}

TEST_F(MessageRowsEdgeTest, AChangeBesideMessagesThatCannotBeReadIsRefusedAndDropsNone) {
  ASSERT_OK(engine_->PutConversationWithMessages(MakeConversation("c1"), MakeMessages(2)));
  const std::string key = format::MessageKey("c1", 0);
  std::string damaged;
  {
    const engine::StoreAccess access = engine::CoreOf(*engine_).Access();
    storage::PinnedValue row;
    ASSERT_OK(access->Get(storage::Family::kMessages, key, nullptr, row));
    damaged = std::string(row.view().substr(0, row.view().size() - 5));
    storage::WriteBatch batch;
    batch.Put(storage::Family::kMessages, key, damaged);
    ASSERT_OK(access->Commit(batch, Durability::kDurable));
  }
  for (std::uint64_t sequence = 0; sequence < 2; ++sequence) {
    Batch batch(*engine_);
    ASSERT_OK(batch.PutMessage("c1", MakeMessage("changed", "m-id-0", sequence), PutMode::kUpsert));
    EXPECT_CODE(engine_->Commit(batch), kCorruption);
    EXPECT_CODE(engine_->DeleteMessage("c1", sequence), kCorruption);
  }
  const engine::StoreAccess access = engine::CoreOf(*engine_).Access();
  storage::PinnedValue row;
  ASSERT_OK(access->Get(storage::Family::kMessages, key, nullptr, row));
  EXPECT_EQ(row.view(), damaged);
}

}  // namespace
}  // namespace coffer
