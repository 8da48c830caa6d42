// Engine: conversations with their messages, documents with their contents, and prompts, in one folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/batch.h"
#include "coffer/bulk_delete.h"
#include "coffer/content.h"
#include "coffer/conversation.h"
#include "coffer/document.h"
#include "coffer/integrity.h"
#include "coffer/options.h"
#include "coffer/page.h"
#include "coffer/prompt.h"
#include "coffer/result.h"
#include "coffer/selection.h"
#include "coffer/snapshot.h"
#include "coffer/statistics.h"
#include "coffer/visibility.h"

namespace coffer {

namespace engine {
class EngineCore;
class Internals;
}  // namespace engine

struct ListOptions {
  // Only this owner's, in the order of created_at. Empty: everybody's, in the order of ids (generated ids follow time).
  std::string owner;
  std::size_t limit = 100;             // 1..kPageItemsMax; a page may hold fewer where kPageBytesMax is reached
  std::string after;                   // Page::next of the page before
  const Snapshot* snapshot = nullptr;  // as in ReadOptions
};

struct MessageListOptions {
  std::uint64_t from_sequence = 0;     // the first that is wanted
  std::size_t limit = 1000;            // 1..kPageItemsMax; a page may hold fewer where kPageBytesMax is reached
  const Snapshot* snapshot = nullptr;  // as in ReadOptions
};

// What the live store takes on disk.
struct ReclaimReport {
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
};

// Safe to use from many threads. One engine that writes, or any number of read-only ones, may have a folder open.
//
// Errors common to all calls: kIoError and kCorruption from the store; kResourceExhausted where memory or the device has no
// room. Common to all that write, Sync and Reclaim among them: kPermissionDenied on a read-only engine, and, once a write has
// failed half-way down, kUnavailable for every later one until the engine is opened anew (the message tells the first failure;
// reads go on). A failed write changes nothing that a reader can see; after the next opening it is there whole or not at all.
class COFFER_API Engine {
 public:
  // Opens the store in `folder` and makes one where there is none (OpenOptions::create_if_missing).
  // Work that a crash cut off is swept here, or goes on: bulk deletes in the background, erasures so that what they erase
  // cannot be read any more when this returns (operation.h).
  // kInvalidArgument: the folder holds other things, not a store; an option is outside its range; the repository lies within
  // the store's own files. kNotFound: no store, and none is to be made.
  // kBusy: another process, or another engine of this one, holds it; the message names its process id.
  // kUnavailable: written by a newer version of the format. kCorruption: the store, or the journal of operations, is damaged.
  // A failure changes no record. kInvalidArgument, kNotFound, kBusy and kUnavailable leave a folder that was there as it was;
  // another may leave the beginning of a new store, which the next opening takes up or sweeps.
  static Result<std::unique_ptr<Engine>> Open(const std::string& folder, const OpenOptions& options = {});

  // Closes if Close was not called; a failure then goes unreported.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Cancels operations and waits for them, makes buffered writes durable and releases the folder. No other call may be running
  // or follow. Snapshots, batches, readers and writers of this engine must be gone.
  // On failure (kIoError …) the folder is released as well; what is missing then are buffered writes at most.
  Status Close();

  // ---- Writing -------------------------------------------------------------------------------------------------------------

  // Applies the batch in order as one atomic change and empties it. One result an operation, in the order of the puts.
  // kInvalidArgument: a batch of another engine.
  // The code of the first operation that cannot be applied (PutMode, Batch), its message naming the operation: then nothing
  // is applied, and the batch keeps its operations.
  Result<std::vector<ItemResult>> Commit(Batch& batch, const WriteOptions& options = {});

  // One-operation forms of Batch with Commit; they answer the id, or the sequence number. A content is taken over, and dropped
  // where the put fails.
  Result<std::string> PutConversation(const Conversation& conversation, PutMode mode = PutMode::kUpsert,
                                      const WriteOptions& options = {});
  Result<std::string> PutConversation(const Conversation& conversation, std::initializer_list<Message> messages) = delete;
  Result<std::string> PutConversationWithMessages(const Conversation& conversation, std::span<const Message> messages,
                                                  PutMode mode = PutMode::kUpsert, const WriteOptions& options = {});
  Result<std::string> PutConversationWithMessages(const Conversation& conversation, std::initializer_list<Message> messages,
                                                  PutMode mode = PutMode::kUpsert, const WriteOptions& options = {}) {
    return PutConversationWithMessages(conversation, std::span<const Message>(messages.begin(), messages.size()), mode,
                                       options);
  }
  Result<std::uint64_t> AppendMessage(std::string_view conversation_id, const Message& message,
                                      const WriteOptions& options = {});
  Result<std::string> PutDocument(const Document& document, PutMode mode = PutMode::kUpsert, const WriteOptions& options = {});
  Result<std::string> PutDocument(const Document& document, ContentWriter content, PutMode mode = PutMode::kUpsert,
                                  const WriteOptions& options = {});
  Result<std::string> PutPrompt(const Prompt& prompt, PutMode mode = PutMode::kUpsert, const WriteOptions& options = {});
  Status Delete(Kind kind, std::string_view id, std::string_view owner = {}, const WriteOptions& options = {});
  Status DeleteMessage(std::string_view conversation_id, std::uint64_t sequence_number, const WriteOptions& options = {});

  // Starts a content (content.h).
  Result<ContentWriter> NewContent();

  // ---- Reading -------------------------------------------------------------------------------------------------------------
  // kNotFound where there is no such record; kInvalidArgument for an id or a cursor that cannot be one, and for a limit out of
  // range.

  Result<Conversation> GetConversation(std::string_view id, const ReadOptions& options = {});
  Result<Message> GetMessage(std::string_view conversation_id, std::uint64_t sequence_number, const ReadOptions& options = {});
  Result<Document> GetDocument(std::string_view id, const ReadOptions& options = {});
  Result<Prompt> GetPrompt(std::string_view id, const ReadOptions& options = {});
  // Messages by sequence number. `next` is the first sequence number of the next page, in decimal.
  Result<Page<Message>> ListMessages(std::string_view conversation_id, const MessageListOptions& options = {});
  Result<Page<Conversation>> ListConversations(const ListOptions& options = {});
  Result<Page<Document>> ListDocuments(const ListOptions& options = {});
  Result<Page<Prompt>> ListPrompts(const ListOptions& options = {});

  // Opens a document's content. kNotFound also where the document has none; the message says which.
  Result<ContentReader> OpenContent(std::string_view document_id, const ReadOptions& options = {});

  // The same reads as canonical JSON text, the fastest way to a record: bytes are copied, not parsed.
  // A conversation carries "messages":[…] if `with_messages`.
  Result<std::string> GetConversationJson(std::string_view id, bool with_messages, const ReadOptions& options = {});
  Result<std::string> GetMessageJson(std::string_view conversation_id, std::uint64_t sequence_number,
                                     const ReadOptions& options = {});
  Result<std::string> GetDocumentJson(std::string_view id, const ReadOptions& options = {});
  Result<std::string> GetPromptJson(std::string_view id, const ReadOptions& options = {});
  // kind: conversation (without messages), document or prompt.
  Result<Page<std::string>> ListJson(Kind kind, const ListOptions& options = {});

  // The state of this moment, for any number of reads. Cheap; see Snapshot for what holding it costs.
  Result<std::unique_ptr<Snapshot>> TakeSnapshot();

  // ---- Bulk delete ---------------------------------------------------------------------------------------------------------

  // Deletes records with all that hangs on them, in atomic commits of at most kDeleteBatchRecordsMax records. There are no
  // tombstones: the same id may be put again. An id given twice counts once as deleted and once as failed.
  // More than kDeleteInlineRecordsMax of them are deleted by an operation that is waited for (bulk_delete.h).
  // kInvalidArgument: `kind` is not one of conversation, document, prompt; more than kBulkDeleteIdsMax ids. A failure between
  // commits (kIoError …) leaves the commits before it done; asking again does the rest.
  Result<BulkDeleteReport> BulkDelete(Kind kind, std::span<const std::string> ids, const BulkDeleteOptions& options = {});
  // The same for all records that `selection` holds at the moment of the call; those written later stay.
  Result<BulkDeleteReport> BulkDelete(const Selection& selection, const BulkDeleteOptions& options = {});

  // ---- Looking after the store ---------------------------------------------------------------------------------------------

  // From counters kept with every write: the time does not depend on the number of records, only of owners.
  Result<StorageStatistics> Statistics();

  // Reads every record, index row, content and counter of one snapshot and compares them. Findings are reported, never
  // repaired; they are not a failed Status.
  Result<IntegrityReport> CheckIntegrity();

  // Compacts, so that deleted records leave the disk now rather than later; what snapshots hold stays. Reads and writes go on
  // meanwhile. A failure leaves some of it done.
  Result<ReclaimReport> Reclaim();

  // Makes durable what was written buffered by calls that have returned.
  Status Sync();

  // A restore is putting its store in the place of the present one at this moment; calls that begin now wait for it.
  bool switching() const noexcept;

  const std::string& folder() const noexcept;
  const std::string& repository() const noexcept;
  bool read_only() const noexcept;

 private:
  friend class engine::Internals;
  explicit Engine(std::unique_ptr<engine::EngineCore> core);
  std::unique_ptr<engine::EngineCore> core_;
};

}  // namespace coffer
