#include "backup_store.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <vector>

#include "coffer/record_json.h"
#include "document_copies.h"
#include "peers/coffer_peer.h"
#include "require.h"
#include "zstd_file.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 500;
constexpr std::size_t kDailyShare = 100;
constexpr std::size_t kRecentShare = 10;
constexpr std::size_t kMessagesContinued = 2;

template <typename T>
T Take(Result<T> result, std::string_view what) {
  Require(result.ok(), what, result.status().ToString());
  return std::move(*result);
}

void Ingest(CofferPeer& peer, const CorpusCopies& corpus, std::size_t begin, std::size_t end) {
  std::vector<HostConversation> batch;
  for (std::size_t i = begin; i < end; ++i) {
    batch.push_back(MakeHostConversation(corpus.At(i)));
    if (batch.size() < kBatch && i + 1 < end) continue;
    peer.Ingest(batch);
    batch.clear();
  }
}

void PutPrompts(Engine& engine, const Corpus& corpus, std::size_t copies) {
  Batch batch(engine);
  for (std::size_t copy = 0; copy < copies; ++copy) {
    for (const PlainRecord& record : corpus.prompts()) {
      Prompt prompt = Take(ParsePrompt(record.json), "prompt");
      if (copy > 0) prompt.id += "-" + std::to_string(copy);
      const Status status = batch.PutPrompt(prompt);
      Require(status.ok(), "put", status.ToString());
      if (batch.size() == kBatch) Take(engine.Commit(batch), "commit");
    }
  }
  Take(engine.Commit(batch), "commit");
}

void PutDocuments(Engine& engine, const DocumentCopies& documents) {
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const HostDocument given = documents.At(i);
    ContentWriter content = Take(engine.NewContent(), "content");
    const Status status = content.Append(given.content);
    Require(status.ok(), "content", status.ToString());
    Take(engine.PutDocument(given.document, std::move(content), PutMode::kUpsert, {Durability::kBuffered}), "put");
  }
}

fs::path SamplePath(const fs::path& directory) { return directory.string() + ".sample"; }

void WriteSample(const Corpus& corpus, const CorpusCopies& copies, const fs::path& directory) {
  std::map<std::string_view, std::size_t> by_user;
  for (const Conversation& conversation : corpus.conversations()) ++by_user[conversation.user_id];
  std::vector<std::pair<std::size_t, std::string_view>> users;
  for (const auto& [user, count] : by_user) users.emplace_back(count, user);
  std::sort(users.begin(), users.end());
  std::ofstream file(SamplePath(directory));
  file << copies.At(copies.size() / 2).id << '\n' << users[users.size() / 2].second << '\n';
  Require(file.flush().good(), "writing", SamplePath(directory).string());
}

// Writes one day's records and counts their NDJSON.
class Day {
 public:
  Day(CofferPeer& peer, const CorpusCopies& corpus, const fs::path& lines)
      : peer_(peer), corpus_(corpus), path_(lines), lines_(lines, 0) {}

  void Begin(std::size_t begin, std::size_t end) {
    Ingest(peer_, corpus_, begin, end);
    for (std::size_t i = begin; i < end; ++i) Note(ConversationLine(corpus_.At(i)));
  }

  void Continue(std::size_t end, std::size_t count, std::mt19937_64& random) {
    Engine& engine = peer_.engine();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string id = corpus_.At(end - 1 - random() % (end / kRecentShare)).id;
      const HostConversation source = MakeHostConversation(corpus_.At(random() % end));
      for (std::size_t added = 0; added < std::min(kMessagesContinued, source.messages.size()); ++added) {
        coffer::Message message = source.messages[added];
        message.sequence_number.reset();
        const std::uint64_t place = Take(engine.AppendMessage(id, message, {Durability::kBuffered}), "append");
        Note(Take(engine.GetMessageJson(id, place), "message"));
      }
    }
  }

  std::uint64_t Finish() {
    lines_.Finish();
    return fs::file_size(path_);
  }

 private:
  void Note(std::string_view line) {
    lines_.Append(line);
    lines_.Append("\n");
  }

  CofferPeer& peer_;
  const CorpusCopies& corpus_;
  const fs::path path_;
  ZstdFile lines_;
};

}  // namespace

std::size_t ConversationsADay(const CorpusCopies& corpus) { return corpus.size() / kDailyShare; }

std::size_t ConversationsBefore(const CorpusCopies& corpus, const StoreShape& shape) {
  return corpus.size() - shape.days_held_back * ConversationsADay(corpus);
}

void BuildStore(const StoreShape& shape, const fs::path& directory) {
  fs::remove_all(directory);
  const Corpus corpus = Corpus::Load(shape.data);
  const CorpusCopies copies(corpus, shape.copies, IdForm::kUlid);
  CofferPeer peer(directory);
  PutPrompts(peer.engine(), corpus, shape.copies);
  const std::size_t end = ConversationsBefore(copies, shape);
  Ingest(peer, copies, 0, end / 2);
  if (shape.documents) {
    PutDocuments(peer.engine(), DocumentCopies(corpus, shape.data, directory.string() + ".contents", shape.copies));
  }
  Ingest(peer, copies, end / 2, end);
  WriteSample(corpus, copies, directory);
}

StoreSample SampleOf(const fs::path& directory) {
  StoreSample sample;
  std::ifstream file(SamplePath(directory));
  std::getline(file, sample.conversation_id);
  std::getline(file, sample.median_user);
  Require(!sample.median_user.empty(), "reading", SamplePath(directory).string());
  return sample;
}

std::uint64_t UseForADay(const StoreShape& shape, std::size_t day, const fs::path& directory) {
  const Corpus corpus = Corpus::Load(shape.data);
  const CorpusCopies copies(corpus, shape.copies, IdForm::kUlid);
  const std::size_t daily = ConversationsADay(copies);
  const std::size_t begin = ConversationsBefore(copies, shape) + day * daily;
  CofferPeer peer(directory);
  Day use(peer, copies, directory.string() + ".day.ndjson.zst");
  std::mt19937_64 random(11 + day);
  use.Begin(begin, begin + daily);
  use.Continue(begin + daily, daily, random);
  return use.Finish();
}

}  // namespace coffer::bench
