// python_peer LINES STORE: writes the first conversations of the development data set as NDJSON to LINES, for Python to read,
// and measures the engine's work on them from C++ in STORE. Prints its figures as JSON.
#include <cstdio>
#include <fstream>
#include <random>
#include <vector>

#include "figures.h"
#include "peers/coffer_peer.h"
#include "require.h"

namespace coffer::bench {
namespace {

constexpr std::size_t kConversations = 30'000;
constexpr std::size_t kBatch = 500;
constexpr std::size_t kReads = 20'000;
constexpr std::uint64_t kSeed = 20'261'122;

std::vector<std::vector<HostConversation>> WriteLines(const char* path) {
  const Corpus corpus = Corpus::Load("../shared/data");
  const CorpusCopies copies(corpus, 1, IdForm::kUlid);
  std::ofstream lines(path);
  std::vector<std::vector<HostConversation>> batches;
  for (std::size_t i = 0; i < std::min(kConversations, copies.size()); ++i) {
    if (i % kBatch == 0) batches.emplace_back();
    const Conversation conversation = copies.At(i);
    lines << ConversationLine(conversation) << '\n';
    batches.back().push_back(MakeHostConversation(conversation));
  }
  Require(lines.flush().good(), "cannot write", path);
  return batches;
}

// Random ids, the same that python_bench.py reads. Each is read twice, because the first read opens files.
double MicrosecondsPerRead(CofferPeer& peer, const std::vector<std::string>& ids) {
  std::mt19937_64 random(kSeed);
  std::vector<std::size_t> places(kReads);
  for (std::size_t& place : places) place = random() % ids.size();
  for (std::size_t place : places) peer.Read(ids[place]);
  const Stopwatch watch;
  for (std::size_t place : places) Require(peer.Read(ids[place]) > 0, "read", ids[place]);
  return watch.seconds() / static_cast<double>(kReads) * 1e6;
}

int Run(const char* lines, const char* store) {
  const auto batches = WriteLines(lines);
  CofferPeer peer(store);
  const Stopwatch watch;
  for (const auto& batch : batches) peer.Ingest(batch);
  const double ingest_seconds = watch.seconds();
  peer.Compact();
  std::vector<std::string> ids;
  for (const auto& batch : batches) {
    for (const HostConversation& host : batch) ids.push_back(host.conversation.id);
  }
  std::printf("{\"ingest_s\":%.6f,\"read_us\":%.3f}\n", ingest_seconds, MicrosecondsPerRead(peer, ids));
  return 0;
}

}  // namespace
}  // namespace coffer::bench

int main(int count, char** words) { return count == 3 ? coffer::bench::Run(words[1], words[2]) : 2; }
