// The methods of Engine: each calls the part of the engine that does the work. Open and BulkDelete are in lib/operations.
#include "coffer/engine.h"

#include "engine/content_state.h"
#include "engine/core.h"
#include "engine/integrity_check.h"
#include "engine/internals.h"
#include "engine/record_reads.h"
#include "engine/storage_statistics.h"
#include "format/records/record_codec.h"
#include "format/stored/keys.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace {

using engine::ReadView;
using engine::StoreAccess;

const storage::StoreSnapshot* StoreSnapshotOf(const Snapshot* snapshot) {
  return snapshot != nullptr ? engine::Internals::StateOf(*snapshot).get() : nullptr;
}

// A snapshot of another store would give the state of this one at a sequence number of the other.
Status CheckSnapshot(const engine::EngineCore& core, const Snapshot* snapshot) {
  if (snapshot == nullptr || engine::Internals::StateOf(*snapshot).BelongsTo(core)) return Status::Ok();
  return Status::InvalidArgument("snapshot: belongs to another engine");
}

// `options` are of any call that reads.
template <typename Options>
ReadView ViewOf(const StoreAccess& access, const Options& options) {
  return {*access, StoreSnapshotOf(options.snapshot), options.owner};
}

// Commits a batch of one entry.
Result<ItemResult> CommitOne(engine::EngineCore& core, Batch& batch, const WriteOptions& options) {
  COFFER_ASSIGN(std::vector<engine::AppliedItem> items, core.CommitEach(batch, options.durability));
  if (!items.front().status.ok()) return std::move(items.front().status);
  return std::move(items.front().result);
}

// Returns the record's id: the generated one, or `given`, which is copied before the commit because nothing may fail after it.
Result<std::string> CommitRecord(engine::EngineCore& core, Batch& batch, std::string given, const WriteOptions& options) {
  COFFER_ASSIGN(ItemResult item, CommitOne(core, batch, options));
  return item.id.empty() ? std::move(given) : std::move(item.id);
}

template <typename Record, typename Read>
Result<Page<Record>> ParsePage(Result<engine::TextPage> texts, Kind kind, Read read) {
  if (!texts.ok()) return std::move(texts).status();
  Page<Record> page;
  page.next = std::move(texts->next);
  page.items.reserve(texts->texts.size());
  for (std::size_t i = 0; i < texts->texts.size(); ++i) {
    Result<Record> record = read(texts->texts[i]);
    if (!record.ok()) {
      return Status::Corruption(std::string(KindName(kind)) + " " + texts->ids[i] + ": " + record.status().ToString());
    }
    page.items.push_back(std::move(*record));
  }
  return page;
}

// `list` fetches one page, with a copy of `options` that has the cursor.
template <typename T, typename Options, typename List>
Listing<T> ListingOf(Options options, List list) {
  return Listing<T>([options = std::move(options), list = std::move(list)](const std::string& after) {
    return Guarded([&]() -> Result<Page<T>> {
      Options page_options = options;
      if (!after.empty()) page_options.after = after;
      return list(page_options);
    });
  });
}

}  // namespace

Snapshot::Snapshot(std::unique_ptr<engine::SnapshotState> state) : state_(std::move(state)) {}
Snapshot::~Snapshot() = default;

Engine::Engine(std::unique_ptr<engine::EngineCore> core) : core_(std::move(core)) {}
Engine::~Engine() = default;
Status Engine::Close() try { return core_->Close(); } catch (...) {
  return StatusOfException();
}

Result<std::vector<ItemResult>> Engine::Commit(Batch& batch, const WriteOptions& options) try {
  return core_->CommitAll(batch, options.durability);
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::PutConversation(const Conversation& conversation, PutMode mode, const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.PutConversation(conversation, mode));
  return CommitRecord(*core_, batch, conversation.id, options);
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::PutConversationWithMessages(const Conversation& conversation, std::span<const Message> messages,
                                                        PutMode mode, const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.PutConversationWithMessages(conversation, messages, mode));
  return CommitRecord(*core_, batch, conversation.id, options);
} catch (...) {
  return StatusOfException();
}

Result<std::uint64_t> Engine::AppendMessage(std::string_view conversation_id, const Message& message,
                                            const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.AppendMessage(conversation_id, message));
  COFFER_ASSIGN(ItemResult item, CommitOne(*core_, batch, options));
  return item.sequence_number;
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::PutDocument(const Document& document, PutMode mode, const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.PutDocument(document, mode));
  return CommitRecord(*core_, batch, document.id, options);
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::PutDocument(const Document& document, ContentWriter content, PutMode mode,
                                        const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.PutDocument(document, std::move(content), mode));
  return CommitRecord(*core_, batch, document.id, options);
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::PutPrompt(const Prompt& prompt, PutMode mode, const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.PutPrompt(prompt, mode));
  return CommitRecord(*core_, batch, prompt.id, options);
} catch (...) {
  return StatusOfException();
}

Status Engine::Delete(Kind kind, std::string_view id, std::string_view owner, const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.Delete(kind, id, owner));
  Result<ItemResult> item = CommitOne(*core_, batch, options);
  return item.ok() ? Status::Ok() : std::move(item).status();
} catch (...) {
  return StatusOfException();
}

Status Engine::DeleteMessage(std::string_view conversation_id, std::uint64_t sequence_number, const WriteOptions& options) try {
  Batch batch(*this);
  COFFER_TRY(batch.DeleteMessage(conversation_id, sequence_number));
  Result<ItemResult> item = CommitOne(*core_, batch, options);
  return item.ok() ? Status::Ok() : std::move(item).status();
} catch (...) {
  return StatusOfException();
}

Result<ContentWriter> Engine::NewContent() try {
  COFFER_TRY(core_->CheckWritable());
  const StoreAccess access = core_->Access();
  return engine::Internals::WriterOver(std::make_unique<engine::ContentWriterState>(*core_));
} catch (...) {
  return StatusOfException();
}

Result<Conversation> Engine::GetConversation(std::string_view id, const ReadOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  return engine::ReadConversation(ViewOf(access, options), id);
} catch (...) {
  return StatusOfException();
}

Result<Message> Engine::GetMessage(std::string_view conversation_id, std::uint64_t sequence_number,
                                   const ReadOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  return engine::ReadMessage(ViewOf(access, options), conversation_id, sequence_number);
} catch (...) {
  return StatusOfException();
}

Result<Document> Engine::GetDocument(std::string_view id, const ReadOptions& options) try {
  COFFER_ASSIGN(std::string text, GetDocumentJson(id, options));
  format::RecordReader reader;
  Result<Document> record = reader.ReadDocument(text);
  if (!record.ok()) return Status::Corruption("document " + std::string(id) + ": " + record.status().ToString());
  return record;
} catch (...) {
  return StatusOfException();
}

Result<Prompt> Engine::GetPrompt(std::string_view id, const ReadOptions& options) try {
  COFFER_ASSIGN(std::string text, GetPromptJson(id, options));
  format::RecordReader reader;
  Result<Prompt> record = reader.ReadPrompt(text);
  if (!record.ok()) return Status::Corruption("prompt " + std::string(id) + ": " + record.status().ToString());
  return record;
} catch (...) {
  return StatusOfException();
}

Result<Page<Message>> Engine::ListMessages(std::string_view conversation_id, const MessageListOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  return engine::ReadMessages(ViewOf(access, options), conversation_id, options);
} catch (...) {
  return StatusOfException();
}

Result<Page<Conversation>> Engine::ListConversations(const ListOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  COFFER_ASSIGN(engine::TextPage texts, engine::ReadTextPage(ViewOf(access, options), Kind::kConversation, options));
  const std::vector<engine::DerivedMembers> derived = std::move(texts.derived);
  format::RecordReader reader;
  COFFER_ASSIGN(Page<Conversation> page,
                ParsePage<Conversation>(std::move(texts), Kind::kConversation,
                                        [&](const std::string& text) { return reader.ReadConversation(text); }));
  for (std::size_t i = 0; i < page.items.size(); ++i) derived[i].SetIn(page.items[i]);
  return page;
} catch (...) {
  return StatusOfException();
}

Result<Page<Document>> Engine::ListDocuments(const ListOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  format::RecordReader reader;
  return ParsePage<Document>(engine::ReadTextPage(ViewOf(access, options), Kind::kDocument, options), Kind::kDocument,
                             [&](const std::string& text) { return reader.ReadDocument(text); });
} catch (...) {
  return StatusOfException();
}

Result<Page<Prompt>> Engine::ListPrompts(const ListOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  format::RecordReader reader;
  return ParsePage<Prompt>(engine::ReadTextPage(ViewOf(access, options), Kind::kPrompt, options), Kind::kPrompt,
                           [&](const std::string& text) { return reader.ReadPrompt(text); });
} catch (...) {
  return StatusOfException();
}

Result<ContentReader> Engine::OpenContent(std::string_view document_id, const ReadOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  const storage::StoreSnapshot* given = StoreSnapshotOf(options.snapshot);
  // The reader shows the moment of this call as long as it exists.
  std::unique_ptr<storage::StoreSnapshot> own = given == nullptr ? access->TakeSnapshot() : nullptr;
  const ReadView view = {*access, given != nullptr ? given : own.get(), options.owner};
  storage::PinnedValue value;
  COFFER_ASSIGN(const format::ContentReference content, engine::ReadContentReference(view, document_id, value));
  return engine::Internals::ReaderOver(std::make_unique<engine::ContentReaderState>(
      *access, core_->Pin(), given, std::move(own), std::string(document_id), content));
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::GetConversationJson(std::string_view id, bool with_messages, const ReadOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  return engine::ReadConversationText(ViewOf(access, options), id, with_messages);
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::GetMessageJson(std::string_view conversation_id, std::uint64_t sequence_number,
                                           const ReadOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  return engine::ReadMessageText(ViewOf(access, options), conversation_id, sequence_number);
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::GetDocumentJson(std::string_view id, const ReadOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  return engine::ReadRecordText(ViewOf(access, options), Kind::kDocument, id);
} catch (...) {
  return StatusOfException();
}

Result<std::string> Engine::GetPromptJson(std::string_view id, const ReadOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  return engine::ReadRecordText(ViewOf(access, options), Kind::kPrompt, id);
} catch (...) {
  return StatusOfException();
}

Result<Page<std::string>> Engine::ListJson(Kind kind, const ListOptions& options) try {
  COFFER_TRY(CheckSnapshot(*core_, options.snapshot));
  const StoreAccess access = core_->Access();
  COFFER_ASSIGN(engine::TextPage texts, engine::ReadTextPage(ViewOf(access, options), kind, options));
  return Page<std::string>{std::move(texts.texts), std::move(texts.next)};
} catch (...) {
  return StatusOfException();
}

Listing<Conversation> Engine::Conversations(const ListOptions& options) {
  return ListingOf<Conversation>(options, [this](const ListOptions& page) { return ListConversations(page); });
}

Listing<Document> Engine::Documents(const ListOptions& options) {
  return ListingOf<Document>(options, [this](const ListOptions& page) { return ListDocuments(page); });
}

Listing<Prompt> Engine::Prompts(const ListOptions& options) {
  return ListingOf<Prompt>(options, [this](const ListOptions& page) { return ListPrompts(page); });
}

Listing<Message> Engine::Messages(std::string_view conversation_id, const MessageListOptions& options) {
  return ListingOf<Message>(
      options, [this, id = std::string(conversation_id)](const MessageListOptions& page) { return ListMessages(id, page); });
}

Listing<std::string> Engine::RecordsJson(Kind kind, const ListOptions& options) {
  return ListingOf<std::string>(options, [this, kind](const ListOptions& page) { return ListJson(kind, page); });
}

Result<std::unique_ptr<Snapshot>> Engine::TakeSnapshot() try {
  const StoreAccess access = core_->Access();
  return engine::Internals::SnapshotOver(
      std::make_unique<engine::SnapshotState>(*core_, core_->Pin(), access->TakeSnapshot(), core_->Now()));
} catch (...) {
  return StatusOfException();
}

Result<StorageStatistics> Engine::Statistics() try { return engine::TakeStatistics(*core_); } catch (...) {
  return StatusOfException();
}

Result<IntegrityReport> Engine::CheckIntegrity() try {
  std::optional<StoreAccess> access(core_->Access());
  const engine::StorePin pin = core_->Pin();
  storage::Store& store = **access;
  const std::unique_ptr<storage::StoreSnapshot> snapshot = store.TakeSnapshot();
  access.reset();
  return engine::CheckIntegrity(store, snapshot.get());
} catch (...) {
  return StatusOfException();
}

Result<ReclaimReport> Engine::Reclaim() try {
  COFFER_TRY(core_->CheckWritable());
  std::optional<StoreAccess> access(core_->Access());
  const engine::StorePin pin = core_->Pin();
  storage::Store& store = **access;
  access.reset();
  const auto bytes_on_disk = [&store] {
    std::uint64_t bytes = store.LogBytes();
    for (const storage::FamilyName& family : storage::kFamilies) bytes += store.FamilyBytes(family.family);
    return bytes;
  };
  ReclaimReport report;
  report.bytes_before = bytes_on_disk();
  COFFER_TRY_CONTEXT(store.Compact({}), "reclaim");
  report.bytes_after = bytes_on_disk();
  return report;
} catch (...) {
  return StatusOfException();
}

Status Engine::Sync() try {
  COFFER_TRY(core_->CheckWritable());
  return core_->Access()->Sync();
} catch (...) {
  return StatusOfException();
}

bool Engine::switching() const noexcept { return core_->switching(); }
const std::string& Engine::folder() const noexcept { return core_->folder().root(); }
const std::string& Engine::repository() const noexcept { return core_->repository(); }
bool Engine::read_only() const noexcept { return core_->options().read_only; }

}  // namespace coffer
