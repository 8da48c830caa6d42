#include "crash/crash_workload.h"

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "coffer/limits.h"
#include "coffer/random_source.h"
#include "coffer/record_json.h"
#include "format/records/sha256.h"

namespace coffer::crash {
namespace {

// 2026-01-05T10:00:00Z
constexpr std::int64_t kStartSeconds = 1'767'607'200;

Timestamp At(std::uint64_t seconds) { return {(kStartSeconds + static_cast<std::int64_t>(seconds)) * 1'000'000}; }

std::string Numbered(std::string_view prefix, std::uint64_t number) { return std::string(prefix) + std::to_string(number); }

// Makes records from random numbers. There are few ids, so that steps meet records of earlier ones.
class Generator {
 public:
  Generator(std::uint64_t seed, std::string prefix) : random_(SeededRandom(seed)), prefix_(std::move(prefix)) {}

  std::uint64_t Pick(std::uint64_t below) { return random_->Next() % below; }

  std::string Text(std::uint64_t length_max) {
    std::string text(Pick(length_max + 1), ' ');
    for (char& letter : text) letter = static_cast<char>('a' + Pick(26));
    return text;
  }

  std::string TalkId() { return prefix_ + Numbered("c", Pick(24)); }
  std::string FileId() { return prefix_ + Numbered("d", Pick(12)); }
  std::string PromptId() { return prefix_ + Numbered("p", Pick(12)); }
  std::string Owner() { return prefix_ + Numbered("owner", Pick(3)); }

  Message AMessage(std::uint64_t step) {
    Message message;
    message.id = Numbered("m", Pick(1'000'000));
    message.role = Pick(2) == 0 ? Role::kUser : Role::kAssistant;
    message.content = Text(Pick(20) == 0 ? 20'000 : 200);
    message.created_at = At(step);
    return message;
  }

  PutTalk ATalk(std::uint64_t step, bool with_messages) {
    PutTalk put;
    put.conversation.id = TalkId();
    put.conversation.user_id = Owner();
    put.conversation.title = "title " + Text(30);
    put.conversation.created_at = At(Pick(1000));
    put.conversation.updated_at = At(step);
    if (!with_messages) return put;
    // Deletes and replacements take another path from 256 messages on, and where there are gaps.
    const std::uint64_t count = Pick(12) == 0 ? 250 + Pick(20) : Pick(10);
    const bool gaps = Pick(3) == 0;
    put.messages.emplace();
    for (std::uint64_t i = 0; i < count; ++i) {
      put.messages->push_back(AMessage(step));
      put.messages->back().sequence_number = gaps ? 3 * i + 1 : i;
    }
    return put;
  }

  PutFile AFile(std::uint64_t step, bool with_content) {
    constexpr std::uint64_t kSizes[] = {
        0, 1, 700, 70'000, kContentChunkBytes - 1, kContentChunkBytes, kContentChunkBytes + 1, 3 * kContentChunkBytes + 77};
    PutFile put;
    put.document.id = FileId();
    put.document.owner_id = Owner();
    put.document.filename = Text(10) + ".bin";
    put.document.original_filename = put.document.filename;
    put.document.document_type = DocumentType::kOther;
    put.document.status = DocumentStatus::kProcessed;
    put.document.extracted_text = Text(500);
    put.document.created_at = At(Pick(1000));
    put.document.updated_at = At(step);
    if (with_content) put.content = ContentRecipe{kSizes[Pick(Pick(2) == 0 ? 4 : std::size(kSizes))], random_->Next()};
    return put;
  }

  Prompt APrompt(std::uint64_t step) {
    Prompt prompt;
    prompt.id = PromptId();
    prompt.owner_id = Owner();
    prompt.name = "name " + Text(20);
    prompt.content = "content " + Text(300);
    prompt.created_at = At(Pick(1000));
    prompt.updated_at = At(step);
    return prompt;
  }

  // Adds a change that always succeeds.
  void AddPut(std::uint64_t step, Step& changes) {
    switch (Pick(8)) {
      case 0:
      case 1:
        changes.emplace_back(ATalk(step, true));
        return;
      case 2: {
        PutTalk put = ATalk(step, false);
        std::string id = put.conversation.id;
        changes.emplace_back(std::move(put));
        for (std::uint64_t i = Pick(4); i > 0; --i) changes.emplace_back(AddMessage{id, AMessage(step)});
        return;
      }
      case 3:
      case 4:
        changes.emplace_back(AFile(step, true));
        return;
      case 5:
        changes.emplace_back(AFile(step, false));
        return;
      default:
        changes.emplace_back(APrompt(step));
    }
  }

  // Adds a change that may find nothing to change.
  void AddAny(std::uint64_t step, Step& changes) {
    switch (Pick(8)) {
      case 0:
      case 1:
        changes.emplace_back(AddMessage{TalkId(), AMessage(step)});
        return;
      case 2:
        changes.emplace_back(DropMessage{TalkId(), Pick(8)});
        return;
      case 3:
        changes.emplace_back(DropRecord{Kind::kConversation, TalkId()});
        return;
      case 4:
        changes.emplace_back(DropRecord{Kind::kDocument, FileId()});
        return;
      case 5:
        changes.emplace_back(DropRecord{Kind::kPrompt, PromptId()});
        return;
      default:
        AddPut(step, changes);
    }
  }

 private:
  std::unique_ptr<RandomSource> random_;
  std::string prefix_;
};

Status WriteContent(Engine& engine, const ContentRecipe& recipe, std::optional<ContentWriter>& content) {
  Result<ContentWriter> writer = engine.NewContent();
  if (!writer.ok()) return std::move(writer).status();
  if (Status status = writer->Append(MakeContent(recipe)); !status.ok()) return status;
  content.emplace(std::move(*writer));
  return Status::Ok();
}

Status AddTo(Batch& batch, Engine& engine, const Change& change) {
  if (const auto* talk = std::get_if<PutTalk>(&change)) {
    return talk->messages ? batch.PutConversationWithMessages(talk->conversation, *talk->messages)
                          : batch.PutConversation(talk->conversation);
  }
  if (const auto* added = std::get_if<AddMessage>(&change)) return batch.AppendMessage(added->conversation_id, added->message);
  if (const auto* dropped = std::get_if<DropMessage>(&change)) {
    return batch.DeleteMessage(dropped->conversation_id, dropped->sequence_number);
  }
  if (const auto* file = std::get_if<PutFile>(&change)) {
    if (!file->content) return batch.PutDocument(file->document);
    std::optional<ContentWriter> content;
    if (Status status = WriteContent(engine, *file->content, content); !status.ok()) return status;
    return batch.PutDocument(file->document, std::move(*content));
  }
  if (const auto* prompt = std::get_if<Prompt>(&change)) return batch.PutPrompt(*prompt);
  const auto& record = std::get<DropRecord>(change);
  return batch.Delete(record.kind, record.id);
}

bool MayFindNothing(const Change& change) {
  return std::holds_alternative<AddMessage>(change) || std::holds_alternative<DropMessage>(change) ||
         std::holds_alternative<DropRecord>(change);
}

std::string HashOf(std::string_view bytes) {
  format::Sha256 hash;
  hash.Update(bytes);
  return format::HexText(hash.Finish());
}

template <typename Record>
std::string TextOf(const Record& record) {
  const Result<std::string> json = ToJson(record);
  return json.ok() ? *json : "(" + json.status().ToString() + ")";
}

// Calls `take` with every record of a listing.
template <typename Record, typename Take>
Status ForEach(Engine& engine, Result<Page<Record>> (Engine::*list)(const ListOptions&), Take take) {
  ListOptions options;
  do {
    Result<Page<Record>> page = (engine.*list)(options);
    if (!page.ok()) return std::move(page).status();
    for (const Record& record : page->items) {
      if (Status status = take(record); !status.ok()) return status;
    }
    options.after = page->next;
  } while (!options.after.empty());
  return Status::Ok();
}

Result<std::string> ReadMessages(Engine& engine, const std::string& conversation_id) {
  std::string text;
  MessageListOptions options;
  for (;;) {
    Result<Page<Message>> page = engine.ListMessages(conversation_id, options);
    if (!page.ok()) return std::move(page).status();
    for (const Message& message : page->items) text += "\n" + TextOf(message);
    if (page->next.empty()) return text;
    options.from_sequence = std::stoull(page->next);
  }
}

// Hashes the bytes that are read, not the stored hash.
Result<std::string> ReadContentHash(Engine& engine, const std::string& document_id) {
  Result<ContentReader> reader = engine.OpenContent(document_id);
  if (!reader.ok()) return std::move(reader).status();
  std::string bytes(static_cast<std::size_t>(reader->size_bytes()), '\0');
  Result<std::size_t> got = reader->Read(std::span<char>(bytes));
  if (!got.ok()) return std::move(got).status();
  return HashOf(std::string_view(bytes).substr(0, *got));
}

}  // namespace

std::string MakeContent(const ContentRecipe& recipe) {
  const std::unique_ptr<RandomSource> random = SeededRandom(recipe.seed);
  std::string bytes(static_cast<std::size_t>(recipe.size_bytes), '\0');
  // The second half of each block is compressible.
  for (std::size_t i = 0; i < bytes.size(); i += 16) {
    const std::uint64_t number = random->Next();
    for (std::size_t b = 0; b < 8 && i + b < bytes.size(); ++b) bytes[i + b] = static_cast<char>(number >> (8 * b));
  }
  return bytes;
}

std::string LanePrefix(int lane) { return "lane" + std::to_string(lane) + "-"; }

Step MakeStep(std::uint64_t seed, int lane, std::uint64_t number) {
  Generator generator(seed * 1'000'003 + number * 64 + static_cast<std::uint64_t>(lane), LanePrefix(lane));
  Step step;
  if (generator.Pick(3) > 0) {
    generator.AddAny(number, step);
    return step;
  }
  const std::uint64_t puts = generator.Pick(10) == 0 ? 60 : 2 + generator.Pick(5);
  while (step.size() < puts) generator.AddPut(number, step);
  return step;
}

Durability DurabilityOf(std::uint64_t step) { return step % 3 == 2 ? Durability::kBuffered : Durability::kDurable; }

Status CommitStep(Engine& engine, const Step& step, Durability durability) {
  Batch batch(engine);
  for (const Change& change : step) {
    if (Status status = AddTo(batch, engine, change); !status.ok()) return status;
  }
  Result<std::vector<ItemResult>> results = engine.Commit(batch, {durability});
  return results.ok() ? Status::Ok() : std::move(results).status();
}

std::string StockOwner(int number) { return Numbered("owner", static_cast<std::uint64_t>(number)); }

std::vector<Step> MakeStock(std::uint64_t seed) {
  constexpr std::uint64_t kTalks = 1800;
  constexpr std::uint64_t kFiles = 700;
  constexpr std::uint64_t kPrompts = 900;
  constexpr std::size_t kChangesAtOnce = 300;
  Generator generator(seed, "");
  Step all;
  for (std::uint64_t i = 0; i < kTalks; ++i) {
    PutTalk put = generator.ATalk(i, i % 3 == 0);
    put.conversation.id = Numbered("c", i);
    put.conversation.user_id = StockOwner(static_cast<int>(i % kStockOwners));
    put.conversation.created_at = At(i);
    all.emplace_back(std::move(put));
  }
  for (std::uint64_t i = 0; i < kFiles; ++i) {
    PutFile put = generator.AFile(i, i % 2 == 0);
    if (put.content && i % 50 != 0) put.content->size_bytes %= 6000;
    put.document.id = Numbered("d", i);
    put.document.owner_id = StockOwner(static_cast<int>(i % kStockOwners));
    put.document.created_at = At(i);
    all.emplace_back(std::move(put));
  }
  for (std::uint64_t i = 0; i < kPrompts; ++i) {
    Prompt prompt = generator.APrompt(i);
    prompt.id = Numbered("p", i);
    prompt.owner_id = StockOwner(static_cast<int>(i % kStockOwners));
    prompt.created_at = At(i);
    all.emplace_back(std::move(prompt));
  }
  std::vector<Step> steps;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % kChangesAtOnce == 0) steps.emplace_back();
    steps.back().push_back(std::move(all[i]));
  }
  return steps;
}

std::vector<DeleteRound> MakeDeleteRounds() {
  std::vector<DeleteRound> rounds(6);
  const auto add_ids = [](DeleteRound& round, std::string_view prefix, std::uint64_t first, std::uint64_t last,
                          std::uint64_t step) {
    for (std::uint64_t i = first; i < last; i += step) round.ids.push_back(Numbered(prefix, i));
    round.ids.push_back("nobody");           // a missing id
    round.ids.push_back(round.ids.front());  // an id given twice
  };
  rounds[0].selection.kind = Kind::kConversation;
  add_ids(rounds[0], "c", 0, 700, 1);
  rounds[1].selection.kind = Kind::kDocument;
  rounds[1].selection.owner = StockOwner(1);
  rounds[2].selection.kind = Kind::kPrompt;
  add_ids(rounds[2], "p", 0, 900, 2);
  rounds[3].selection.kind = Kind::kConversation;
  rounds[3].selection.created_before = At(1600);
  rounds[4].selection.kind = Kind::kDocument;
  add_ids(rounds[4], "d", 0, 700, 1);
  rounds[5].selection.kind = Kind::kPrompt;
  rounds[5].selection.owner = StockOwner(2);
  rounds[5].selection.created_from = At(100);
  return rounds;
}

Result<BulkDeleteReport> RunDeleteRound(Engine& engine, const DeleteRound& round, Durability durability) {
  BulkDeleteOptions options;
  options.durability = durability;
  return round.ids.empty() ? engine.BulkDelete(round.selection, options)
                           : engine.BulkDelete(round.selection.kind, round.ids, options);
}

Result<State> ReadState(Engine& engine) {
  State state;
  Status status = ForEach(engine, &Engine::ListConversations, [&](const Conversation& conversation) {
    Result<std::string> messages = ReadMessages(engine, conversation.id);
    if (!messages.ok()) return std::move(messages).status().WithContext("messages of conversation " + conversation.id);
    state["conversation " + conversation.id] = TextOf(conversation) + *messages;
    return Status::Ok();
  });
  if (!status.ok()) return status;
  status = ForEach(engine, &Engine::ListDocuments, [&](const Document& document) {
    std::string text = TextOf(document);
    if (document.file_hash) {
      Result<std::string> hash = ReadContentHash(engine, document.id);
      if (!hash.ok()) return std::move(hash).status().WithContext("content of document " + document.id);
      text += "\n" + *hash;
    }
    state["document " + document.id] = std::move(text);
    return Status::Ok();
  });
  if (!status.ok()) return status;
  status = ForEach(engine, &Engine::ListPrompts, [&](const Prompt& prompt) {
    state["prompt " + prompt.id] = TextOf(prompt);
    return Status::Ok();
  });
  if (!status.ok()) return status;
  return state;
}

std::string DifferenceOf(const State& found, const State& expected) {
  constexpr int kToldMax = 8;
  constexpr std::size_t kShownBytes = 300;
  std::string text;
  int told = 0;
  const auto tell = [&](const std::string& what) {
    if (++told <= kToldMax) text += what + "\n";
  };
  for (const auto& [key, value] : expected) {
    const auto there = found.find(key);
    if (there == found.end()) {
      tell(key + ": is missing");
    } else if (there->second != value) {
      tell(key + ": is " + there->second.substr(0, kShownBytes) + "\n  instead of " + value.substr(0, kShownBytes));
    }
  }
  for (const auto& [key, value] : found) {
    if (!expected.contains(key)) tell(key + ": must not be there");
  }
  return told > kToldMax ? text + "and " + std::to_string(told - kToldMax) + " more\n" : text;
}

StatusCode Model::Apply(const Step& step) {
  std::optional<Model> before;  // one change alone does nothing if it fails
  if (step.size() > 1 && std::any_of(step.begin(), step.end(), MayFindNothing)) before = *this;
  for (const Change& change : step) {
    if (!std::visit([this](const auto& one) { return Do(one); }, change)) {
      if (before) *this = *std::move(before);
      return StatusCode::kNotFound;
    }
  }
  return StatusCode::kOk;
}

bool Model::Do(const PutTalk& change) {
  Talk& talk = talks_[change.conversation.id];
  talk.conversation = change.conversation;
  if (!change.messages) return true;
  talk.messages.clear();
  for (const Message& message : *change.messages) talk.messages[*message.sequence_number] = message;
  return true;
}

bool Model::Do(const AddMessage& change) {
  const auto talk = talks_.find(change.conversation_id);
  if (talk == talks_.end()) return false;
  auto& messages = talk->second.messages;
  const std::uint64_t next = messages.empty() ? 0 : messages.rbegin()->first + 1;
  const std::uint64_t sequence = change.message.sequence_number.value_or(next);
  Message& added = messages[sequence];
  added = change.message;
  added.sequence_number = sequence;
  return true;
}

bool Model::Do(const DropMessage& change) {
  const auto talk = talks_.find(change.conversation_id);
  return talk != talks_.end() && talk->second.messages.erase(change.sequence_number) == 1;
}

bool Model::Do(const PutFile& change) {
  Document& document = files_[change.document.id];
  const std::optional<std::uint64_t> size = document.file_size;
  const std::optional<std::string> hash = document.file_hash;
  document = change.document;
  document.file_size = size;
  document.file_hash = hash;
  if (change.content) {
    document.file_size = change.content->size_bytes;
    document.file_hash = HashOf(MakeContent(*change.content));
  }
  return true;
}

bool Model::Do(const Prompt& prompt) {
  prompts_[prompt.id] = prompt;
  return true;
}

bool Model::Do(const DropRecord& change) {
  switch (change.kind) {
    case Kind::kConversation:
      return talks_.erase(change.id) == 1;
    case Kind::kDocument:
      return files_.erase(change.id) == 1;
    default:
      return prompts_.erase(change.id) == 1;
  }
}

State Model::ToState() const {
  State state;
  for (const auto& [id, talk] : talks_) {
    Conversation conversation = talk.conversation;
    conversation.message_count = talk.messages.size();
    if (!talk.messages.empty()) conversation.last_message_at = talk.messages.rbegin()->second.created_at;
    std::string text = TextOf(conversation);
    for (const auto& [sequence, message] : talk.messages) {
      Message placed = message;
      placed.conversation_id = id;
      text += "\n" + TextOf(placed);
    }
    state["conversation " + id] = std::move(text);
  }
  for (const auto& [id, document] : files_) {
    state["document " + id] = TextOf(document) + (document.file_hash ? "\n" + *document.file_hash : "");
  }
  for (const auto& [id, prompt] : prompts_) state["prompt " + id] = TextOf(prompt);
  return state;
}

std::uint64_t Model::records() const {
  std::uint64_t records = talks_.size() + files_.size() + prompts_.size();
  for (const auto& [id, talk] : talks_) records += talk.messages.size();
  return records;
}

bool Model::Has(Kind kind, const std::string& id) const {
  switch (kind) {
    case Kind::kConversation:
      return talks_.contains(id);
    case Kind::kDocument:
      return files_.contains(id);
    default:
      return prompts_.contains(id);
  }
}

std::vector<std::string> Model::Select(const Selection& selection) const {
  std::vector<std::pair<Timestamp, std::string>> found;
  const auto look = [&](const std::string& id, const std::string& owner, Timestamp created_at) {
    if (!selection.owner.empty() && owner != selection.owner) return;
    if (selection.created_from && created_at < *selection.created_from) return;
    if (selection.created_before && created_at >= *selection.created_before) return;
    // One owner's records are in order of time, everybody's in order of ids.
    found.emplace_back(selection.owner.empty() ? Timestamp() : created_at, id);
  };
  if (selection.kind == Kind::kConversation) {
    for (const auto& [id, talk] : talks_) look(id, talk.conversation.user_id, *talk.conversation.created_at);
  } else if (selection.kind == Kind::kDocument) {
    for (const auto& [id, document] : files_) look(id, document.owner_id, *document.created_at);
  } else {
    for (const auto& [id, prompt] : prompts_) look(id, prompt.owner_id, *prompt.created_at);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> ids;
  for (auto& [created_at, id] : found) ids.push_back(std::move(id));
  return ids;
}

std::vector<std::vector<std::string>> Model::CommitsOf(const DeleteRound& round) const {
  const std::vector<std::string> asked = round.ids.empty() ? Select(round.selection) : round.ids;
  std::vector<std::vector<std::string>> commits;
  std::set<std::string> seen;
  for (const std::string& id : asked) {
    if (!seen.insert(id).second) continue;
    // A missing id still takes a place in a commit.
    if (seen.size() % kDeleteBatchRecordsMax == 1) commits.emplace_back();
    if (Has(round.selection.kind, id)) commits.back().push_back(id);
  }
  return commits;
}

void Model::Drop(Kind kind, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) Do(DropRecord{kind, id});
}

}  // namespace coffer::crash
