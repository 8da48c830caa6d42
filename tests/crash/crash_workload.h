// What the crash tests write. A step follows from a seed and its number alone, so that the killed worker and the test that
// checks its store agree on every byte of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "coffer/engine.h"

namespace coffer::crash {

// Small, so that a few seconds of work flush and merge files.
inline constexpr std::size_t kWorkerWriteBufferBytes = std::size_t{4} << 20;

// A content as the values it is generated from, since models keep many.
struct ContentRecipe {
  std::uint64_t size_bytes = 0;
  std::uint64_t seed = 0;
};
std::string MakeContent(const ContentRecipe& recipe);

struct PutTalk {
  Conversation conversation;
  std::optional<std::vector<Message>> messages;  // absent: the messages stay
};
struct AddMessage {
  std::string conversation_id;
  Message message;
};
struct DropMessage {
  std::string conversation_id;
  std::uint64_t sequence_number = 0;
};
struct PutFile {
  Document document;
  std::optional<ContentRecipe> content;  // absent: the content stays
};
struct DropRecord {
  Kind kind = Kind::kPrompt;
  std::string id;
};
using Change = std::variant<PutTalk, AddMessage, DropMessage, PutFile, Prompt, DropRecord>;

// The changes of one commit.
using Step = std::vector<Change>;

// Step `number` of a lane. Lanes are written by different threads: each has ids of its own, which begin with LanePrefix.
Step MakeStep(std::uint64_t seed, int lane, std::uint64_t number);
std::string LanePrefix(int lane);

// Commits a step. kNotFound if a change needs a missing record; then nothing is changed.
Status CommitStep(Engine& engine, const Step& step, Durability durability);
// Every third step must survive the process only, not power loss.
Durability DurabilityOf(std::uint64_t step);

// Enough records for bulk deletes of several commits each: numbered ids, three owners, created one second apart.
std::vector<Step> MakeStock(std::uint64_t seed);
inline constexpr int kStockOwners = 3;
std::string StockOwner(int number);

// One call of Engine::BulkDelete.
struct DeleteRound {
  std::vector<std::string> ids;  // if not empty, ids of `selection`'s kind; the rest of the selection is not used
  Selection selection;
};
std::vector<DeleteRound> MakeDeleteRounds();
Result<BulkDeleteReport> RunDeleteRound(Engine& engine, const DeleteRound& round, Durability durability);

// A store's records, each as text by its kind and id: "conversation c1", with its messages; "document d1", with its content's
// size and hash; "prompt p1".
using State = std::map<std::string, std::string>;
Result<State> ReadState(Engine& engine);
// The first keys in which two states differ; empty if they are equal.
std::string DifferenceOf(const State& found, const State& expected);

// What a store must hold after some steps.
class Model {
 public:
  // kOk, or kNotFound with nothing changed, as CommitStep.
  StatusCode Apply(const Step& step);
  State ToState() const;
  // Conversations, messages, documents and prompts together.
  std::uint64_t records() const;
  // The ids that a bulk delete finds, by the commits that delete them.
  std::vector<std::vector<std::string>> CommitsOf(const DeleteRound& round) const;
  void Drop(Kind kind, const std::vector<std::string>& ids);

 private:
  struct Talk {
    Conversation conversation;
    std::map<std::uint64_t, Message> messages;
  };

  std::vector<std::string> Select(const Selection& selection) const;
  bool Has(Kind kind, const std::string& id) const;
  bool Do(const PutTalk& change);
  bool Do(const AddMessage& change);
  bool Do(const DropMessage& change);
  bool Do(const PutFile& change);
  bool Do(const Prompt& prompt);
  bool Do(const DropRecord& change);

  std::map<std::string, Talk> talks_;
  std::map<std::string, Document> files_;  // with their contents' sizes and hashes
  std::map<std::string, Prompt> prompts_;
};

}  // namespace coffer::crash
