// What do the steps between a record and its stored bytes cost, each by itself?
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/record_json.h"
#include "coffer/timestamp.h"
#include "corpus.h"
#include "peers/coffer_peer.h"
#include "require.h"

namespace coffer::bench {
namespace {

constexpr std::size_t kMessagesWanted = 2'000;

// Generated records, the same on every machine.
const Corpus& Records() {
  static const Corpus kCorpus = Corpus::Load("");
  return kCorpus;
}

std::vector<std::string> Lines() {
  std::vector<std::string> lines;
  for (const Conversation& conversation : Records().conversations()) {
    for (const coffer::Message& message : MakeHostConversation(conversation).messages) {
      Result<std::string> text = ToJson(message);
      Require(text.ok(), "message", text.status().ToString());
      lines.push_back(std::move(*text));
    }
    if (lines.size() >= kMessagesWanted) break;
  }
  return lines;
}

std::vector<coffer::Message> Messages() {
  std::vector<coffer::Message> messages;
  for (const std::string& line : Lines()) {
    Result<coffer::Message> message = ParseMessage(line);
    Require(message.ok(), "message", message.status().ToString());
    messages.push_back(std::move(*message));
  }
  return messages;
}

void ReadMessage(benchmark::State& state) {
  const std::vector<std::string> lines = Lines();
  std::size_t bytes = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const std::string& line = lines[next++ % lines.size()];
    benchmark::DoNotOptimize(ParseMessage(line));
    bytes += line.size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(ReadMessage);

void WriteMessage(benchmark::State& state) {
  const std::vector<coffer::Message> messages = Messages();
  std::size_t bytes = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    Result<std::string> text = ToJson(messages[next++ % messages.size()]);
    benchmark::DoNotOptimize(text);
    bytes += text->size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(WriteMessage);

void WriteTimestamp(benchmark::State& state) {
  Timestamp timestamp{1'700'000'000'123'456};
  for (auto _ : state) {
    benchmark::DoNotOptimize(FormatTimestamp(timestamp));
    timestamp.microseconds += 1'234'567;
  }
}
BENCHMARK(WriteTimestamp);

void ReadTimestamp(benchmark::State& state) {
  const std::string text = FormatTimestamp(Timestamp{1'700'000'000'123'456});
  for (auto _ : state) benchmark::DoNotOptimize(ParseTimestamp(text));
}
BENCHMARK(ReadTimestamp);

}  // namespace
}  // namespace coffer::bench

BENCHMARK_MAIN();
