// Documents and their contents within a transaction.
#include <utility>

#include "coffer/limits.h"
#include "engine/transaction.h"
#include "format/records/document_type.h"
#include "format/records/record_codec.h"
#include "format/stored/keys.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// More chunks than this are deleted by one range deletion.
constexpr std::uint32_t kChunksDeletedByKeyMax = 256;

// Bytes of all rows of one commit. Only new contents of stored documents, whose texts are written again, can exceed it.
constexpr std::size_t kCommitBytesMax = 2 * kBatchBytesMax;

}  // namespace

Status CheckContentFits(const Document& document, std::uint64_t size_bytes, const std::string& sha256_hex) {
  if (document.file_size && *document.file_size != size_bytes) {
    return Status::InvalidArgument("file_size: is " + std::to_string(*document.file_size) + ", but the content has " +
                                   std::to_string(size_bytes) + " bytes");
  }
  if (document.file_hash && *document.file_hash != sha256_hex) {
    return Status::InvalidArgument("file_hash: is " + *document.file_hash + ", but the content has " + sha256_hex);
  }
  return Status::Ok();
}

void Transaction::RemoveContent(std::string_view id, RecordState& state) {
  if (!state.content) return;
  change_.Subtract(state.owner, Kind::kContent, format::TallyOfContent(id, state.content->Reference()));
  const std::uint32_t chunks = ChunkCount(state.content->size_bytes);
  if (chunks > kChunksDeletedByKeyMax) {
    rows_.DeleteRange(storage::Family::kContents, state.content->id, format::ContentsEnd(state.content->id));
  } else {
    for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
      rows_.Delete(storage::Family::kContents, format::ContentKey(state.content->id, chunk));
    }
  }
  state.content.reset();
}

// Writes `document` with `content`, or with its present content if `content` is null. A failure changes nothing.
Status Transaction::WriteDocument(std::string_view id, Document document, RecordState& state, ContentWriterState* content) {
  std::optional<format::ContentReference> reference;
  if (content != nullptr) {
    reference = content->Reference();
  } else if (state.content) {
    reference = state.content->Reference();
  }
  if (reference) {
    const std::string sha256_hex = format::HexText(reference->sha256);
    COFFER_TRY(CheckContentFits(document, reference->size_bytes, sha256_hex));
    document.file_size = reference->size_bytes;
    document.file_hash = sha256_hex;
  }
  if (!document.status) document.status = reference ? DocumentStatus::kProcessed : DocumentStatus::kPending;
  if (!document.original_filename) document.original_filename = document.filename;
  if (!document.document_type) document.document_type = format::GuessDocumentType(document.mime_type, document.filename);
  std::string json;
  COFFER_TRY(format::AppendDocument(document, json));

  format::StoredRecord record;
  record.status = static_cast<std::uint8_t>(*document.status);
  record.created_at = *document.created_at;
  record.updated_at = *document.updated_at;
  record.owner = document.owner_id;
  record.content = reference;
  record.json = json;
  std::string value;
  format::AppendStoredRecord(Kind::kDocument, record, value);

  if (state.exists) change_.Subtract(state.owner, Kind::kDocument, state.tally);
  if (content != nullptr) {
    RemoveContent(id, state);
    change_.Add(document.owner_id, Kind::kContent, format::TallyOfContent(id, *reference));
    content->AppendTo(rows_);
    state.content = OwnedContent{std::string(reference->id), reference->size_bytes, std::string(reference->sha256)};
    contents_.push_back(content);
  } else if (state.content && state.owner != document.owner_id) {
    const format::Tally tally = format::TallyOfContent(id, *reference);
    change_.Subtract(state.owner, Kind::kContent, tally);
    change_.Add(document.owner_id, Kind::kContent, tally);
  }
  PutIndexRow(Kind::kDocument, id, state.exists, state.owner, state.created_at, document.owner_id, *document.created_at);
  rows_.Put(storage::Family::kDocuments, id, value);
  state.tally = format::TallyOf(Kind::kDocument, id, value, json.size());
  state.owner = document.owner_id;
  state.created_at = *document.created_at;
  state.updated_at = *document.updated_at;
  if (state.json_written) state.json = std::move(json);
  state.exists = true;
  change_.Add(state.owner, Kind::kDocument, state.tally);
  return Status::Ok();
}

AppliedItem Transaction::PutDocument(BatchEntry& entry) {
  AppliedItem item;
  RecordState& state = StateOf(Kind::kDocument, entry.id);
  bool keep = false;
  item.status = CheckMode(entry, state, *entry.document->updated_at, keep);
  if (!item.status.ok()) return item;
  item.result.outcome = keep ? Outcome::kKept : state.exists ? Outcome::kReplaced : Outcome::kCreated;
  if (entry.generated_id) item.result.id = entry.id;
  if (keep) return item;
  const bool json_written = std::exchange(state.json_written, true);
  item.status = WriteDocument(entry.id, *entry.document, state, entry.content.get());
  if (!item.status.ok()) state.json_written = json_written;
  return item;
}

// The text is read again instead of being kept: of all entries, only SetContent needs it.
Result<Document> Transaction::PresentDocument(std::string_view id, const RecordState& state) {
  const auto what = [id] { return "document " + std::string(id); };
  storage::PinnedValue value;
  std::string_view json = state.json;
  if (!state.json_written) {
    COFFER_TRY(access_->Get(storage::Family::kDocuments, id, nullptr, value));
    if (!value.found()) return Status::Internal(what() + ": its row is missing");
    COFFER_ASSIGN_CONTEXT(format::StoredRecord record, format::DecodeStoredRecord(Kind::kDocument, value.view()), what());
    json = record.json;
  }
  if (rows_.bytes() + json.size() > kCommitBytesMax) {
    return Status::ResourceExhausted(what() + ": the commit would write more than " + std::to_string(kCommitBytesMax) +
                                     " bytes; set fewer contents in one batch");
  }
  format::RecordReader reader;
  Result<Document> document = reader.ReadDocument(json);
  if (!document.ok()) return Status::Corruption(what() + ": " + document.status().ToString());
  return document;
}

AppliedItem Transaction::SetContent(BatchEntry& entry) {
  AppliedItem item;
  RecordState& state = StateOf(Kind::kDocument, entry.id);
  if (!state.exists) return {Status::NotFound("document " + entry.id + ": not found"), {}};
  Result<Document> document = PresentDocument(entry.id, state);
  if (!document.ok()) return {std::move(document).status(), {}};
  if (state.content) {
    // They describe the old content. Without an old content they stay, and the new content must match them.
    document->file_size.reset();
    document->file_hash.reset();
  }
  document->updated_at = core_.Now();
  item.result.outcome = Outcome::kReplaced;
  item.status = WriteDocument(entry.id, std::move(*document), state, entry.content.get());
  return item;
}

}  // namespace coffer::engine
