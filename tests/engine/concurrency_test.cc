// Many threads use one engine and the same records: nothing acknowledged is lost, and the store stays consistent.
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "coffer/limits.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

class ConcurrencyTest : public EngineTest {
 protected:
  // Runs `work` in each of `count` threads, with a number and a seeded source.
  static void InThreads(std::size_t count, const std::function<void(std::size_t, RandomSource&)>& work) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([&work, i] { work(i, *SeededRandom(i + 1)); });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

// Failures that other threads may cause.
bool Expected(const Status& status) {
  return status.ok() || status.code() == StatusCode::kNotFound || status.code() == StatusCode::kConflict;
}

TEST_F(ConcurrencyTest, AppendsToOneConversationGetPlacesOfTheirOwn) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kAppends = 150;
  PutTalk("c", 0);
  std::array<std::vector<std::uint64_t>, kThreads> places;
  InThreads(kThreads, [&](std::size_t thread, RandomSource&) {
    for (std::size_t i = 0; i < kAppends; ++i) {
      const std::string text = std::to_string(thread) + "-" + std::to_string(i);
      const Result<std::uint64_t> place = engine_->AppendMessage("c", MakeMessage(text, text), kBufferedWrites);
      EXPECT_OK(place);
      if (place.ok()) places[thread].push_back(*place);
    }
  });
  EXPECT_EQ(engine_->GetConversation("c")->message_count, kThreads * kAppends);
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    ASSERT_EQ(places[thread].size(), kAppends);
    EXPECT_TRUE(std::is_sorted(places[thread].begin(), places[thread].end()));
    for (std::size_t i = 0; i < kAppends; ++i) {
      EXPECT_EQ(engine_->GetMessage("c", places[thread][i])->id, std::to_string(thread) + "-" + std::to_string(i));
    }
  }
  ExpectHealthy(*engine_);
}

TEST_F(ConcurrencyTest, OnlyOneOfManyInsertsSucceeds) {
  std::atomic<int> inserted{0};
  InThreads(4, [&](std::size_t thread, RandomSource&) {
    for (int i = 0; i < 50; ++i) {
      const Status status = StatusOf(engine_->PutPrompt(MakePrompt("p" + std::to_string(i), "o" + std::to_string(thread)),
                                                        PutMode::kInsert, kBufferedWrites));
      if (status.ok()) ++inserted;
      EXPECT_TRUE(status.ok() || status.code() == StatusCode::kAlreadyExists) << status.ToString();
    }
  });
  EXPECT_EQ(inserted, 50);
  ExpectHealthy(*engine_);
}

TEST_F(ConcurrencyTest, DurableCommitsOfManyThreadsAllArrive) {
  InThreads(4, [&](std::size_t thread, RandomSource&) {
    for (int i = 0; i < 25; ++i) {
      EXPECT_OK(engine_->PutPrompt(MakePrompt("p" + std::to_string(thread) + "-" + std::to_string(i))));
    }
  });
  EXPECT_EQ(engine_->Statistics()->records_by_kind["prompts"], 100U);
  ExpectHealthy(*engine_);
}

void Write(Engine& engine, RandomSource& random, std::size_t thread, int step) {
  const auto pick = [&](std::uint64_t below) { return random.Next() % below; };
  const std::string talk = "c" + std::to_string(pick(8));
  const std::string owner = "o" + std::to_string(pick(3));
  const std::string text = std::to_string(thread) + "-" + std::to_string(step);
  switch (pick(8)) {
    case 0: {
      Batch batch(engine);
      for (int i = 0; i < 6; ++i) {
        EXPECT_OK(
            batch.PutConversationWithMessages(MakeConversation("c" + std::to_string(pick(8)), owner), MakeMessages(pick(9))));
      }
      EXPECT_OK(engine.Commit(batch, kBufferedWrites));
      return;
    }
    case 1: {
      const std::string document = "d" + std::to_string(pick(3));
      EXPECT_OK(engine.PutDocument(MakeDocument(document, owner),
                                   WriteContent(engine, MakeBytes(pick(2) * kContentChunkBytes + 99)), PutMode::kUpsert,
                                   kBufferedWrites));
      return;
    }
    case 2:
      EXPECT_TRUE(Expected(engine.Delete(Kind::kConversation, talk, {}, kBufferedWrites)));
      return;
    case 3:
      EXPECT_TRUE(Expected(engine.DeleteMessage(talk, pick(4), kBufferedWrites)));
      return;
    case 4: {
      BulkDeleteOptions options;
      options.durability = Durability::kBuffered;
      options.owner = owner;
      EXPECT_OK(engine.BulkDelete(Kind::kConversation, std::vector<std::string>{talk, "c0", "c1"}, options));
      return;
    }
    case 5:
      EXPECT_TRUE(Expected(engine.Delete(Kind::kDocument, "d" + std::to_string(pick(3)), {}, kBufferedWrites)));
      return;
    default:
      EXPECT_TRUE(Expected(StatusOf(engine.AppendMessage(talk, MakeMessage(text, text), kBufferedWrites))));
      return;
  }
}

void Read(Engine& engine, RandomSource& random) {
  const std::string talk = "c" + std::to_string(random.Next() % 8);
  const Result<std::unique_ptr<Snapshot>> snapshot = engine.TakeSnapshot();
  ASSERT_OK(snapshot);
  const ReadOptions read{snapshot->get()};
  const Result<Conversation> conversation = engine.GetConversation(talk, read);
  EXPECT_TRUE(Expected(conversation.status()));
  MessageListOptions messages;
  messages.snapshot = snapshot->get();
  const Result<Page<Message>> page = engine.ListMessages(talk, messages);
  EXPECT_EQ(page.ok(), conversation.ok());
  if (page.ok() && conversation.ok()) {
    EXPECT_EQ(conversation->message_count, page->items.size());
  }
  EXPECT_TRUE(Expected(engine.GetConversationJson(talk, true).status()));
  EXPECT_OK(engine.ListConversations(OwnedBy("o1")));
  EXPECT_OK(engine.ListDocuments());
  EXPECT_OK(engine.Statistics());
  Result<ContentReader> reader = engine.OpenContent("d" + std::to_string(random.Next() % 3));
  if (reader.ok()) {
    EXPECT_EQ(ReadRest(*reader).size(), reader->size_bytes());
  }
}

TEST_F(ConcurrencyTest, WorkOfAllSortsLeavesASoundStore) {
  constexpr int kSteps = 250;
  PutTalk("log", 0);
  std::array<std::vector<std::uint64_t>, 3> logged;
  InThreads(6, [&](std::size_t thread, RandomSource& random) {
    for (int step = 0; step < kSteps; ++step) {
      if (thread == 5) {
        if (step % 25 != 0) continue;
        const Result<IntegrityReport> report = engine_->CheckIntegrity();
        ASSERT_OK(report);
        EXPECT_TRUE(report->ok) << FindingsOf(*report);
      } else if (thread >= 3) {
        Read(*engine_, random);
      } else {
        Write(*engine_, random, thread, step);
        const std::string id = std::to_string(thread) + "-" + std::to_string(step);
        const Result<std::uint64_t> place = engine_->AppendMessage("log", MakeMessage(id, id), kBufferedWrites);
        ASSERT_OK(place);
        logged[thread].push_back(*place);
      }
    }
  });
  for (std::size_t thread = 0; thread < logged.size(); ++thread) {
    ASSERT_EQ(logged[thread].size(), static_cast<std::size_t>(kSteps));
    for (std::size_t step = 0; step < logged[thread].size(); ++step) {
      EXPECT_EQ(engine_->GetMessage("log", logged[thread][step])->id, std::to_string(thread) + "-" + std::to_string(step));
    }
  }
  ExpectHealthy(*engine_);
  const Dump before = DumpOf(*engine_);
  Reopen();
  EXPECT_EQ(DifferenceOf(DumpOf(*engine_), before), "");
  ExpectHealthy(*engine_);
}

}  // namespace
}  // namespace coffer
