// What does one engine call cost on a store that fits into memory?
#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "coffer/engine.h"
#include "require.h"

namespace coffer::bench {
namespace {

constexpr int kConversations = 2'000;
constexpr int kMessagesEach = 6;
constexpr int kOwners = 200;

// A store that is removed with the benchmark.
class FilledStore {
 public:
  FilledStore() : folder_(std::filesystem::temp_directory_path() / "coffer-call-bench") {
    std::filesystem::remove_all(folder_);
    Result<std::unique_ptr<Engine>> engine = Engine::Open(folder_.string());
    Require(engine.ok(), "open", engine.status().ToString());
    engine_ = std::move(*engine);
    for (int i = 0; i < kConversations; ++i) ids_.push_back(Put(i));
  }
  ~FilledStore() {
    Require(engine_->Close().ok(), "close");
    std::filesystem::remove_all(folder_);
  }

  Engine& engine() { return *engine_; }
  const std::string& id(std::size_t place) const { return ids_[place % ids_.size()]; }

 private:
  std::string Put(int number) {
    Conversation conversation;
    conversation.user_id = "user-" + std::to_string(number % kOwners);
    conversation.title = "Conversation " + std::to_string(number);
    Message message;
    message.content = "A message of about the length that people write when they ask for something.";
    const std::vector<Message> messages(kMessagesEach, message);
    Result<std::string> id =
        engine_->PutConversationWithMessages(conversation, messages, PutMode::kInsert, {.durability = Durability::kBuffered});
    Require(id.ok(), "put", id.status().ToString());
    return *id;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::string> ids_;
};

void AppendMessage(benchmark::State& state) {
  FilledStore store;
  Message message;
  message.content = "one more";
  const WriteOptions options{.durability = state.range(0) == 0 ? Durability::kBuffered : Durability::kDurable};
  std::size_t next = 0;
  for (auto _ : state) {
    Require(store.engine().AppendMessage(store.id(next++), message, options).ok(), "append");
  }
}
BENCHMARK(AppendMessage)->ArgName("durable")->Arg(0)->Arg(1);

void GetConversationJson(benchmark::State& state) {
  FilledStore store;
  std::size_t next = 0;
  for (auto _ : state) Require(store.engine().GetConversationJson(store.id(next++), state.range(0) != 0).ok(), "get");
}
BENCHMARK(GetConversationJson)->ArgName("messages")->Arg(0)->Arg(1);

void ListByOwner(benchmark::State& state) {
  FilledStore store;
  ListOptions options;
  options.owner = "user-7";
  for (auto _ : state) Require(store.engine().ListJson(Kind::kConversation, options).ok(), "list");
}
BENCHMARK(ListByOwner);

void TakeStatistics(benchmark::State& state) {
  FilledStore store;
  for (auto _ : state) Require(store.engine().Statistics().ok(), "statistics");
}
BENCHMARK(TakeStatistics);

}  // namespace
}  // namespace coffer::bench

BENCHMARK_MAIN();
