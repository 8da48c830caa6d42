#include "operations/import/import_reader.h"

#include <span>
#include <utility>
#include <variant>

#include "engine/core.h"
#include "engine/internals.h"
#include "format/stored/stored_record.h"
#include "operations/files/content_entry_names.h"
#include "operations/import/chats/chatgpt_chat.h"
#include "operations/import/chats/chatgpt_zip.h"
#include "operations/import/chats/libre_chat_chat.h"
#include "operations/import/chats/open_webui_chat.h"
#include "operations/import/input/age_source.h"
#include "operations/import/input/byte_sources.h"
#include "operations/import/input/csv_lines.h"
#include "operations/import/input/export_lines.h"
#include "operations/import/input/file_below_folder.h"
#include "operations/import/input/input_form.h"
#include "operations/import/input/json_export_source.h"
#include "operations/import/input/long_line.h"
#include "operations/import/input/parquet_lines.h"
#include "operations/import/input/tar_reader.h"
#include "operations/import/input/temporary_input.h"
#include "operations/import/parquet_contents.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// Hostile entries of one tar file that are reported one by one.
constexpr std::uint64_t kHostileEntriesReportedMax = 100;
bool BeginsWithAge(FileSource& file) { return file.FirstBytes(kAgeFirstBytes.size()) == kAgeFirstBytes; }

constexpr const char* kWithoutOwner = "chats of another program: an owner is required";

// The current entry of a tar.
class TarEntrySource final : public ByteSource {
 public:
  explicit TarEntrySource(TarReader& tar) : tar_(tar) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override { return tar_.Read(buffer, length); }

 private:
  TarReader& tar_;
};

// The content of the current document.
class ParquetContentSource final : public ByteSource {
 public:
  explicit ParquetContentSource(ParquetContents& contents) : contents_(contents) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override { return contents_.Read(buffer, length); }

 private:
  ParquetContents& contents_;
};

// Beyond its first 256 MiB, a temporary input may be this many times the bytes read for it: zstd can unpack to twenty thousand
// times its size.
constexpr std::uint64_t kTemporaryInputRatioMax = 100;
constexpr std::uint64_t kTemporaryInputFreeBytes = std::uint64_t{256} << 20;

class TemporarySource final : public ByteSource {
 public:
  TemporarySource(ByteSource& source, const std::atomic<std::uint64_t>& bytes_read, const std::string& name)
      : source_(source), bytes_read_(bytes_read), name_(name) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    Result<std::size_t> got = source_.Read(buffer, length);
    if (got.ok()) bytes_ += *got;
    if (bytes_ > kTemporaryInputFreeBytes &&
        (bytes_ - kTemporaryInputFreeBytes) / kTemporaryInputRatioMax > bytes_read_.load()) {
      return Status::ResourceExhausted(name_ + ": unpacks to more than " + std::to_string(kTemporaryInputRatioMax) +
                                       " times its size");
    }
    return got;
  }

 private:
  ByteSource& source_;
  const std::atomic<std::uint64_t>& bytes_read_;
  const std::string& name_;
  std::uint64_t bytes_ = 0;
};

// Counts the bytes of a source and stops when `stop` is set. The source may be the caller's: its exceptions and wrong lengths
// become a Status.
class CountingSource final : public ByteSource {
 public:
  CountingSource(ByteSource& source, std::atomic<std::uint64_t>& bytes, const std::atomic<bool>& stop)
      : source_(source), bytes_(bytes), stop_(stop) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    if (stop_.load(std::memory_order_relaxed)) return Status::Cancelled("cancelled");
    Result<std::size_t> got = Ask(buffer, length);
    if (got.ok() && *got > length) return Status::InvalidArgument("the source returned more bytes than requested");
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

ImportReader::ImportReader(Engine& engine, const ImportOptions& options, ImportQueue& queue, std::size_t line_bytes_max,
                           const std::atomic<bool>& stop)
    : engine_(engine),
      options_(options),
      queue_(queue),
      line_bytes_max_(line_bytes_max),
      stop_(stop),
      // kInsert does not write a stored record either; the committing side reports it as an error.
      mode_(options.mode == PutMode::kInsert ? PutMode::kKeepExisting : options.mode),
      contents_(engine, options, *this),
      temporary_contents_(engine),
      chunk_(std::make_unique<ImportChunk>(engine)) {}

Status ImportReader::Run(const std::vector<ImportInput>& inputs) {
  Status failure;
  for (input_index_ = 0; input_index_ < inputs.size() && failure.ok(); ++input_index_) {
    input_ = &inputs[input_index_];
    failure = ReadInput(*input_);
  }
  if (failure.ok() && !inputs.empty()) failure = EndContents(inputs.back().name);
  // Waiting documents were read completely, so damaged input does not keep them from their contents.
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
    COFFER_ASSIGN(std::unique_ptr<FileSource> opened, FileSource::Open(engine::CoreOf(engine_).files(), input.name));
    file = std::move(opened);
    raw = file.get();
  }
  if (input.source == nullptr && BeginsWithAge(*file)) {
    COFFER_ASSIGN(std::unique_ptr<AgeSource> opened, AgeSource::Open(engine::CoreOf(engine_), input.name));
    encrypted = std::move(opened);
    raw = encrypted.get();
  }
  encrypted_ = encrypted != nullptr;
  if (!encrypted_ && file != nullptr) {
    const InputForm form = FormOf(file->FirstBytes(kSniffBytes), options_.format, options_.kind);
    if (form.problem.empty() && IsReadFromEnd(form.layout)) return ReadFileFromEnd(form.layout, input.name);
  }
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
      return in_tar_ ? NoteFileProblem(name, "a tar inside a tar is not supported") : ReadTar(bytes, name);
    case InputLayout::kJsonExport: {
      JsonExportSource ndjson(bytes, name);
      LineReader lines(ndjson, line_bytes_max_);
      return ReadLines(lines);
    }
    case InputLayout::kCsv: {
      // A tar is a whole export. If its messages come first, conversations must not replace them with an empty list.
      messages_in_tar_ = messages_in_tar_ || *form.kind == Kind::kMessage;
      CsvLines lines(bytes, *form.kind, name, in_tar_ && !messages_in_tar_);
      return ReadLines(lines);
    }
    case InputLayout::kParquet:
    case InputLayout::kZip: {
      if (form.layout == InputLayout::kZip && options_.owner.empty()) return NoteFileProblem(name, kWithoutOwner);
      TemporarySource limited(bytes, bytes_done_, name);
      COFFER_ASSIGN(std::unique_ptr<TemporaryInput> temporary,
                    TemporaryInput::Take(engine::CoreOf(engine_), limited, encrypted_));
      Status status = ReadFromEnd(form.layout, temporary->reader(), temporary->bytes(), name);
      // A tar continues after an entry that is damaged or another kind of ZIP file.
      const bool is_damaged = status.code() == StatusCode::kInvalidArgument || status.code() == StatusCode::kCorruption;
      if (in_tar_ && form.layout == InputLayout::kZip && is_damaged)
        return NoteFileProblem(name, std::string(status.message()));
      return status;
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

Status ImportReader::ReadZip(const format::RangeReader& source, std::uint64_t file_bytes, const std::string& name) {
  if (options_.owner.empty()) return NoteFileProblem(name, kWithoutOwner);
  const auto open = [&] { return ZipReader::Open(source, file_bytes, name); };
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
  COFFER_ASSIGN(bool keeps, KeepsStoredDocument(document));
  ImportLine line;
  line.file = input_index_;
  line.kind = Kind::kDocument;
  if (keeps) return AddAlreadyThere(std::move(line));
  std::optional<ContentWriter> writer;
  std::string refusal;
  COFFER_TRY(CopyContent(engine_, content, writer, refusal));
  if (!writer) return RefuseDocument(pending, "document " + document.id + ": " + refusal);
  return PutDocumentContent(pending, std::move(*writer));
}

Status ImportReader::RefuseChat(std::uint64_t number, std::string reason) {
  ImportLine line;
  line.file = input_index_;
  line.line = number;
  return Refuse(std::move(line), std::move(reason));
}

// Contents come before the records that name them. Entries that cannot be imported are reported and skipped.
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
      if (++hostile_entries_ <= kHostileEntriesReportedMax) status = NoteFileProblem(name, "entry skipped: " + why);
      continue;
    }
    TarEntrySource source(tar);
    status = ReadTarEntry(source, *path, name);
  }
  in_tar_ = false;
  if (status.ok()) status = EndContents(name);
  temporary_contents_.Clear();
  return status;
}

Status ImportReader::EndContents(const std::string& name) {
  if (temporary_contents_.size() == 0) return Status::Ok();
  Status status = NoteFileProblem(
      name, std::to_string(temporary_contents_.size()) + " contents without a document; first: " + temporary_contents_.first());
  temporary_contents_.Clear();
  return status;
}

Status ImportReader::ReadTarEntry(ByteSource& bytes, const std::string& path, const std::string& name) {
  if (const std::optional<std::string> document_id = DocumentOfEntry(path)) {
    COFFER_ASSIGN(bool keeps, KeepsContentOf(*document_id));
    return keeps ? Status::Ok() : temporary_contents_.Hold(*document_id, bytes);
  }
  DecodedSource decoded(bytes, name + ": " + path);
  return ReadPlain(decoded, name + ": " + path);
}

// Reads a file in place; other inputs are first copied to a temporary file.
Status ImportReader::ReadFileFromEnd(InputLayout layout, const std::string& name) {
  FileSystem& files = engine::CoreOf(engine_).files();
  COFFER_ASSIGN(const FileInfo info, files.Stat(name));
  COFFER_ASSIGN(const std::unique_ptr<RandomAccessFile> file, files.NewRandomAccessFile(name));
  const auto read = [this, &opened = *file](std::uint64_t offset, std::size_t length, char* buffer) {
    Result<std::size_t> got = opened.Read(offset, length, buffer);
    if (got.ok()) bytes_done_.fetch_add(*got, std::memory_order_relaxed);
    return got;
  };
  return ReadFromEnd(layout, read, info.size_bytes, name);
}

Status ImportReader::ReadFromEnd(InputLayout layout, const format::RangeReader& source, std::uint64_t file_bytes,
                                 const std::string& name) {
  const auto read = [&](std::uint64_t offset, std::size_t length, char* buffer) -> Result<std::size_t> {
    if (stop_.load(std::memory_order_relaxed)) return Status::Cancelled("cancelled");
    return source(offset, length, buffer);
  };
  return layout == InputLayout::kZip ? ReadZip(read, file_bytes, name) : ReadParquet(read, file_bytes, name);
}

Status ImportReader::ReadParquet(format::RangeReader source, std::uint64_t file_bytes, const std::string& name) {
  COFFER_ASSIGN_CONTEXT(std::unique_ptr<format::ParquetReader> file, format::ParquetReader::Open(std::move(source), file_bytes),
                        name);
  COFFER_TRY_CONTEXT(CheckParquetRows(file->metadata().rows(), file_bytes), name);
  COFFER_ASSIGN_CONTEXT(ParquetTable table, TableOfParquet(file->metadata(), options_.kind), name);
  if (table.kind == Kind::kContent) return HoldContents(*file, table, name);
  messages_in_tar_ = messages_in_tar_ || table.kind == Kind::kMessage;
  ParquetLines lines(*file, std::move(table), name, in_tar_ && !messages_in_tar_);
  return ReadLines(lines);
}

Status ImportReader::HoldContents(format::ParquetReader& file, const ParquetTable& table, const std::string& name) {
  ParquetContents contents(file, table, name);
  std::string document_id;
  while (true) {
    const Result<bool> more = contents.Next(document_id);
    if (!more.ok() || !*more) return more.status();
    COFFER_ASSIGN(bool keeps, KeepsContentOf(document_id));
    if (keeps) continue;
    ParquetContentSource source(contents);
    COFFER_TRY(temporary_contents_.Hold(document_id, source));
  }
}

Result<bool> ImportReader::KeepsContentOf(const std::string& document_id) {
  if (mode_ != PutMode::kKeepExisting || !format::CheckId("id", document_id).ok()) return false;
  Document document;
  document.id = document_id;
  return KeepsStoredDocument(document);
}

}  // namespace coffer::operations
