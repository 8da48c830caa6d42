// The records of ImportReader: converts each line of an input to a batch entry of the current chunk or to a refusal.
#include <algorithm>
#include <utility>
#include <variant>

#include "engine/core.h"
#include "engine/internals.h"
#include "format/stored/stored_record.h"
#include "operations/files/content_entry_names.h"
#include "operations/import/import_reader.h"
#include "operations/import/input/byte_sources.h"
#include "operations/import/input/file_below_folder.h"
#include "operations/import/input/long_line.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// Limits the lines of a chunk, so that an input of errors alone is bounded, too.
constexpr std::size_t kChunkLinesMax = 2 * kImportBatchRecordsMax;

std::string PlaceOf(const Message& message) {
  std::string place = "conversation " + message.conversation_id;
  if (message.sequence_number) place += ", sequence_number " + std::to_string(*message.sequence_number);
  return place;
}

}  // namespace

Status ImportReader::ReadLines(LineSource& lines) {
  for (;;) {
    COFFER_ASSIGN(std::optional<TextLine> line, lines.Next());
    if (!line) return Status::Ok();
    COFFER_TRY(ReadRecord(*line, lines));
  }
}

Status ImportReader::ReadRecord(const TextLine& text, LineSource& lines) {
  ImportLine line;
  line.file = input_index_;
  line.line = text.number;
  if (!text.file_problem.empty()) {
    line.place = input_->name;
    line.state = LineState::kFileProblem;
    line.reason = text.file_problem;
    return AddLine(std::move(line));
  }
  if (!text.refusal.empty()) return Refuse(std::move(line), std::string(text.refusal));
  if (text.too_long) return ReadLongRecord(lines, std::move(line));
  Result<format::InterchangeRecord> record = records_.ReadLine(text.text, options_.kind, options_.owner);
  if (!record.ok()) return Refuse(std::move(line), std::string(record.status().message()));
  return PutRecord(*record, nullptr, std::move(line));
}

Status ImportReader::ReadLongRecord(LineSource& lines, ImportLine line) {
  LongLine long_line(engine_, options_, records_);
  COFFER_TRY(long_line.Read(lines));
  if (!long_line.refusal().empty()) return Refuse(std::move(line), long_line.refusal());
  return long_line.blank() ? Status::Ok() : PutRecord(long_line.record(), &long_line, std::move(line));
}

Status ImportReader::PutRecord(format::InterchangeRecord& record, LongLine* parts, ImportLine line) {
  if (const auto* conversation = std::get_if<Conversation>(&record.record)) {
    const bool streamed = parts != nullptr && (parts->messages() != nullptr || parts->already_there());
    return streamed ? PutLongConversation(*conversation, *parts, std::move(line))
                    : PutConversation(*conversation, record.messages, std::move(line));
  }
  if (const auto* message = std::get_if<Message>(&record.record)) return PutMessage(*message, std::move(line));
  if (const auto* prompt = std::get_if<Prompt>(&record.record)) return PutPrompt(*prompt, std::move(line));
  return PutDocument(record, parts, std::move(line));
}

std::string ImportReader::WhyWithoutId(std::string_view id, std::string_view what) const {
  return id.empty() && !options_.generate_ids ? WithoutId(what) : std::string();
}

Status ImportReader::PutConversation(const Conversation& conversation, const std::optional<std::vector<Message>>& messages,
                                     ImportLine line) {
  line.kind = Kind::kConversation;
  if (std::string why = WhyWithoutId(conversation.id, "conversation"); !why.empty()) return Refuse(std::move(line), why);
  if (!messages) {
    return AddPut(std::move(line), chunk_->batch.PutConversation(conversation, mode_));
  }
  for (std::size_t i = 0; i < messages->size(); ++i) {
    if (!(*messages)[i].id.empty() || options_.generate_ids) continue;
    return Refuse(std::move(line), WhyWithoutId({}, "messages[" + std::to_string(i) + "]"));
  }
  line.messages = messages->size();
  return AddPut(std::move(line), chunk_->batch.PutConversationWithMessages(conversation, *messages, mode_));
}

Status ImportReader::PutLongConversation(const Conversation& conversation, LongLine& parts, ImportLine line) {
  line.kind = Kind::kConversation;
  if (std::string why = WhyWithoutId(conversation.id, "conversation"); !why.empty()) return Refuse(std::move(line), why);
  if (parts.already_there()) return AddAlreadyThere(std::move(line));
  engine::ConversationWriter& writer = *parts.messages();
  if (writer.messages() == 0) {
    return AddPut(std::move(line), chunk_->batch.PutConversationWithMessages(conversation, std::span<const Message>(), mode_));
  }
  line.messages = writer.messages();
  Status finished = writer.Finish(conversation, mode_);
  if (finished.code() == StatusCode::kInvalidArgument) return Refuse(std::move(line), std::string(finished.message()));
  COFFER_TRY(std::move(finished));
  COFFER_TRY(HandOver());
  chunk_->conversation = std::move(parts.messages());
  chunk_->lines.push_back(std::move(line));
  return HandOver();
}

Status ImportReader::PutMessage(const Message& message, ImportLine line) {
  line.kind = Kind::kMessage;
  if (message.conversation_id.empty()) return Refuse(std::move(line), "conversation_id: missing");
  if (std::string why = WhyWithoutId(message.id, "message"); !why.empty()) return Refuse(std::move(line), why);
  if (!message.sequence_number && !options_.generate_ids) {
    return Refuse(std::move(line), "sequence_number: missing; a second import would append the message again");
  }
  line.place = PlaceOf(message);
  Batch& batch = chunk_->batch;
  return AddPut(std::move(line), message.sequence_number ? batch.PutMessage(message.conversation_id, message, mode_)
                                                         : batch.AppendMessage(message.conversation_id, message));
}

Status ImportReader::PutPrompt(const Prompt& prompt, ImportLine line) {
  line.kind = Kind::kPrompt;
  if (std::string why = WhyWithoutId(prompt.id, "prompt"); !why.empty()) return Refuse(std::move(line), why);
  return AddPut(std::move(line), chunk_->batch.PutPrompt(prompt, mode_));
}

Status ImportReader::PutDocument(format::InterchangeRecord& record, LongLine* parts, ImportLine line) {
  line.kind = Kind::kDocument;
  Document& document = std::get<Document>(record.record);
  if (std::string why = WhyWithoutId(document.id, "document"); !why.empty()) return Refuse(std::move(line), why);
  if (record.content && record.content_path) {
    return Refuse(std::move(line), "content_base64 and content_path exclude each other");
  }
  const bool is_held = temporary_contents_.Has(document.id);
  if (!record.content && !record.content_path && !is_held && !contents_.given()) {
    return AddPut(std::move(line), chunk_->batch.PutDocument(document, mode_));
  }
  if (parts != nullptr && parts->already_there()) return AddAlreadyThere(std::move(line));
  Result<bool> keeps = KeepsStoredDocument(document);
  if (!keeps.ok() && keeps.status().code() == StatusCode::kInvalidArgument) {
    return Refuse(std::move(line), std::string(keeps.status().message()));
  }
  if (!keeps.ok()) return std::move(keeps).status();
  if (*keeps) return AddAlreadyThere(std::move(line));
  PendingDocument pending;
  pending.document = std::move(document);
  pending.file = line.file;
  pending.line = line.line;
  if (!record.content && !record.content_path && !is_held) return contents_.Deliver(std::move(pending));
  return StoreContent(pending, record, parts);
}

Result<bool> ImportReader::KeepsStoredDocument(const Document& document) {
  if (mode_ == PutMode::kUpsert || document.id.empty()) return false;
  COFFER_TRY(format::CheckId("id", document.id));
  const engine::StoreAccess access = engine::CoreOf(engine_).Access();
  storage::PinnedValue value;
  COFFER_TRY(access->Get(storage::Family::kDocuments, document.id, nullptr, value));
  if (!value.found()) return false;
  if (mode_ == PutMode::kKeepExisting) return true;
  COFFER_ASSIGN_CONTEXT(format::StoredRecord stored, format::DecodeStoredRecord(Kind::kDocument, value.view()),
                        "document " + document.id);
  const std::optional<Timestamp> ours = document.updated_at ? document.updated_at : document.created_at;
  return ours && stored.updated_at >= *ours;
}

// The content is in the line or in the file that the line names.
Status ImportReader::StoreContent(const PendingDocument& pending, format::InterchangeRecord& record, LongLine* parts) {
  std::optional<ContentWriter> content;
  std::string refusal;
  COFFER_TRY(FindContent(record, parts, pending.document.id, content, refusal));
  if (!content) return RefuseDocument(pending, "content_path: " + refusal);
  return PutDocumentContent(pending, std::move(*content));
}

Status ImportReader::FindContent(format::InterchangeRecord& record, LongLine* parts, std::string_view document_id,
                                 std::optional<ContentWriter>& content, std::string& refusal) {
  if (parts != nullptr && parts->content()) {
    content = std::move(parts->content());
    return Status::Ok();
  }
  if (record.content) {
    COFFER_ASSIGN(ContentWriter writer, engine_.NewContent());
    COFFER_TRY(writer.Append(*record.content));
    content.emplace(std::move(writer));
    return Status::Ok();
  }
  const std::string path = record.content_path ? *record.content_path : ContentEntryPath(document_id);
  if (in_tar_ || !record.content_path) {
    const std::optional<std::string> entry = DocumentOfEntry(path);
    content = entry ? temporary_contents_.Take(*entry) : std::nullopt;
    if (!content) refusal = "the tar has no \"" + path + "\" before this record";
    return Status::Ok();
  }
  if (!input_->folder) {
    refusal = "needs a file; a stream has no folder";
  } else if (Result<std::string> normal = NormalizeRelativePath(path); !normal.ok()) {
    refusal = normal.status().message();
  } else if (Result<std::unique_ptr<ByteSource>> file = OpenFileBelowFolder(*input_->folder, *normal); !file.ok()) {
    refusal = file.status().message();
  } else {
    return CopyContent(engine_, **file, content, refusal);
  }
  return Status::Ok();
}

Status ImportReader::PutDocumentContent(const PendingDocument& pending, ContentWriter content) {
  ImportLine line;
  line.file = pending.file;
  line.line = pending.line;
  line.kind = Kind::kDocument;
  line.has_content = true;
  // Content bytes that are not yet on disk stay in memory until the commit and count for the chunk.
  const std::size_t in_memory = std::min<std::size_t>(static_cast<std::size_t>(content.size_bytes()), kContentChunkBytes);
  if (chunk_->bytes() > 0 && chunk_->bytes() + in_memory > kImportBatchBytesMax) {
    COFFER_TRY(HandOver());
  }
  const Status put = chunk_->batch.PutDocument(pending.document, std::move(content), mode_);
  if (put.ok()) chunk_->content_bytes += in_memory;
  return AddPut(std::move(line), put);
}

Status ImportReader::RefuseDocument(const PendingDocument& pending, std::string reason) {
  ImportLine line;
  line.file = pending.file;
  line.line = pending.line;
  line.kind = Kind::kDocument;
  return Refuse(std::move(line), std::move(reason));
}

Status ImportReader::NoteFileProblem(std::string file, std::string reason) {
  ImportLine line;
  line.place = std::move(file);
  line.state = LineState::kFileProblem;
  line.reason = std::move(reason);
  return AddLine(std::move(line));
}

// A chunk is passed on long before its batch is full, so a put without room means that the record is too large. Out of memory
// is not a fault of the record.
Status ImportReader::AddPut(ImportLine line, const Status& put) {
  if (IsOfMemory(put)) return put;
  return put.ok() ? AddLine(std::move(line)) : Refuse(std::move(line), std::string(put.message()));
}

Status ImportReader::Refuse(ImportLine line, std::string reason) {
  line.state = LineState::kRefused;
  line.reason = std::move(reason);
  return AddLine(std::move(line));
}

Status ImportReader::AddAlreadyThere(ImportLine line) {
  line.state = LineState::kAlreadyThere;
  return AddLine(std::move(line));
}

Status ImportReader::AddLine(ImportLine line) {
  chunk_->lines.push_back(std::move(line));
  const bool full = chunk_->batch.size() >= kImportBatchRecordsMax || chunk_->bytes() >= kImportBatchBytesMax ||
                    chunk_->lines.size() >= kChunkLinesMax;
  return full ? HandOver() : Status::Ok();
}

Status ImportReader::HandOver() {
  if (chunk_->lines.empty()) return Status::Ok();
  const std::size_t bytes = chunk_->bytes();
  if (!queue_.Push(std::exchange(chunk_, std::make_unique<ImportChunk>(engine_)), bytes)) {
    return Status::Cancelled("import: the commit failed");
  }
  return Status::Ok();
}

}  // namespace coffer::operations
