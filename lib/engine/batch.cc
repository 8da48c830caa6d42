#include "coffer/batch.h"

#include <algorithm>
#include <utility>

#include "coffer/engine.h"
#include "coffer/limits.h"
#include "engine/batch_state.h"
#include "engine/internals.h"
#include "engine/transaction.h"
#include "format/records/record_codec.h"
#include "format/stored/keys.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace {

using engine::Action;
using engine::BatchEntry;
using engine::EncodedMessage;
using engine::EncodedRow;

// Removes what a failed put added.
class Rollback {
 public:
  explicit Rollback(Batch::State& state) : state_(state), bytes_(state.bytes.size()), messages_(state.messages.size()) {}
  ~Rollback() {
    if (kept_) return;
    state_.bytes.resize(bytes_);
    state_.messages.resize(messages_);
  }
  void Keep() { kept_ = true; }

 private:
  Batch::State& state_;
  std::size_t bytes_;
  std::size_t messages_;
  bool kept_ = false;
};

Status CheckRoom(const Batch::State& state, std::size_t added_bytes = 0) {
  if (state.entries.size() >= kBatchEntriesMax) {
    return Status::ResourceExhausted("batch: more than " + std::to_string(kBatchEntriesMax) + " entries");
  }
  if (state.TotalBytes() + added_bytes > kBatchBytesMax) {
    return Status::ResourceExhausted("batch: more than " + std::to_string(kBatchBytesMax) + " bytes");
  }
  return Status::Ok();
}

// The record with id, created_at and updated_at. Copies it only if one of them is missing, because a copy costs more than the
// encoding.
template <typename Record>
const Record& Completed(const Record& record, engine::EngineCore& core, std::optional<Record>& copy, bool& generated_id) {
  generated_id = record.id.empty();
  if (!generated_id && record.created_at && record.updated_at) return record;
  copy = record;
  if (generated_id) copy->id = core.NewId();
  if (!copy->created_at) copy->created_at = core.Now();
  if (!copy->updated_at) copy->updated_at = copy->created_at;
  return *copy;
}

void BeginRow(Batch::State& state, Kind kind, std::string_view key, EncodedRow& row) {
  row.offset = state.bytes.size();
  row.key_bytes = static_cast<std::uint32_t>(key.size());
  state.bytes.push_back(static_cast<char>(kind));
  state.bytes.append(key);
}

void EndRow(const Batch::State& state, std::size_t json_bytes, EncodedRow& row) {
  row.json_bytes = static_cast<std::uint32_t>(json_bytes);
  row.value_bytes = state.bytes.size() - row.offset - 1 - row.key_bytes;
}

Status EncodeConversation(Batch::State& state, const Conversation& given, BatchEntry& entry) {
  std::optional<Conversation> copy;
  const Conversation& conversation = Completed(given, state.core, copy, entry.generated_id);
  COFFER_TRY(format::CheckId("id", conversation.id));
  COFFER_TRY(format::CheckId("user_id", conversation.user_id));
  entry.id = conversation.id;
  format::ConversationHead& head = entry.head;
  head.status = static_cast<std::uint8_t>(conversation.status);
  head.created_at = *conversation.created_at;
  head.updated_at = *conversation.updated_at;
  head.owner = conversation.user_id;

  std::string key;
  format::AppendConversationTextKey(conversation.id, key);
  BeginRow(state, Kind::kConversation, key, entry.row);
  const std::size_t header_offset = state.bytes.size();
  state.bytes.append(format::kStoredTextHeaderBytes, '\0');
  const std::size_t json_offset = state.bytes.size();
  format::ConversationText text;
  COFFER_TRY(format::AppendConversation(conversation, state.bytes, text));
  std::string header;
  format::AppendStoredTextHeader(text, header);
  state.bytes.replace(header_offset, header.size(), header);
  EndRow(state, state.bytes.size() - json_offset, entry.row);
  head.record = state.TallyOf(entry.row);
  return Status::Ok();
}

// `sequence`: the message's sequence number, if it is known already.
Status EncodeMessage(Batch::State& state, std::string_view conversation_id, const Message& given,
                     std::optional<std::uint64_t> sequence, EncodedMessage& encoded) {
  if (!given.conversation_id.empty() && given.conversation_id != conversation_id) {
    return Status::InvalidArgument("conversation_id: is " + given.conversation_id + ", but the message is put into " +
                                   std::string(conversation_id));
  }
  std::optional<Message> copy;
  if (given.id.empty() || !given.created_at) {
    copy = given;
    if (copy->id.empty()) copy->id = state.core.NewId();
    if (!copy->created_at) copy->created_at = state.core.Now();
  }
  const Message& message = copy ? *copy : given;
  COFFER_TRY(format::CheckId("id", message.id));

  encoded.row.offset = state.bytes.size();
  state.bytes.push_back(static_cast<char>(Kind::kMessage));
  format::AppendMessageKey(conversation_id, sequence.value_or(0), state.bytes);
  encoded.row.key_bytes = static_cast<std::uint32_t>(state.bytes.size() - encoded.row.offset - 1);
  encoded.has_sequence = sequence.has_value();
  encoded.sequence = sequence.value_or(0);
  encoded.created_at = *message.created_at;

  const std::size_t json_offset = state.bytes.size();
  std::size_t id_bytes = 0;
  COFFER_TRY(format::AppendMessage(message, state.bytes, id_bytes));
  const std::string_view json = std::string_view(state.bytes).substr(json_offset);
  encoded.created_at_offset = format::DescribeMessage(json, message.unknown_members.text().size()).created_at_offset;
  EndRow(state, state.bytes.size() - json_offset, encoded.row);
  encoded.id_bytes = static_cast<std::uint16_t>(id_bytes);
  if (encoded.has_sequence) encoded.digest = format::ContentDigest(state.DigestedBytes(encoded.row));
  return Status::Ok();
}

Status EncodeMessages(Batch::State& state, std::string_view conversation_id, std::span<const Message> messages,
                      BatchEntry& entry) {
  entry.first_message = state.messages.size();
  entry.message_count = messages.size();
  std::uint64_t next = 0;
  bool ascending = true;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::uint64_t sequence = messages[i].sequence_number.value_or(next);
    ascending = ascending && (i == 0 || sequence >= next);
    EncodedMessage& encoded = state.messages.emplace_back();
    COFFER_TRY_CONTEXT(EncodeMessage(state, conversation_id, messages[i], sequence, encoded),
                       "messages[" + std::to_string(i) + "]");
    if (sequence == UINT64_MAX)
      return Status::InvalidArgument("messages[" + std::to_string(i) + "].sequence_number: too large");
    next = sequence + 1;
    COFFER_TRY(CheckRoom(state));
  }
  if (ascending) return Status::Ok();
  const auto first = state.messages.begin() + static_cast<std::ptrdiff_t>(entry.first_message);
  std::sort(first, state.messages.end(), [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  const auto twice =
      std::adjacent_find(first, state.messages.end(), [](const auto& a, const auto& b) { return a.sequence == b.sequence; });
  if (twice == state.messages.end()) return Status::Ok();
  return Status::InvalidArgument("messages: sequence_number " + std::to_string(twice->sequence) + " occurs twice");
}

Status PutConversationInto(Batch::State& state, const Conversation& conversation,
                           std::optional<std::span<const Message>> messages, PutMode mode) {
  COFFER_TRY(CheckRoom(state));
  Rollback rollback(state);
  BatchEntry entry;
  entry.action = Action::kPutConversation;
  entry.kind = Kind::kConversation;
  entry.mode = mode;
  COFFER_TRY(EncodeConversation(state, conversation, entry));
  if (messages) {
    entry.replaces_messages = true;
    COFFER_TRY(EncodeMessages(state, entry.id, *messages, entry));
  }
  COFFER_TRY(CheckRoom(state));
  state.entries.push_back(std::move(entry));
  rollback.Keep();
  return Status::Ok();
}

Status PutMessageInto(Batch::State& state, std::string_view conversation_id, const Message& message, PutMode mode,
                      bool appends) {
  COFFER_TRY(CheckRoom(state));
  COFFER_TRY(format::CheckId("conversation_id", conversation_id));
  if (message.sequence_number == UINT64_MAX) return Status::InvalidArgument("sequence_number: too large");
  Rollback rollback(state);
  BatchEntry entry;
  entry.action = Action::kPutMessage;
  entry.kind = Kind::kMessage;
  entry.mode = mode;
  entry.appends = appends;
  entry.generated_id = message.id.empty();
  entry.id = conversation_id;
  entry.first_message = state.messages.size();
  entry.message_count = 1;
  EncodedMessage& encoded = state.messages.emplace_back();
  COFFER_TRY(EncodeMessage(state, conversation_id, message, message.sequence_number, encoded));
  COFFER_TRY(CheckRoom(state));
  state.entries.push_back(std::move(entry));
  rollback.Keep();
  return Status::Ok();
}

// A content that was moved from, or that is in another store, must not be put: its bytes would be missing.
Status CheckContent(const Batch::State& state, const engine::ContentWriterState* content) {
  if (content == nullptr) return Status::InvalidArgument("content: was moved from");
  if (!content->BelongsTo(state.core)) return Status::InvalidArgument("content: belongs to another engine");
  return Status::Ok();
}

Status PutDocumentInto(Batch::State& state, const Document& document, std::unique_ptr<engine::ContentWriterState> content,
                       PutMode mode) {
  COFFER_TRY(CheckRoom(state));
  BatchEntry entry;
  entry.action = Action::kPutDocument;
  entry.kind = Kind::kDocument;
  entry.mode = mode;
  std::optional<Document> copy;
  entry.document = std::make_unique<Document>(Completed(document, state.core, copy, entry.generated_id));
  entry.id = entry.document->id;
  COFFER_TRY(format::CheckId("id", entry.id));
  COFFER_TRY(format::CheckId("owner_id", document.owner_id));
  if (content != nullptr) {
    COFFER_TRY(content->Finish());
    COFFER_TRY(engine::CheckContentFits(*entry.document, content->size_bytes(), content->sha256_hex()));
    entry.content = std::move(content);
  }
  std::string scratch;
  COFFER_TRY(format::AppendDocument(*entry.document, scratch));
  const std::size_t bytes = scratch.size() + (entry.content != nullptr ? entry.content->buffered_bytes() : 0);
  COFFER_TRY(CheckRoom(state, bytes));
  state.entries.push_back(std::move(entry));
  state.document_bytes += bytes;
  return Status::Ok();
}

}  // namespace

Batch::Batch(Engine& engine) : state_(std::make_unique<State>(engine::CoreOf(engine))) {}
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;
Batch::~Batch() = default;

Status Batch::PutConversation(const Conversation& conversation, PutMode mode) try {
  return PutConversationInto(*state_, conversation, std::nullopt, mode);
} catch (...) {
  return StatusOfException();
}

Status Batch::PutConversationWithMessages(const Conversation& conversation, std::span<const Message> messages,
                                          PutMode mode) try {
  return PutConversationInto(*state_, conversation, messages, mode);
} catch (...) {
  return StatusOfException();
}

Status Batch::AppendMessage(std::string_view conversation_id, const Message& message) try {
  return PutMessageInto(*state_, conversation_id, message, PutMode::kKeepExisting, true);
} catch (...) {
  return StatusOfException();
}

Status Batch::PutMessage(std::string_view conversation_id, const Message& message, PutMode mode) try {
  if (!message.sequence_number) return Status::InvalidArgument("sequence_number: is missing");
  return PutMessageInto(*state_, conversation_id, message, mode, false);
} catch (...) {
  return StatusOfException();
}

Status Batch::DeleteMessage(std::string_view conversation_id, std::uint64_t sequence_number) try {
  COFFER_TRY(CheckRoom(*state_));
  COFFER_TRY(format::CheckId("conversation_id", conversation_id));
  engine::BatchEntry entry;
  entry.action = Action::kDeleteMessage;
  entry.kind = Kind::kMessage;
  entry.id = conversation_id;
  entry.sequence = sequence_number;
  state_->entries.push_back(std::move(entry));
  return Status::Ok();
} catch (...) {
  return StatusOfException();
}

Status Batch::PutDocument(const Document& document, PutMode mode) try {
  return PutDocumentInto(*state_, document, nullptr, mode);
} catch (...) {
  return StatusOfException();
}

Status Batch::PutDocument(const Document& document, ContentWriter content, PutMode mode) try {
  COFFER_TRY(CheckContent(*state_, engine::Internals::StateOf(content).get()));
  return PutDocumentInto(*state_, document, std::move(engine::Internals::StateOf(content)), mode);
} catch (...) {
  return StatusOfException();
}

Status Batch::SetContent(std::string_view document_id, ContentWriter content) try {
  COFFER_TRY(CheckRoom(*state_));
  COFFER_TRY(format::CheckId("id", document_id));
  COFFER_TRY(CheckContent(*state_, engine::Internals::StateOf(content).get()));
  COFFER_TRY(content.Finish());
  const std::size_t bytes = engine::Internals::StateOf(content)->buffered_bytes();
  COFFER_TRY(CheckRoom(*state_, bytes));
  engine::BatchEntry entry;
  entry.action = Action::kSetContent;
  entry.kind = Kind::kDocument;
  entry.id = document_id;
  entry.content = std::move(engine::Internals::StateOf(content));
  state_->entries.push_back(std::move(entry));
  state_->document_bytes += bytes;
  return Status::Ok();
} catch (...) {
  return StatusOfException();
}

Status Batch::PutPrompt(const Prompt& given, PutMode mode) try {
  COFFER_TRY(CheckRoom(*state_));
  Rollback rollback(*state_);
  engine::BatchEntry entry;
  entry.action = Action::kPutPrompt;
  entry.kind = Kind::kPrompt;
  entry.mode = mode;
  std::optional<Prompt> copy;
  const Prompt& prompt = Completed(given, state_->core, copy, entry.generated_id);
  COFFER_TRY(format::CheckId("id", prompt.id));
  COFFER_TRY(format::CheckId("owner_id", prompt.owner_id));
  entry.id = prompt.id;
  format::StoredRecord header;
  header.created_at = *prompt.created_at;
  header.updated_at = *prompt.updated_at;
  header.owner = prompt.owner_id;
  BeginRow(*state_, Kind::kPrompt, prompt.id, entry.row);
  format::AppendStoredRecord(Kind::kPrompt, header, state_->bytes);
  const std::size_t json_offset = state_->bytes.size();
  COFFER_TRY(format::AppendPrompt(prompt, state_->bytes));
  EndRow(*state_, state_->bytes.size() - json_offset, entry.row);
  COFFER_TRY(CheckRoom(*state_));
  state_->entries.push_back(std::move(entry));
  rollback.Keep();
  return Status::Ok();
} catch (...) {
  return StatusOfException();
}

Status Batch::Delete(Kind kind, std::string_view id, std::string_view owner) try {
  COFFER_TRY(CheckRoom(*state_));
  if (kind == Kind::kMessage || kind == Kind::kContent) {
    return Status::InvalidArgument("kind: " + std::string(KindName(kind)) + " cannot be deleted by id");
  }
  COFFER_TRY(format::CheckId("id", id));
  engine::BatchEntry entry;
  entry.action = Action::kDelete;
  entry.kind = kind;
  entry.id = id;
  entry.owner = owner;
  state_->entries.push_back(std::move(entry));
  return Status::Ok();
} catch (...) {
  return StatusOfException();
}

std::size_t Batch::size() const noexcept { return state_->entries.size(); }
std::size_t Batch::bytes() const noexcept { return state_->TotalBytes(); }

void Batch::Clear() {
  state_->entries.clear();
  state_->messages.clear();
  state_->bytes.clear();
  state_->document_bytes = 0;
}

}  // namespace coffer
