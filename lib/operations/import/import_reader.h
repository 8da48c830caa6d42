// ImportReader: the reading side of an import. Turns input into chunks of encoded records, and every line into an outcome.
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

// A longer line is read as a stream (LongLine): held whole it would take several times its length, as text, as tokens, as records
// and as a batch.
inline constexpr std::size_t kImportLineBytesMax = 2 * kImportBatchBytesMax;
// How far reading may be ahead of committing.
inline constexpr std::size_t kImportChunksAheadMax = 3;
inline constexpr std::size_t kImportBytesAheadMax = 2 * kImportBatchBytesMax;

class LongLine;

using ImportQueue = BoundedQueue<std::unique_ptr<ImportChunk>>;

// One file, or one stream.
struct ImportInput {
  std::string name;
  // Where content_path leads from; nothing for a stream.
  std::optional<std::string> folder;
  // Null: the file of that name.
  ByteSource* source = nullptr;
};

// What a put does under a policy; kFail sees a kept record as an error afterwards.

// One thread runs it. Engine, options, queue and `stop` must outlive it.
class ImportReader final : public DocumentSink, public ChatSink {
 public:
  // Longer lines are read as streams. Reading fails with kCancelled once `stop` is true.
  ImportReader(Engine& engine, const ImportOptions& options, ImportQueue& queue, std::size_t line_bytes_max,
               const std::atomic<bool>& stop);

  // Looks at the place of the contents, so that a wrong one is told before anything is stored.
  Status Prepare() { return contents_.Open(); }

  // Reads all inputs and finishes the queue. A failed Status: the rest could not be read, or the engine failed; the whole
  // records before it are in the queue.
  Status Run(const std::vector<ImportInput>& inputs);

  // Bytes read so far. From any thread.
  std::uint64_t bytes_read() const { return bytes_done_.load(std::memory_order_relaxed); }

  // What chats of other programs lost on their way. Once Run has returned.
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
  // Bytes that are plain: no zstd, no age. `name`: of the file, or of the tar and the file in it.
  Status ReadPlain(DecodedSource& bytes, const std::string& name);
  Status ReadChats(DecodedSource& bytes, InputLayout layout, const std::string& name);
  Status ReadFileFromEnd(InputLayout layout, const std::string& name);
  // A file of so many bytes, whatever it lies in.
  Status ReadFromEnd(InputLayout layout, const format::RangeReader& source, std::uint64_t file_bytes, const std::string& name);
  Status ReadZip(const format::RangeReader& source, std::uint64_t file_bytes, const std::string& name);
  Status ReadTar(ByteSource& bytes, const std::string& name);
  Status ReadTarEntry(ByteSource& bytes, const std::string& path, const std::string& name);
  Status ReadParquet(format::RangeReader source, std::uint64_t file_bytes, const std::string& name);
  Status HoldContents(format::ParquetReader& file, const ParquetTable& table, const std::string& name);
  // Tells of contents that no document has taken.
  Status EndContents(const std::string& name);
  Status ReadLines(LineSource& lines);
  Status ReadRecord(const TextLine& text, LineSource& lines);
  Status ReadLongRecord(LineSource& lines, ImportLine line);
  // `parts`: what was streamed of a long line; null: nothing.
  Status PutRecord(format::InterchangeRecord& record, LongLine* parts, ImportLine line);
  Status PutConversation(const Conversation& conversation, const std::optional<std::vector<Message>>& messages,
                         ImportLine line);
  Status PutLongConversation(const Conversation& conversation, LongLine& parts, ImportLine line);
  Status PutMessage(const Message& message, ImportLine line);
  Status PutDocument(format::InterchangeRecord& record, LongLine* parts, ImportLine line);
  Status PutPrompt(const Prompt& prompt, ImportLine line);

  // What stands against importing it, beyond the rules of records; empty if nothing.
  std::string WhyWithoutId(std::string_view id, std::string_view what) const;
  // What a put into the batch answered becomes the line's outcome.
  Status AddPut(ImportLine line, const Status& put);
  Status Refuse(ImportLine line, std::string reason);
  Status AddLine(ImportLine line);
  Status AddAlreadyThere(ImportLine line);
  // Whether the policy leaves the stored document alone, so that its content need not be read.
  Result<bool> KeepsStoredDocument(const Document& document);
  Status StoreContent(const PendingDocument& pending, format::InterchangeRecord& record, LongLine* parts);
  Status FindContent(format::InterchangeRecord& record, LongLine* parts, std::string_view document_id,
                     std::optional<ContentWriter>& content, std::string& refusal);
  // Whether a tar's content is for a document that the policy leaves alone.
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
  bool encrypted_ = false;        // the present input came encrypted
  bool messages_in_tar_ = false;  // rows of messages have come
  std::uint64_t hostile_entries_ = 0;
  std::unique_ptr<ImportChunk> chunk_;
  const ImportInput* input_ = nullptr;
  std::size_t input_index_ = 0;
  std::atomic<std::uint64_t> bytes_done_{0};
};

}  // namespace coffer::operations
