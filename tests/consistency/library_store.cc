#include "consistency/library_store.h"

#include <array>
#include <utility>

#include "coffer/batch.h"
#include "coffer/record_json.h"
#include "engine/conversation_writer.h"
#include "vocabulary/try.h"

namespace coffer::consistency {
namespace {

struct LibrarySnapshot final : WatchedSnapshot {
  explicit LibrarySnapshot(std::unique_ptr<Snapshot> taken) : snapshot(std::move(taken)) {}
  std::unique_ptr<Snapshot> snapshot;
};

const Snapshot* At(const WatchedSnapshot* snapshot) {
  return snapshot != nullptr ? static_cast<const LibrarySnapshot*>(snapshot)->snapshot.get() : nullptr;
}

ReadOptions OptionsOf(const Call& call, const WatchedSnapshot* snapshot) {
  return {.snapshot = At(snapshot), .owner = call.owner};
}

template <typename Record>
Result<std::string> TextOf(const Result<Record>& record) {
  if (!record.ok()) return record.status();
  return ToJson(*record);
}

template <typename Record>
Result<PageOfJson> TextsOf(const Result<Page<Record>>& page) {
  if (!page.ok()) return page.status();
  PageOfJson texts;
  for (const Record& record : page->items) {
    COFFER_ASSIGN(std::string text, ToJson(record));
    texts.items.push_back(std::move(text));
  }
  texts.next = page->next;
  return texts;
}

class LibraryStore final : public WatchedStore {
 public:
  explicit LibraryStore(Engine& engine) : engine_(engine) {}

  Status Commit(std::span<const Change> changes) override {
    Batch batch(engine_);
    for (const Change& change : changes) COFFER_TRY(Add(change, batch));
    return engine_.Commit(batch, {Durability::kBuffered}).status();
  }

  bool has_bulk() const override { return true; }

  Status CommitBulk(const Change& put) override {
    COFFER_ASSIGN(std::unique_ptr<engine::ConversationWriter> writer, engine::ConversationWriter::Begin(engine_));
    for (const std::string& json : put.messages) {
      COFFER_ASSIGN(Message message, ParseMessage(json));
      COFFER_TRY(writer->Append(std::move(message)));
    }
    COFFER_ASSIGN(const Conversation conversation, ParseConversation(put.json));
    COFFER_TRY(writer->Finish(conversation, PutMode::kUpsert));
    COFFER_ASSIGN(const engine::AppliedItem item, writer->Commit());
    return item.status;
  }

  std::unique_ptr<WatchedSnapshot> TakeSnapshot() override {
    Result<std::unique_ptr<Snapshot>> snapshot = engine_.TakeSnapshot();
    return snapshot.ok() ? std::make_unique<LibrarySnapshot>(*std::move(snapshot)) : nullptr;
  }

  Result<std::string> Get(const Call& call, const WatchedSnapshot* snapshot) override {
    const ReadOptions options = OptionsOf(call, snapshot);
    const bool as_struct = call.as_struct && !call.with_messages;
    switch (call.kind) {
      case Kind::kMessage:
        return as_struct ? TextOf(engine_.GetMessage(call.id, call.sequence, options))
                         : engine_.GetMessageJson(call.id, call.sequence, options);
      case Kind::kDocument:
        return as_struct ? TextOf(engine_.GetDocument(call.id, options)) : engine_.GetDocumentJson(call.id, options);
      case Kind::kPrompt:
        return as_struct ? TextOf(engine_.GetPrompt(call.id, options)) : engine_.GetPromptJson(call.id, options);
      default:
        return as_struct ? TextOfConversation(call, options)
                         : engine_.GetConversationJson(call.id, call.with_messages, options);
    }
  }

  Result<std::string> GetContent(const Call& call, const WatchedSnapshot* snapshot) override {
    COFFER_ASSIGN(ContentReader reader, engine_.OpenContent(call.id, OptionsOf(call, snapshot)));
    std::string bytes;
    std::array<char, 60'000> buffer;
    while (true) {
      COFFER_ASSIGN(const std::size_t got, reader.Read(buffer));
      if (got == 0) return bytes;
      bytes.append(buffer.data(), got);
    }
  }

  Result<PageOfJson> List(const Call& call, const WatchedSnapshot* snapshot) override {
    const ListOptions options = {.owner = call.owner, .limit = call.limit, .after = call.after, .snapshot = At(snapshot)};
    if (!call.as_struct) {
      COFFER_ASSIGN(Page<std::string> page, engine_.ListJson(call.kind, options));
      return PageOfJson{std::move(page.items), std::move(page.next)};
    }
    return call.kind == Kind::kConversation ? TextsOfConversations(engine_.ListConversations(options))
           : call.kind == Kind::kDocument   ? TextsOf(engine_.ListDocuments(options))
                                            : TextsOf(engine_.ListPrompts(options));
  }

  Result<PageOfJson> ListMessages(const Call& call, const WatchedSnapshot* snapshot) override {
    return TextsOf(engine_.ListMessages(call.id, {.from_sequence = call.sequence,
                                                  .limit = call.limit,
                                                  .after = call.after,
                                                  .snapshot = At(snapshot),
                                                  .owner = call.owner}));
  }

 private:
  Status Add(const Change& change, Batch& batch) {
    switch (change.entry) {
      case Entry::kPutConversation:
      case Entry::kPutWithMessages:
        return AddConversation(change, batch);
      case Entry::kAppendMessage: {
        COFFER_ASSIGN(const Message message, ParseMessage(change.json));
        return batch.AppendMessage(change.id, message);
      }
      case Entry::kDeleteMessage:
        return batch.DeleteMessage(change.id, change.sequence);
      case Entry::kPutDocument: {
        COFFER_ASSIGN(const Document document, ParseDocument(change.json));
        COFFER_ASSIGN(ContentWriter content, engine_.NewContent());
        COFFER_TRY(content.Append(change.content));
        return batch.PutDocument(document, std::move(content));
      }
      case Entry::kPutPrompt: {
        COFFER_ASSIGN(const Prompt prompt, ParsePrompt(change.json));
        return batch.PutPrompt(prompt);
      }
      case Entry::kDelete:
        return batch.Delete(change.kind, change.id);
    }
    return Status::Internal("an unknown entry");
  }

  static Status AddConversation(const Change& change, Batch& batch) {
    COFFER_ASSIGN(const Conversation conversation, ParseConversation(change.json));
    if (change.entry == Entry::kPutConversation) return batch.PutConversation(conversation);
    std::vector<Message> messages;
    for (const std::string& json : change.messages) {
      COFFER_ASSIGN(Message message, ParseMessage(json));
      messages.push_back(std::move(message));
    }
    return batch.PutConversationWithMessages(conversation, messages);
  }

  Result<std::string> TextOfConversation(const Call& call, const ReadOptions& options) {
    COFFER_ASSIGN(const Conversation conversation, engine_.GetConversation(call.id, options));
    return ToJson(conversation);
  }

  static Result<PageOfJson> TextsOfConversations(const Result<Page<Conversation>>& page) { return TextsOf(page); }

  Engine& engine_;
};

}  // namespace

std::unique_ptr<WatchedStore> WatchLibrary(Engine& engine) { return std::make_unique<LibraryStore>(engine); }

}  // namespace coffer::consistency
