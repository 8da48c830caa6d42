#include "operations/restore/interchange_source.h"

#include <algorithm>

#include "coffer/record_json.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/age/base64.h"
#include "format/records/record_codec.h"
#include "format/stored/keys.h"
#include "format/stored/message_run.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// A multiple of three, so that the base64 of the pieces joins to the base64 of the whole content.
constexpr std::size_t kPieceBytes = std::size_t{768} << 10;

// {"id":…} becomes {"type":"…","id":…
std::string OpenLine(Kind kind, const std::string& json) {
  return "{\"type\":\"" + std::string(KindName(kind)) + "\"," + json.substr(1, json.size() - 2);
}

// The record without the members that describe its content.
Result<std::string> WithoutContent(const std::string& json) {
  Result<Document> document = ParseDocument(json);
  if (!document.ok() && IsOfMemory(document.status())) return std::move(document).status();
  if (!document.ok()) return Status::Corruption(std::string(document.status().message()));
  document->file_size.reset();
  document->file_hash.reset();
  return ToJson(*document);
}

}  // namespace

Result<std::size_t> InterchangeSource::Read(char* buffer, std::size_t length) {
  while (offset_ == text_.size()) {
    text_.clear();
    offset_ = 0;
    COFFER_ASSIGN(bool more, Produce());
    if (!more) return std::size_t{0};
  }
  const std::size_t count = text_.copy(buffer, length, offset_);
  offset_ += count;
  return count;
}

Result<bool> InterchangeSource::Produce() {
  Status status;
  if (messages_ != nullptr) {
    status = ProduceMessages();
  } else if (content_) {
    status = ProduceContent();
  } else {
    COFFER_ASSIGN(std::optional<RecordName> record, next_());
    if (!record) return false;
    status = Begin(*record).WithContext(std::string(KindName(record->kind)) + " " + record->id);
  }
  if (!status.ok()) return status;
  return true;
}

Status InterchangeSource::Begin(const RecordName& record) {
  if (record.kind == Kind::kConversation) return BeginConversation(record.id);
  if (record.kind == Kind::kDocument) return BeginDocument(record.id);
  COFFER_ASSIGN(std::string json, engine_.GetPromptJson(record.id));
  text_ = OpenLine(record.kind, json) + "}\n";
  return Status::Ok();
}

Status InterchangeSource::BeginConversation(const std::string& id) {
  COFFER_ASSIGN(std::string json, engine_.GetConversationJson(id, /*with_messages=*/false));
  text_ = OpenLine(Kind::kConversation, json) + ",\"messages\":[";
  const engine::StoreAccess access = engine::CoreOf(engine_).Access();
  messages_ = access->NewScan(storage::Family::kMessages, format::MessageKey(id, 0), format::MessagesEnd(id), {});
  messages_->SeekToFirst();
  place_ = format::MessagePlaceText(id);
  first_message_ = true;
  return Status::Ok();
}

Status InterchangeSource::ProduceMessages() {
  if (!messages_->valid()) {
    Status status = messages_->status();
    messages_.reset();
    text_ = "]}\n";
    return status;
  }
  const auto key = format::ParseMessageKey(messages_->key());
  if (!key || !key->sequence_number) return Status::Corruption("messages: malformed key");
  format::MessageRun run(*key->sequence_number, messages_->value());
  while (run.Next()) {
    if (!std::exchange(first_message_, false)) text_.push_back(',');
    format::AppendFullMessage(run.message(), place_, run.sequence(), text_);
  }
  messages_->Next();
  return run.status();
}

Status InterchangeSource::BeginDocument(const std::string& id) {
  COFFER_ASSIGN(std::string json, engine_.GetDocumentJson(id));
  Result<ContentReader> content = engine_.OpenContent(id);
  if (content.ok()) {
    // Reading the first byte shows whether a backup left the content out.
    char first = 0;
    if (Result<std::size_t> got = content->Read(std::span<char>(&first, 1)); !got.ok()) content = std::move(got).status();
  } else if (content.status().code() == StatusCode::kNotFound) {
    text_ = OpenLine(Kind::kDocument, json) + "}\n";  // it has no content
    return Status::Ok();
  }
  if (content.ok()) {
    content->Seek(0);
    content_.emplace(std::move(*content));
    text_ = OpenLine(Kind::kDocument, json) + ",\"content_base64\":\"";
    return Status::Ok();
  }
  if (content.status().code() != StatusCode::kNotFound) return std::move(content).status();
  ++contents_missing_;
  COFFER_ASSIGN(std::string bare, WithoutContent(json));
  text_ = OpenLine(Kind::kDocument, bare) + "}\n";
  return Status::Ok();
}

Status InterchangeSource::ProduceContent() {
  std::string piece(kPieceBytes, '\0');
  COFFER_ASSIGN(std::size_t got, content_->Read(std::span<char>(piece)));
  if (got == 0) {
    content_.reset();
    text_ = "\"}\n";
    return Status::Ok();
  }
  format::AppendBase64(std::string_view(piece).substr(0, got), text_);
  return Status::Ok();
}

}  // namespace coffer::operations
