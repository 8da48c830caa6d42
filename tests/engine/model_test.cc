// Seeded random work on an engine and on a simple model in memory: the two must always agree.
#include <algorithm>

#include "coffer/limits.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

struct ModelConversation {
  std::string owner;
  std::string title;
  std::map<std::uint64_t, std::pair<std::string, std::string>> messages;  // sequence number -> id and content
  bool operator==(const ModelConversation&) const = default;
};

struct ModelDocument {
  std::string owner;
  std::string filename;
  std::optional<std::string> content;
  bool operator==(const ModelDocument&) const = default;
};

struct Model {
  std::map<std::string, ModelConversation> conversations;
  std::map<std::string, ModelDocument> documents;
  std::map<std::string, std::pair<std::string, std::string>> prompts;  // owner and name
  bool operator==(const Model&) const = default;
};

class ModelTest : public EngineTest {
 protected:
  void Run(std::uint64_t seed, int steps);

 private:
  std::uint64_t Pick(std::uint64_t below) { return random_->Next() % below; }
  std::string TalkId() { return "c" + std::to_string(Pick(12)); }
  std::string DocumentId() { return "d" + std::to_string(Pick(6)); }
  std::string PromptId() { return "p" + std::to_string(Pick(8)); }
  std::string Owner() { return "o" + std::to_string(Pick(3)); }
  std::string Word() { return "w" + std::to_string(Pick(1000)); }

  // Adds a random operation to the batch and applies it to the model. False, with the model unchanged, if it cannot be applied.
  bool Add(Batch& batch, Model& model);
  bool AddConversation(Batch& batch, Model& model);
  bool AddMessage(Batch& batch, Model& model);
  bool DropMessage(Batch& batch, Model& model);
  bool AddDocument(Batch& batch, Model& model);
  bool AddPrompt(Batch& batch, Model& model);
  bool Drop(Batch& batch, Model& model);

  void DeleteInBulk();
  void CommitSome();
  Model Read(const Snapshot* snapshot);
  void Compare(const Snapshot* snapshot, const Model& expected);

  Model model_;
  std::unique_ptr<RandomSource> random_;
};

PutMode ModeOf(std::uint64_t number) { return static_cast<PutMode>(number % 4); }  // all but kNewest: the clock stands still

bool ModelTest::AddConversation(Batch& batch, Model& model) {
  const std::string id = TalkId();
  const PutMode mode = ModeOf(Pick(8) < 5 ? 0 : Pick(4));
  ModelConversation put{Owner(), Word(), {}};
  const bool with_messages = Pick(2) == 0;
  std::vector<Message> messages;
  if (with_messages) {
    const std::uint64_t count = Pick(10) == 0 ? 255 + Pick(4) : Pick(6);
    std::uint64_t place = Pick(4) == 0 ? Pick(5) : 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string text = Word();
      put.messages[place] = {"id-" + text, text};
      messages.push_back(MakeMessage(text, "id-" + text, place));
      place += Pick(15) == 0 ? 1 + Pick(3) : 1;
    }
    if (Pick(2) == 0) std::reverse(messages.begin(), messages.end());
    EXPECT_OK(batch.PutConversationWithMessages(MakeConversation(id, put.owner, put.title), messages, mode));
  } else {
    EXPECT_OK(batch.PutConversation(MakeConversation(id, put.owner, put.title), mode));
  }
  const auto found = model.conversations.find(id);
  const bool exists = found != model.conversations.end();
  if (exists ? mode == PutMode::kInsert : mode == PutMode::kUpdate) return false;
  if (exists && mode == PutMode::kKeepExisting) return true;
  if (exists && !with_messages) put.messages = found->second.messages;
  model.conversations[id] = std::move(put);
  return true;
}

bool ModelTest::AddMessage(Batch& batch, Model& model) {
  const std::string id = TalkId();
  const std::string text = Word();
  const auto talk = model.conversations.find(id);
  const std::uint64_t kind = Pick(5);
  if (kind < 3) {
    EXPECT_OK(batch.AppendMessage(id, MakeMessage(text, "id-" + text)));
    if (talk == model.conversations.end()) return false;
    auto& messages = talk->second.messages;
    messages[messages.empty() ? 0 : messages.rbegin()->first + 1] = {"id-" + text, text};
    return true;
  }
  const std::uint64_t place = Pick(12);
  if (kind == 3) {
    EXPECT_OK(batch.AppendMessage(id, MakeMessage(text, "id-" + text, place)));
    if (talk == model.conversations.end()) return false;
    const auto [at, fresh] = talk->second.messages.try_emplace(place, "id-" + text, text);
    return fresh || at->second.first == "id-" + text;
  }
  const PutMode mode = ModeOf(Pick(4));
  EXPECT_OK(batch.PutMessage(id, MakeMessage(text, "id-" + text, place), mode));
  if (talk == model.conversations.end()) return false;
  const bool exists = talk->second.messages.contains(place);
  if (exists ? mode == PutMode::kInsert : mode == PutMode::kUpdate) return false;
  if (!exists || mode != PutMode::kKeepExisting) talk->second.messages[place] = {"id-" + text, text};
  return true;
}

bool ModelTest::DropMessage(Batch& batch, Model& model) {
  const std::string id = TalkId();
  const auto talk = model.conversations.find(id);
  std::uint64_t place = Pick(8);
  if (talk != model.conversations.end() && !talk->second.messages.empty() && Pick(3) > 0) {
    place = Pick(2) == 0 ? talk->second.messages.begin()->first : talk->second.messages.rbegin()->first;
  }
  EXPECT_OK(batch.DeleteMessage(id, place));
  return talk != model.conversations.end() && talk->second.messages.erase(place) == 1;
}

bool ModelTest::AddDocument(Batch& batch, Model& model) {
  const std::string id = DocumentId();
  ModelDocument put{Owner(), Word() + ".txt", std::nullopt};
  const auto found = model.documents.find(id);
  const bool exists = found != model.documents.end();
  if (Pick(3) > 0) put.content = MakeBytes(Pick(8) == 0 ? kContentChunkBytes + Pick(9) : Pick(500), Pick(1000));
  if (put.content && Pick(3) == 0) {
    EXPECT_OK(batch.SetContent(id, WriteContent(*engine_, *put.content)));
    if (exists) found->second.content = put.content;
    return exists;
  }
  const PutMode mode = ModeOf(Pick(8) < 5 ? 0 : Pick(4));
  const Document document = MakeDocument(id, put.owner, put.filename);
  if (put.content) {
    EXPECT_OK(batch.PutDocument(document, WriteContent(*engine_, *put.content), mode));
  } else {
    EXPECT_OK(batch.PutDocument(document, mode));
  }
  if (exists ? mode == PutMode::kInsert : mode == PutMode::kUpdate) return false;
  if (exists && mode == PutMode::kKeepExisting) return true;
  if (exists && !put.content) put.content = found->second.content;
  model.documents[id] = std::move(put);
  return true;
}

bool ModelTest::AddPrompt(Batch& batch, Model& model) {
  const std::string id = PromptId();
  const std::string owner = Owner();
  const std::string name = Word();
  const PutMode mode = ModeOf(Pick(4));
  EXPECT_OK(batch.PutPrompt(MakePrompt(id, owner, name), mode));
  const bool exists = model.prompts.contains(id);
  if (exists ? mode == PutMode::kInsert : mode == PutMode::kUpdate) return false;
  if (!exists || mode != PutMode::kKeepExisting) model.prompts[id] = {owner, name};
  return true;
}

bool ModelTest::Drop(Batch& batch, Model& model) {
  const std::string owner = Pick(4) == 0 ? Owner() : "";
  const auto drop = [&](auto& records, Kind kind, const std::string& id, const auto& owner_of) {
    EXPECT_OK(batch.Delete(kind, id, owner));
    const auto found = records.find(id);
    if (found == records.end() || (!owner.empty() && owner_of(found->second) != owner)) return false;
    records.erase(found);
    return true;
  };
  switch (Pick(3)) {
    case 0:
      return drop(model.conversations, Kind::kConversation, TalkId(), [](const auto& talk) { return talk.owner; });
    case 1:
      return drop(model.documents, Kind::kDocument, DocumentId(), [](const auto& document) { return document.owner; });
    default:
      return drop(model.prompts, Kind::kPrompt, PromptId(), [](const auto& prompt) { return prompt.first; });
  }
}

bool ModelTest::Add(Batch& batch, Model& model) {
  switch (Pick(12)) {
    case 0:
    case 1:
      return AddConversation(batch, model);
    case 2:
    case 3:
    case 4:
    case 5:
      return AddMessage(batch, model);
    case 6:
    case 7:
      return DropMessage(batch, model);
    case 8:
    case 9:
      return AddDocument(batch, model);
    case 10:
      return AddPrompt(batch, model);
    default:
      return Drop(batch, model);
  }
}

// A batch of one or several operations. If one cannot be applied, nothing may change.
void ModelTest::CommitSome() {
  Batch batch(*engine_);
  Model after = model_;
  bool possible = true;
  const std::uint64_t operations = Pick(3) == 0 ? 2 + Pick(12) : 1;
  for (std::uint64_t i = 0; i < operations && possible; ++i) possible = Add(batch, after);
  const Result<std::vector<ItemResult>> items = engine_->Commit(batch, kBufferedWrites);
  ASSERT_EQ(items.ok(), possible) << items.status().ToString();
  if (possible) model_ = std::move(after);
}

void ModelTest::DeleteInBulk() {
  const std::string owner = Pick(2) == 0 ? Owner() : "";
  BulkDeleteOptions options;
  options.owner = owner;
  options.durability = Durability::kBuffered;
  std::vector<std::string> ids = {TalkId(), TalkId(), TalkId()};
  const Result<BulkDeleteReport> report = engine_->BulkDelete(Kind::kConversation, ids, options);
  ASSERT_OK(report);
  std::size_t deleted = 0;
  for (const std::string& id : ids) {
    const auto talk = model_.conversations.find(id);
    if (talk == model_.conversations.end() || (!owner.empty() && talk->second.owner != owner)) continue;
    model_.conversations.erase(talk);
    ++deleted;
  }
  EXPECT_EQ(report->deleted, deleted);
  EXPECT_EQ(report->deleted + report->errors.size(), ids.size());
}

Model ModelTest::Read(const Snapshot* snapshot) {
  Model read;
  ListOptions all;
  all.snapshot = snapshot;
  const Result<Page<Conversation>> talks = engine_->ListConversations(all);
  const Result<Page<Document>> documents = engine_->ListDocuments(all);
  const Result<Page<Prompt>> prompts = engine_->ListPrompts(all);
  EXPECT_OK(talks);
  EXPECT_OK(documents);
  EXPECT_OK(prompts);
  for (const Conversation& talk : talks->items) {
    ModelConversation& into = read.conversations[talk.id];
    into.owner = talk.user_id;
    into.title = talk.title;
    MessageListOptions options;
    options.snapshot = snapshot;
    const Result<Page<Message>> messages = engine_->ListMessages(talk.id, options);
    EXPECT_OK(messages);
    for (const Message& message : messages->items) into.messages[*message.sequence_number] = {message.id, message.content};
    EXPECT_EQ(talk.message_count, into.messages.size()) << talk.id;
    EXPECT_EQ(talk.last_message_at.has_value(), !into.messages.empty()) << talk.id;
  }
  for (const Document& document : documents->items) {
    ModelDocument& into = read.documents[document.id];
    into.owner = document.owner_id;
    into.filename = document.filename;
    const std::string content = ContentOf(*engine_, document.id, {snapshot});
    if (document.file_size) into.content = content;
    EXPECT_EQ(document.file_size.value_or(6), content.size()) << document.id;
  }
  for (const Prompt& prompt : prompts->items) read.prompts[prompt.id] = {prompt.owner_id, prompt.name};
  return read;
}

void ModelTest::Compare(const Snapshot* snapshot, const Model& expected) {
  const Model read = Read(snapshot);
  EXPECT_EQ(read.prompts, expected.prompts);
  EXPECT_TRUE(read.documents == expected.documents);
  EXPECT_TRUE(read.conversations == expected.conversations);
  for (int i = 0; i < 3; ++i) {
    ListOptions options = OwnedBy("o" + std::to_string(i));
    options.snapshot = snapshot;
    const auto talks = std::count_if(expected.conversations.begin(), expected.conversations.end(),
                                     [&](const auto& talk) { return talk.second.owner == options.owner; });
    EXPECT_EQ(engine_->ListConversations(options)->items.size(), static_cast<std::size_t>(talks));
  }
}

void ModelTest::Run(std::uint64_t seed, int steps) {
  random_ = SeededRandom(seed);
  std::unique_ptr<Snapshot> snapshot;
  Model at_snapshot;
  for (int step = 0; step < steps && !HasFailure(); ++step) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " step " + std::to_string(step));
    const std::uint64_t what = Pick(400);
    if (what == 0) {
      snapshot.reset();
      Reopen();
    } else if (what < 5) {
      Result<std::unique_ptr<Snapshot>> taken = engine_->TakeSnapshot();
      ASSERT_OK(taken);
      snapshot = *std::move(taken);
      at_snapshot = model_;
    } else if (what < 10) {
      Compare(nullptr, model_);
      if (snapshot != nullptr) Compare(snapshot.get(), at_snapshot);
    } else if (what == 10) {
      ExpectHealthy(*engine_);
    } else if (what < 15) {
      DeleteInBulk();
    } else {
      CommitSome();
    }
  }
  snapshot.reset();
  Compare(nullptr, model_);
  ExpectHealthy(*engine_);
  Reopen();
  Compare(nullptr, model_);
}

TEST_F(ModelTest, AgreesWithTheEngineSeed1) { Run(1, 3000); }
TEST_F(ModelTest, AgreesWithTheEngineSeed2) { Run(2, 3000); }
TEST_F(ModelTest, AgreesWithTheEngineSeed3) { Run(3, 3000); }

}  // namespace
}  // namespace coffer
