#include "operations/export/json_writer.h"

#include <algorithm>

#include "coffer/version.h"
#include "format/base64.h"
#include "format/record_text.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{256} << 10;
constexpr int kLayoutVersion = 1;

void AppendMember(std::string_view name, std::string_view value, std::string& out) {
  out += '"';
  out += name;
  out += "\":";
  format::AppendJsonString(value, out);
}

void AppendCount(std::string_view name, std::uint64_t value, std::string& out) {
  out += '"';
  out += name;
  out += "\":";
  out += std::to_string(value);
}

}  // namespace

Status JsonWriter::Begin() {
  buffer_ += "{\"coffer_export\":{\"version\":" + std::to_string(kLayoutVersion) + ",";
  AppendMember("export_id", report_.export_id, buffer_);
  buffer_ += ',';
  AppendMember("created_at", FormatTimestamp(report_.created_at), buffer_);
  buffer_ += ",\"scope\":\"full\",\"filters\":{},";
  AppendMember("engine_version", Version(), buffer_);
  buffer_ += '}';
  return Status::Ok();
}

Status JsonWriter::BeginKind(Kind kind) {
  buffer_ += ",\"";
  buffer_ += KindNamePlural(kind);
  buffer_ += "\":[";
  first_record_ = true;
  return Status::Ok();
}

Status JsonWriter::EndKind() {
  buffer_ += ']';
  return Status::Ok();
}

Status JsonWriter::End() {
  buffer_ += ",\"counts\":{";
  AppendCount("conversations", report_.conversations, buffer_);
  buffer_ += ',';
  AppendCount("messages", report_.messages, buffer_);
  buffer_ += ',';
  AppendCount("documents", report_.documents, buffer_);
  buffer_ += ',';
  AppendCount("prompts", report_.prompts, buffer_);
  buffer_ += ',';
  AppendCount("contents", report_.contents, buffer_);
  buffer_ += "}}\n";
  return Flush();
}

Status JsonWriter::BeginConversation(std::string_view id, const format::StoredText& text,
                                     const format::ConversationHead& head) {
  Separate(first_record_);
  format::AppendOpenConversation(text, head.messages.count, head.last_message_at, buffer_);
  buffer_ += ",\"messages\":[";
  first_message_ = true;
  message_place_ = format::MessagePlaceText(id);
  ++report_.conversations;
  return Status::Ok();
}

Status JsonWriter::AddMessage(std::string_view, std::uint64_t sequence_number, const format::StoredMessage& message) {
  Separate(first_message_);
  format::AppendFullMessage(message, message_place_, sequence_number, buffer_);
  ++report_.messages;
  return RecordDone();
}

Status JsonWriter::EndConversation() {
  buffer_ += "]}";
  return RecordDone();
}

Status JsonWriter::AddDocument(std::string_view id, const format::StoredRecord& record) {
  Separate(first_record_);
  ++report_.documents;
  buffer_ += record.json;
  if (!options_.include_contents || !record.content) return RecordDone();
  if (!record.json.ends_with('}')) return Status::Corruption("its text is no object");
  buffer_.pop_back();
  buffer_ += ",\"content_base64\":\"";
  if (Status status = AddContent(id, *record.content); !status.ok()) return status;
  buffer_ += "\"}";
  ++report_.contents;
  return RecordDone();
}

// Base64 takes three bytes at a time; what a piece leaves over goes before the next one.
Status JsonWriter::AddContent(std::string_view document_id, const format::ContentReference& content) {
  std::string left_over;
  Status status = contents_(document_id, content, [&](std::string_view piece) {
    if (!left_over.empty()) {
      const std::size_t take = std::min(3 - left_over.size(), piece.size());
      left_over += piece.substr(0, take);
      piece.remove_prefix(take);
      if (left_over.size() < 3) return Status::Ok();
      format::AppendBase64(left_over, buffer_);
      left_over.clear();
    }
    const std::size_t whole = piece.size() / 3 * 3;
    format::AppendBase64(piece.substr(0, whole), buffer_);
    left_over = piece.substr(whole);
    return buffer_.size() < kFlushBytes ? Status::Ok() : Flush();
  });
  if (!status.ok()) return status;
  format::AppendBase64(left_over, buffer_);
  return Status::Ok();
}

Status JsonWriter::AddPrompt(std::string_view, const format::StoredRecord& record) {
  Separate(first_record_);
  buffer_ += record.json;
  ++report_.prompts;
  return RecordDone();
}

Status JsonWriter::RecordDone() {
  context_.AddRecords(1);
  return buffer_.size() < kFlushBytes ? Status::Ok() : Flush();
}

Status JsonWriter::Flush() {
  if (Status status = context_.CheckStop(); !status.ok()) return status;
  Status status = file_.Write(buffer_);
  context_.AddBytes(buffer_.size());
  buffer_.clear();
  return status;
}

}  // namespace coffer::operations
