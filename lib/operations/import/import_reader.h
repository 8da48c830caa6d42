// ImportReader: the reading side of an import. Converts inputs to chunks of encoded records and an outcome for every line.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/batch.h"
#include "coffer/engine.h"
#include "coffer/import.h"
#include "coffer/result.h"
#include "format/parquet/parquet_reader.h"
#include "format/records/record_codec.h"
#include "operations/import/chats/chat_import.h"
#include "operations/import/document_contents.h"
#include "operations/import/import_chunk.h"
#include "operations/import/input/byte_sources.h"
#include "operations/import/input/field_losses.h"
#include "operations/import/input/input_form.h"
#include "operations/import/input/line_reader.h"
#include "operations/import/input/parquet_table.h"
#include "operations/import/temporary_contents.h"
#include "operations/runner/bounded_queue.h"

namespace coffer::operations {

// Longer lines are read as streams (LongLine), since a whole line in memory takes several times its length: as text, tokens,
// records and batch.
inline constexpr std::size_t kImportLineBytesMax = 2 * kImportBatchBytesMax;
// How far reading may run ahead of committing.
inline constexpr std::size_t kImportChunksAheadMax = 3;
inline constexpr std::size_t kImportBytesAheadMax = 2 * kImportBatchBytesMax;

class LongLine;

using ImportQueue = BoundedQueue<std::unique_ptr<ImportChunk>>;

// One file or one stream.
struct ImportInput {
  std::string name;
  // The folder that content_path is relative to. A stream has none.
  std::optional<std::string> folder;
  // Null: the file `name`.
  ByteSource* source = nullptr;
};

// One thread runs it. Engine, options, queue and `stop` must outlive it.
class ImportReader final : public DocumentSink, public ChatSink {
 public:
  // Lines above `line_bytes_max` are read as streams. Reading fails with kCancelled once `stop` is true.
  ImportReader(Engine& engine, const ImportOptions& options, ImportQueue& queue, std::size_t line_bytes_max,
               const std::atomic<bool>& stop);

  // Checks the path of the contents before anything is stored.
  Status Prepare() { return contents_.Open(); }

  // Reads all inputs and finishes the queue. After a failure of an input or of the engine, the queue has the records before it.
  Status Run(const std::vector<ImportInput>& inputs);

  // Bytes read so far. Any thread may call it.
  std::uint64_t bytes_read() const { return bytes_done_.load(std::memory_order_relaxed); }

  // What the import of chats lost. Call after Run.
  FieldLosses& losses() { return losses_; }

  // DocumentSink, ChatSink
  Status PutDocumentContent(const PendingDocument& pending, ContentWriter content) override;
  Status RefuseDocument(const PendingDocument& pending, std::string reason) override;
  Status NoteFileProblem(std::string file, std::string reason) override;
  Status PutChatRecord(format::InterchangeRecord record, std::uint64_t number) override;
  Status PutChatDocument(const Document& document, ByteSource& content) override;
  Status RefuseChat(std::uint64_t number, std::string reason) override;

 private:
  Status ReadInput(const ImportInput& input);
  // Reads decrypted and decompressed bytes. `name`: the file, or the tar and its entry.
  Status ReadPlain(DecodedSource& bytes, const std::string& name);
  Status ReadChats(DecodedSource& bytes, InputLayout layout, const std::string& name);
  Status ReadFileFromEnd(InputLayout layout, const std::string& name);
  // Reads a form whose index is at its end.
  Status ReadFromEnd(InputLayout layout, const format::RangeReader& source, std::uint64_t file_bytes, const std::string& name);
  Status ReadZip(const format::RangeReader& source, std::uint64_t file_bytes, const std::string& name);
  Status ReadTar(ByteSource& bytes, const std::string& name);
  Status ReadTarEntry(ByteSource& bytes, const std::string& path, const std::string& name);
  Status ReadParquet(format::RangeReader source, std::uint64_t file_bytes, const std::string& name);
  Status HoldContents(format::ParquetReader& file, const ParquetTable& table, const std::string& name);
  // Reports contents that no document has taken.
  Status EndContents(const std::string& name);
  Status ReadLines(LineSource& lines);
  Status ReadRecord(const TextLine& text, LineSource& lines);
  Status ReadLongRecord(LineSource& lines, ImportLine line);
  // `parts`: the streamed parts of a long line; null for other lines.
  Status PutRecord(format::InterchangeRecord& record, LongLine* parts, ImportLine line);
  Status PutConversation(const Conversation& conversation, const std::optional<std::vector<Message>>& messages,
                         ImportLine line);
  Status PutLongConversation(const Conversation& conversation, LongLine& parts, ImportLine line);
  Status PutMessage(const Message& message, ImportLine line);
  Status PutDocument(format::InterchangeRecord& record, LongLine* parts, ImportLine line);
  Status PutPrompt(const Prompt& prompt, ImportLine line);

  // Why a record without an id is refused; empty if it is not.
  std::string WhyWithoutId(std::string_view id, std::string_view what) const;
  // Adds the line with the outcome of a put into the batch.
  Status AddPut(ImportLine line, const Status& put);
  Status Refuse(ImportLine line, std::string reason);
  Status AddLine(ImportLine line);
  Status AddAlreadyThere(ImportLine line);
  // Whether the mode keeps the stored document, so that its content need not be read.
  Result<bool> KeepsStoredDocument(const Document& document);
  Status StoreContent(const PendingDocument& pending, format::InterchangeRecord& record, LongLine* parts);
  Status FindContent(format::InterchangeRecord& record, LongLine* parts, std::string_view document_id,
                     std::optional<ContentWriter>& content, std::string& refusal);
  // The same for a content in a tar.
  Result<bool> KeepsContentOf(const std::string& document_id);
  Status HandOver();

  Engine& engine_;
  const ImportOptions& options_;
  ImportQueue& queue_;
  const std::size_t line_bytes_max_;
  const std::atomic<bool>& stop_;
  const PutMode mode_;
  format::RecordReader records_;
  DocumentContents contents_;
  TemporaryContents temporary_contents_;
  FieldLosses losses_;
  bool in_tar_ = false;
  bool encrypted_ = false;        // the current input is encrypted
  bool messages_in_tar_ = false;  // a table of messages has been read
  std::uint64_t hostile_entries_ = 0;
  std::unique_ptr<ImportChunk> chunk_;
  const ImportInput* input_ = nullptr;
  std::size_t input_index_ = 0;
  std::atomic<std::uint64_t> bytes_done_{0};
};

}  // namespace coffer::operations
