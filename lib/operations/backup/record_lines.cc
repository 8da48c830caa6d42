#include "operations/backup/record_lines.h"

#include <algorithm>

#include "coffer/record_json.h"
#include "engine/core.h"
#include "format/base64.h"
#include "format/keys.h"
#include "format/message_run.h"
#include "format/record_text.h"
#include "vocabulary/exceptions.h"

namespace coffer::operations {
namespace {

// A multiple of three, so that the pieces' base64 is that of the whole.
constexpr std::size_t kPieceBytes = std::size_t{768} << 10;

// {"id":…} becomes {"type":"…","id":…
std::string OpenLine(Kind kind, const std::string& json) {
  return "{\"type\":\"" + std::string(KindName(kind)) + "\"," + json.substr(1, json.size() - 2);
}

// The record without what its content would tell.
Result<std::string> WithoutContent(const std::string& json) {
  Result<Document> document = ParseDocument(json);
  if (!document.ok() && IsOfMemory(document.status())) return std::move(document).status();
  if (!document.ok()) return Status::Corruption(std::string(document.status().message()));
  document->file_size.reset();
  document->file_hash.reset();
  return ToJson(*document);
}

}  // namespace

Result<std::size_t> RecordLines::Read(char* buffer, std::size_t length) {
  while (offset_ == text_.size()) {
    text_.clear();
    offset_ = 0;
    Result<bool> more = Produce();
    if (!more.ok()) return std::move(more).status();
    if (!*more) return std::size_t{0};
  }
  const std::size_t count = text_.copy(buffer, length, offset_);
  offset_ += count;
  return count;
}

Result<bool> RecordLines::Produce() {
  Status status;
  if (messages_ != nullptr) {
    status = ProduceMessages();
  } else if (content_) {
    status = ProduceContent();
  } else {
    Result<std::optional<RecordName>> record = next_();
    if (!record.ok()) return std::move(record).status();
    if (!*record) return false;
    status = Begin(**record).WithContext(std::string(KindName((*record)->kind)) + " " + (*record)->id);
  }
  if (!status.ok()) return status;
  return true;
}

Status RecordLines::Begin(const RecordName& record) {
  if (record.kind == Kind::kConversation) return BeginConversation(record.id);
  if (record.kind == Kind::kDocument) return BeginDocument(record.id);
  Result<std::string> json = engine_.GetPromptJson(record.id);
  if (!json.ok()) return std::move(json).status();
  text_ = OpenLine(record.kind, *json) + "}\n";
  return Status::Ok();
}

Status RecordLines::BeginConversation(const std::string& id) {
  Result<std::string> json = engine_.GetConversationJson(id, /*with_messages=*/false);
  if (!json.ok()) return std::move(json).status();
  text_ = OpenLine(Kind::kConversation, *json) + ",\"messages\":[";
  const engine::StoreAccess access = engine_.core().Access();
  messages_ = access->NewScan(storage::Family::kMessages, format::MessageKey(id, 0), format::MessagesEnd(id), {});
  messages_->SeekToFirst();
  place_ = format::MessagePlaceText(id);
  first_message_ = true;
  return Status::Ok();
}

Status RecordLines::ProduceMessages() {
  if (!messages_->valid()) {
    Status status = messages_->status();
    messages_.reset();
    text_ = "]}\n";
    return status;
  }
  const auto key = format::ParseMessageKey(messages_->key());
  if (!key || !key->sequence_number) return Status::Corruption("messages: a key that is none");
  format::MessageRun run(*key->sequence_number, messages_->value());
  while (run.Next()) {
    if (!std::exchange(first_message_, false)) text_.push_back(',');
    format::AppendFullMessage(run.message(), place_, run.sequence(), text_);
  }
  messages_->Next();
  return run.status();
}

Status RecordLines::BeginDocument(const std::string& id) {
  Result<std::string> json = engine_.GetDocumentJson(id);
  if (!json.ok()) return std::move(json).status();
  Result<ContentReader> content = engine_.OpenContent(id);
  if (content.ok()) {
    // A look at its first byte tells whether it was left out.
    char first = 0;
    if (Result<std::size_t> got = content->Read(std::span<char>(&first, 1)); !got.ok()) content = std::move(got).status();
  } else if (content.status().code() == StatusCode::kNotFound) {
    text_ = OpenLine(Kind::kDocument, *json) + "}\n";  // it has none
    return Status::Ok();
  }
  if (content.ok()) {
    content->Seek(0);
    content_.emplace(std::move(*content));
    text_ = OpenLine(Kind::kDocument, *json) + ",\"content_base64\":\"";
    return Status::Ok();
  }
  if (content.status().code() != StatusCode::kNotFound) return std::move(content).status();
  ++contents_missing_;
  Result<std::string> bare = WithoutContent(*json);
  if (!bare.ok()) return std::move(bare).status();
  text_ = OpenLine(Kind::kDocument, *bare) + "}\n";
  return Status::Ok();
}

Status RecordLines::ProduceContent() {
  std::string piece(kPieceBytes, '\0');
  Result<std::size_t> got = content_->Read(std::span<char>(piece));
  if (!got.ok()) return std::move(got).status();
  if (*got == 0) {
    content_.reset();
    text_ = "\"}\n";
    return Status::Ok();
  }
  format::AppendBase64(std::string_view(piece).substr(0, *got), text_);
  return Status::Ok();
}

}  // namespace coffer::operations
