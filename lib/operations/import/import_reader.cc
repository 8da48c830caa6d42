#include "operations/import/import_reader.h"

#include <span>
#include <utility>
#include <variant>

#include "engine/core.h"
#include "format/stored_record.h"
#include "operations/export/export_bundle.h"
#include "operations/import/age_source.h"
#include "operations/import/byte_sources.h"
#include "operations/import/chats/chatgpt_chat.h"
#include "operations/import/chats/chatgpt_zip.h"
#include "operations/import/chats/libre_chat_chat.h"
#include "operations/import/chats/open_webui_chat.h"
#include "operations/import/contained_file.h"
#include "operations/import/csv_lines.h"
#include "operations/import/export_lines.h"
#include "operations/import/input_form.h"
#include "operations/import/json_export_source.h"
#include "operations/import/long_line.h"
#include "operations/import/parquet_contents.h"
#include "operations/import/parquet_lines.h"
#include "operations/import/spooled_input.h"
#include "operations/import/tar_reader.h"
#include "vocabulary/exceptions.h"

namespace coffer::operations {
namespace {

// Hostile entries of one tar file that are told one by one.
constexpr std::uint64_t kHostileEntriesToldMax = 100;
// Enough of these fill a chunk as records do, so that an input of errors alone is bounded too.
constexpr std::size_t kChunkLinesMax = 2 * kImportBatchRecordsMax;

std::string PlaceOf(const Message& message) {
  std::string place = "conversation " + message.conversation_id;
  if (message.sequence_number) place += ", sequence_number " + std::to_string(*message.sequence_number);
  return place;
}

bool BeginsWithParquet(const FileSource& file) {
  return file.FirstBytes(format::kParquetMagic.size()) == format::kParquetMagic;
}
bool TakesParquet(ImportFormat format) { return format == ImportFormat::kAuto || format == ImportFormat::kCofferParquet; }

bool BeginsWithAge(FileSource& file) { return file.FirstBytes(kAgeFirstBytes.size()) == kAgeFirstBytes; }

// The head of the first entry. Formats that are ZIP files below begin so too, and are told by what is in them.
bool BeginsWithZip(FileSource& file) {
  constexpr std::string_view kZipFirstBytes = "PK\x03\x04";
  return file.FirstBytes(kZipFirstBytes.size()) == kZipFirstBytes;
}

constexpr const char* kWithoutOwner = "names no owner of ours: give one";

// The present entry of a tar.
class TarEntrySource final : public ByteSource {
 public:
  explicit TarEntrySource(TarReader& tar) : tar_(tar) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override { return tar_.Read(buffer, length); }

 private:
  TarReader& tar_;
};

// The present document's content.
class ParquetContentSource final : public ByteSource {
 public:
  explicit ParquetContentSource(ParquetContents& contents) : contents_(contents) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override { return contents_.Read(buffer, length); }

 private:
  ParquetContents& contents_;
};

// Hands bytes on and counts them, until it is told to stop. It may stand over a program's own source: that may throw, and the
// buffer is only as long as was said.
class CountingSource final : public ByteSource {
 public:
  CountingSource(ByteSource& source, std::atomic<std::uint64_t>& bytes, const std::atomic<bool>& stop)
      : source_(source), bytes_(bytes), stop_(stop) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    if (stop_.load(std::memory_order_relaxed)) return Status::Cancelled("cancelled");
    Result<std::size_t> got = Ask(buffer, length);
    if (got.ok() && *got > length) return Status::InvalidArgument("the source gave more than was asked for");
    if (got.ok()) bytes_.fetch_add(*got, std::memory_order_relaxed);
    return got;
  }

 private:
  Result<std::size_t> Ask(char* buffer, std::size_t length) noexcept {
    try {
      return source_.Read(buffer, length);
    } catch (...) {
      return StatusOfException("the source");
    }
  }

  ByteSource& source_;
  std::atomic<std::uint64_t>& bytes_;
  const std::atomic<bool>& stop_;
};

}  // namespace

PutMode PutModeFor(ConflictPolicy policy) {
  switch (policy) {
    case ConflictPolicy::kReplace:
      return PutMode::kUpsert;
    case ConflictPolicy::kNewest:
      return PutMode::kNewest;
    case ConflictPolicy::kSkip:
    case ConflictPolicy::kFail:
      break;
  }
  return PutMode::kKeepExisting;
}

ImportReader::ImportReader(Engine& engine, const ImportOptions& options, ImportQueue& queue, std::size_t line_bytes_max,
                           const std::atomic<bool>& stop)
    : engine_(engine),
      options_(options),
      queue_(queue),
      line_bytes_max_(line_bytes_max),
      stop_(stop),
      mode_(PutModeFor(options.on_conflict)),
      contents_(engine, options, *this),
      held_contents_(engine),
      chunk_(std::make_unique<ImportChunk>(engine)) {}

Status ImportReader::Run(const std::vector<ImportInput>& inputs) {
  Status failure;
  for (input_index_ = 0; input_index_ < inputs.size() && failure.ok(); ++input_index_) {
    input_ = &inputs[input_index_];
    failure = ReadInput(*input_);
  }
  if (failure.ok() && !inputs.empty()) failure = EndContents(inputs.back().name);
  // Documents that wait were read whole; only a failure of the engine itself keeps them from their contents.
  if (failure.ok() || failure.code() == StatusCode::kCorruption) {
    if (Status status = contents_.Finish(); failure.ok()) failure = std::move(status);
  }
  Status handed_over = HandOver();
  queue_.Finish();
  return failure.ok() ? handed_over : failure;
}

Status ImportReader::ReadInput(const ImportInput& input) {
  std::unique_ptr<FileSource> file;
  std::unique_ptr<AgeSource> encrypted;
  ByteSource* raw = input.source;
  if (raw == nullptr) {
    Result<std::unique_ptr<FileSource>> opened = FileSource::Open(engine_.core().files(), input.name);
    if (!opened.ok()) return std::move(opened).status();
    file = std::move(*opened);
    raw = file.get();
  }
  if (input.source == nullptr && BeginsWithZip(*file)) return ReadZip(input.name);
  if (input.source == nullptr && BeginsWithAge(*file)) {
    Result<std::unique_ptr<AgeSource>> opened = AgeSource::Open(engine_.core(), input.name);
    if (!opened.ok()) return std::move(opened).status();
    encrypted = std::move(*opened);
    raw = encrypted.get();
  }
  encrypted_ = encrypted != nullptr;
  if (!encrypted_ && file != nullptr && BeginsWithParquet(*file) && TakesParquet(options_.format))
    return ReadParquetFile(input.name);
  CountingSource counted(*raw, bytes_done_, stop_);
  DecodedSource decoded(counted, input.name);
  return ReadPlain(decoded, input.name);
}

Status ImportReader::ReadPlain(DecodedSource& bytes, const std::string& name) {
  const std::string_view first = bytes.Peek();
  const InputForm form = FormOf(first, options_.format, options_.kind);
  if (!form.problem.empty()) return NoteFileProblem(name, form.problem);
  if (IsChats(form.layout)) return ReadChats(bytes, form.layout, name);
  switch (form.layout) {
    case InputLayout::kTar:
      return in_tar_ ? NoteFileProblem(name, "a tar within a tar is not read") : ReadTar(bytes, name);
    case InputLayout::kJsonExport: {
      JsonExportSource ndjson(bytes, name);
      LineReader lines(ndjson, line_bytes_max_);
      return ReadLines(lines);
    }
    case InputLayout::kCsv: {
      // A tar is a whole export. Tables in another order than ours must not lose what came first.
      messages_in_tar_ = messages_in_tar_ || *form.kind == Kind::kMessage;
      CsvLines lines(bytes, *form.kind, name, in_tar_ && !messages_in_tar_);
      return ReadLines(lines);
    }
    case InputLayout::kParquet: {
      Result<std::unique_ptr<SpooledInput>> spooled = SpooledInput::Take(engine_.core(), bytes, encrypted_);
      if (!spooled.ok()) return std::move(spooled).status();
      return ReadParquet((*spooled)->reader(), (*spooled)->bytes(), name);
    }
    default:
      break;
  }
  LineReader all_lines(bytes, line_bytes_max_);
  ExportLines lines(all_lines);
  return ReadLines(lines);
}

Status ImportReader::ReadChats(DecodedSource& bytes, InputLayout layout, const std::string& name) {
  if (options_.owner.empty()) return NoteFileProblem(name, kWithoutOwner);
  ChatGptArchive alone;
  const ReadChat read = [&](std::string_view json, FieldLosses& losses) -> Result<Chat> {
    switch (layout) {
      case InputLayout::kOpenWebUi:
        return ReadOpenWebUiChat(json, options_.owner, losses);
      case InputLayout::kLibreChat:
        return ReadLibreChatChat(json, options_.owner, losses);
      default:
        return ReadChatGptChat(json, options_.owner, alone, losses);
    }
  };
  return ImportChats(bytes, name, in_tar_ ? name : "", read, *this, losses_);
}

Status ImportReader::ReadZip(const std::string& name) {
  if (options_.format != ImportFormat::kAuto && options_.format != ImportFormat::kChatGpt) {
    return NoteFileProblem(name, "is a ZIP file; what is read of one is a ChatGPT export");
  }
  if (options_.owner.empty()) return NoteFileProblem(name, kWithoutOwner);
  const auto open = [&] { return ZipReader::Open(engine_.core().files(), name, bytes_done_, stop_); };
  return ChatGptZip(open, name, options_.owner, *this, losses_).Import();
}

Status ImportReader::PutChatRecord(format::InterchangeRecord record, std::uint64_t number) {
  ImportLine line;
  line.file = input_index_;
  line.line = number;
  return PutRecord(record, nullptr, std::move(line));
}

Status ImportReader::PutChatDocument(const Document& document, ByteSource& content) {
  PendingDocument pending;
  pending.document = document;
  pending.file = input_index_;
  Result<bool> keeps = KeepsStoredDocument(document);
  if (!keeps.ok()) return std::move(keeps).status();
  ImportLine line;
  line.file = input_index_;
  line.kind = Kind::kDocument;
  if (*keeps) return AddAlreadyThere(std::move(line));
  std::optional<ContentWriter> writer;
  std::string refusal;
  if (Status status = CopyContent(engine_, content, writer, refusal); !status.ok()) return status;
  if (!writer) return RefuseDocument(pending, "document " + document.id + ": " + refusal);
  return PutDocumentContent(pending, std::move(*writer));
}

Status ImportReader::RefuseChat(std::uint64_t number, std::string reason) {
  ImportLine line;
  line.file = input_index_;
  line.line = number;
  return Refuse(std::move(line), std::move(reason));
}

// Contents come before the records that name them; what else there is is told and passed over.
Status ImportReader::ReadTar(ByteSource& bytes, const std::string& name) {
  TarReader tar(bytes, name);
  TarEntry entry;
  in_tar_ = true;
  messages_in_tar_ = false;
  Status status;
  while (status.ok()) {
    const Result<bool> more = tar.Next(entry);
    status = more.status();
    if (!more.ok() || !*more) break;
    if (entry.is_folder) continue;
    Result<std::string> path = NormalizeRelativePath(entry.path);
    if (!path.ok() || !entry.is_file) {
      const std::string why = path.ok() ? "is a link or a device" : std::string(path.status().message());
      if (++hostile_entries_ <= kHostileEntriesToldMax) status = NoteFileProblem(name, "entry passed over: " + why);
      continue;
    }
    TarEntrySource source(tar);
    status = ReadTarEntry(source, *path, name);
  }
  in_tar_ = false;
  if (status.ok()) status = EndContents(name);
  held_contents_.Clear();
  return status;
}

Status ImportReader::EndContents(const std::string& name) {
  if (held_contents_.size() == 0) return Status::Ok();
  Status status = NoteFileProblem(name, std::to_string(held_contents_.size()) + " contents that no document names, " +
                                            held_contents_.first() + " the first");
  held_contents_.Clear();
  return status;
}

Status ImportReader::ReadTarEntry(ByteSource& bytes, const std::string& path, const std::string& name) {
  if (const std::optional<std::string> document_id = DocumentOfEntry(path)) {
    Result<bool> keeps = KeepsContentOf(*document_id);
    if (!keeps.ok()) return std::move(keeps).status();
    return *keeps ? Status::Ok() : held_contents_.Hold(*document_id, bytes);
  }
  DecodedSource decoded(bytes, name + ": " + path);
  return ReadPlain(decoded, name + ": " + path);
}

// A file can be read from its end as it is.
Status ImportReader::ReadParquetFile(const std::string& name) {
  FileSystem& files = engine_.core().files();
  const Result<FileInfo> info = files.Stat(name);
  if (!info.ok()) return info.status();
  Result<std::unique_ptr<RandomAccessFile>> file = files.NewRandomAccessFile(name);
  if (!file.ok()) return std::move(file).status();
  const auto read = [this, &opened = **file](std::uint64_t offset, std::size_t length, char* buffer) -> Result<std::size_t> {
    if (stop_.load(std::memory_order_relaxed)) return Status::Cancelled("cancelled");
    Result<std::size_t> got = opened.Read(offset, length, buffer);
    if (got.ok()) bytes_done_.fetch_add(*got, std::memory_order_relaxed);
    return got;
  };
  return ReadParquet(read, info->size_bytes, name);
}

Status ImportReader::ReadParquet(format::RangeReader source, std::uint64_t file_bytes, const std::string& name) {
  Result<std::unique_ptr<format::ParquetReader>> file = format::ParquetReader::Open(std::move(source), file_bytes);
  if (!file.ok()) return std::move(file).status().WithContext(name);
  Result<ParquetTable> table = TableOfParquet((*file)->metadata(), options_.kind);
  if (!table.ok()) return std::move(table).status().WithContext(name);
  if (table->kind == Kind::kContent) return HoldContents(**file, *table, name);
  messages_in_tar_ = messages_in_tar_ || table->kind == Kind::kMessage;
  ParquetLines lines(**file, std::move(*table), name, in_tar_ && !messages_in_tar_);
  return ReadLines(lines);
}

Status ImportReader::HoldContents(format::ParquetReader& file, const ParquetTable& table, const std::string& name) {
  ParquetContents contents(file, table, name);
  std::string document_id;
  while (true) {
    const Result<bool> more = contents.Next(document_id);
    if (!more.ok() || !*more) return more.status();
    Result<bool> keeps = KeepsContentOf(document_id);
    if (!keeps.ok()) return std::move(keeps).status();
    if (*keeps) continue;
    ParquetContentSource source(contents);
    if (Status status = held_contents_.Hold(document_id, source); !status.ok()) return status;
  }
}

Result<bool> ImportReader::KeepsContentOf(const std::string& document_id) {
  if (mode_ != PutMode::kKeepExisting || !format::CheckId("id", document_id).ok()) return false;
  Document document;
  document.id = document_id;
  return KeepsStoredDocument(document);
}

Status ImportReader::ReadLines(LineSource& lines) {
  for (;;) {
    Result<std::optional<TextLine>> line = lines.Next();
    if (!line.ok()) return std::move(line).status();
    if (!*line) return Status::Ok();
    if (Status status = ReadRecord(**line, lines); !status.ok()) return status;
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
  if (Status status = long_line.Read(lines); !status.ok()) return status;
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
  return AddPut(std::move(line), chunk_->batch.PutConversation(conversation, *messages, mode_));
}

Status ImportReader::PutLongConversation(const Conversation& conversation, LongLine& parts, ImportLine line) {
  line.kind = Kind::kConversation;
  if (std::string why = WhyWithoutId(conversation.id, "conversation"); !why.empty()) return Refuse(std::move(line), why);
  if (parts.already_there()) return AddAlreadyThere(std::move(line));
  engine::ConversationWriter& writer = *parts.messages();
  if (writer.messages() == 0) {
    return AddPut(std::move(line), chunk_->batch.PutConversation(conversation, std::span<const Message>(), mode_));
  }
  line.messages = writer.messages();
  Status finished = writer.Finish(conversation, mode_);
  if (finished.code() == StatusCode::kInvalidArgument) return Refuse(std::move(line), std::string(finished.message()));
  if (!finished.ok()) return finished;
  if (Status status = HandOver(); !status.ok()) return status;
  chunk_->conversation = std::move(parts.messages());
  chunk_->lines.push_back(std::move(line));
  return HandOver();
}

Status ImportReader::PutMessage(const Message& message, ImportLine line) {
  line.kind = Kind::kMessage;
  if (message.conversation_id.empty()) return Refuse(std::move(line), "conversation_id: is missing");
  if (std::string why = WhyWithoutId(message.id, "message"); !why.empty()) return Refuse(std::move(line), why);
  if (!message.sequence_number && !options_.generate_ids) {
    return Refuse(std::move(line), "sequence_number: is missing, and two imports would append the message twice");
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
  const bool is_held = held_contents_.Has(document.id);
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
  if (Status status = format::CheckId("id", document.id); !status.ok()) return status;
  const engine::StoreAccess access = engine_.core().Access();
  storage::PinnedValue value;
  if (Status status = access->Get(storage::Family::kDocuments, document.id, nullptr, value); !status.ok()) return status;
  if (!value.found()) return false;
  if (mode_ == PutMode::kKeepExisting) return true;
  Result<format::StoredRecord> stored = format::DecodeStoredRecord(Kind::kDocument, value.view());
  if (!stored.ok()) return std::move(stored).status().WithContext("document " + document.id);
  const std::optional<Timestamp> ours = document.updated_at ? document.updated_at : document.created_at;
  return ours && stored->updated_at >= *ours;
}

// The line brought the content itself, or says where it is.
Status ImportReader::StoreContent(const PendingDocument& pending, format::InterchangeRecord& record, LongLine* parts) {
  std::optional<ContentWriter> content;
  std::string refusal;
  if (Status status = FindContent(record, parts, pending.document.id, content, refusal); !status.ok()) return status;
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
    Result<ContentWriter> writer = engine_.NewContent();
    if (!writer.ok()) return std::move(writer).status();
    if (Status status = writer->Append(*record.content); !status.ok()) return status;
    content.emplace(std::move(*writer));
    return Status::Ok();
  }
  const std::string path = record.content_path ? *record.content_path : ContentEntryPath(document_id);
  if (in_tar_ || !record.content_path) {
    const std::optional<std::string> entry = DocumentOfEntry(path);
    content = entry ? held_contents_.Take(*entry) : std::nullopt;
    if (!content) refusal = "the tar has no \"" + path + "\" before this record";
    return Status::Ok();
  }
  if (!input_->folder) {
    refusal = "a stream has no folder to look in";
  } else if (Result<std::string> normal = NormalizeRelativePath(path); !normal.ok()) {
    refusal = normal.status().message();
  } else if (Result<std::unique_ptr<ByteSource>> file = OpenContainedFile(*input_->folder, *normal); !file.ok()) {
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
  // What of a content is not on disk yet stays in memory until the commit, so a chunk makes room for it first.
  const std::size_t in_memory = std::min<std::size_t>(static_cast<std::size_t>(content.size_bytes()), kContentChunkBytes);
  if (chunk_->bytes() > 0 && chunk_->bytes() + in_memory > kImportBatchBytesMax) {
    if (Status status = HandOver(); !status.ok()) return status;
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

// A chunk is handed over long before its batch is full, so a put that finds no room is a record that is too large.
Status ImportReader::AddPut(ImportLine line, const Status& put) {
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
  const bool full = chunk_->batch.operations() >= kImportBatchRecordsMax || chunk_->bytes() >= kImportBatchBytesMax ||
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
