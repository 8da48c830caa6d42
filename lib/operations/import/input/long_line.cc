#include "operations/import/input/long_line.h"

#include <utility>
#include <variant>

#include "engine/core.h"
#include "engine/internals.h"
#include "engine/record_reads.h"
#include "format/json/json_text.h"
#include "format/records/record_members.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

std::string ItemName(std::size_t index) { return "messages[" + std::to_string(index) + "]"; }

// The "id" in `begun`, the text of an object up to a value not yet read; empty if not found yet.
std::string IdIn(const std::string& begun) {
  CanonicalReader reader;
  std::string id;
  const bool found =
      reader.Start(begun + "null}") && reader.Peek() == '{' && reader.GlanceAt("id", id) == CanonicalReader::Glance::kString;
  return found ? id : std::string();
}

}  // namespace

std::string WithoutId(std::string_view what) {
  return std::string(what) + " has no id: a second import would store it again; generate_ids permits this";
}

LongLine::LongLine(Engine& engine, const ImportOptions& options, format::RecordReader& records)
    : engine_(engine), options_(options), records_(records), splitter_(kRecordBytesMax, *this) {}

Status LongLine::Read(LineSource& lines) {
  if (Status status = SplitLine(lines); !status.ok() || !refusal_.empty()) return status;
  if (!blank()) ReadRest();
  return Status::Ok();
}

Status LongLine::SplitLine(LineSource& lines) {
  for (;;) {
    COFFER_ASSIGN(std::string_view piece, lines.ReadLong());
    Status status = piece.empty() ? splitter_.Finish() : splitter_.Take(piece);
    if (status.code() == StatusCode::kInvalidArgument) {
      refusal_ = status.message();
      return Status::Ok();
    }
    if (!status.ok() || piece.empty()) return status;
  }
}

void LongLine::ReadRest() {
  Result<format::InterchangeRecord> record = records_.ReadLine(splitter_.rest(), options_.kind, options_.owner);
  if (!record.ok()) {
    refusal_ = splitter_.InLine(std::string(record.status().message()));
    return;
  }
  record_ = std::move(*record);
  if (const auto* conversation = std::get_if<Conversation>(&record_->record)) {
    refusal_ = WhyOfAnotherConversation(conversation->id);
  }
}

Status LongLine::NoteAlreadyThere(Kind kind) {
  const bool keeps = options_.mode == PutMode::kKeepExisting || options_.mode == PutMode::kInsert;
  const std::string id = keeps ? IdIn(splitter_.rest()) : std::string();
  if (!format::CheckId("id", id).ok()) return Status::Ok();
  storage::PinnedValue value;
  const engine::StoreAccess access = engine::CoreOf(engine_).Access();
  Status status = access->Get(engine::FamilyOf(kind), id, nullptr, value);
  already_there_ = status.ok() && value.found();
  return status;
}

Status LongLine::BeginMessages() {
  if (Status status = NoteAlreadyThere(Kind::kConversation); !status.ok() || already_there_) return status;
  Result<std::unique_ptr<engine::ConversationWriter>> writer = engine::ConversationWriter::Begin(engine_);
  if (writer.ok()) messages_ = std::move(*writer);
  return writer.ok() ? Status::Ok() : std::move(writer).status();
}

Status LongLine::AddMessage(std::string_view json, std::uint64_t offset) {
  Result<Message> message = records_.ReadMessageOfLine(json, items_);
  if (!message.ok()) {
    return Status::InvalidArgument(format::LineSplitter::InLine(std::string(message.status().message()), offset));
  }
  if (message->id.empty() && !options_.generate_ids) return Status::InvalidArgument(WithoutId(ItemName(items_)));
  NoteConversation(message->conversation_id);
  ++items_;
  return already_there_ ? Status::Ok() : messages_->Append(*std::move(message));
}

void LongLine::NoteConversation(std::string_view conversation_id) {
  if (conversation_id.empty() || differs_at_) return;
  if (named_conversation_.empty()) {
    named_conversation_ = conversation_id;
    named_at_ = items_;
  } else if (named_conversation_ != conversation_id) {
    differs_at_ = items_;
  }
}

std::string LongLine::WhyOfAnotherConversation(std::string_view id) const {
  const bool wrong = !named_conversation_.empty() && named_conversation_ != id;
  if (!wrong && !differs_at_) return {};
  return ItemName(wrong ? named_at_ : *differs_at_) + ".conversation_id: differs from the conversation's id";
}

Status LongLine::BeginContent() {
  if (Status status = NoteAlreadyThere(Kind::kDocument); !status.ok() || already_there_) return status;
  Result<ContentWriter> writer = engine_.NewContent();
  if (writer.ok()) content_.emplace(std::move(*writer));
  return writer.ok() ? Status::Ok() : std::move(writer).status();
}

Status LongLine::AddContent(std::string_view base64) {
  decoded_.clear();
  COFFER_TRY_CONTEXT(base64_.Append(base64, decoded_), format::kContentBase64Word);
  return StoreDecoded();
}

Status LongLine::EndContent() {
  decoded_.clear();
  COFFER_TRY_CONTEXT(base64_.Finish(decoded_), format::kContentBase64Word);
  return StoreDecoded();
}

Status LongLine::StoreDecoded() {
  if (decoded_.size() > kDocumentContentBytesMax - content_bytes_) {
    return Status::InvalidArgument(std::string(format::kContentBase64Word) + ": longer than " +
                                   std::to_string(kDocumentContentBytesMax) + " bytes");
  }
  content_bytes_ += decoded_.size();
  return already_there_ ? Status::Ok() : content_->Append(decoded_);
}

}  // namespace coffer::operations
