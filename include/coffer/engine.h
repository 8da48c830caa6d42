// Engine: stores conversations with their messages, documents with their contents, and prompts, in one folder.
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
#include "coffer/listing.h"
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
  // Only records of this owner, ordered by created_at. Empty: records of all owners, ordered by id (generated ids follow time).
  std::string owner = {};
  std::size_t limit = 100;             // records a page, 1..kPageItemsMax; kPageBytesMax may end a page earlier
  std::string after = {};              // Page::next of the page before; empty: the first page
  const Snapshot* snapshot = nullptr;  // as in ReadOptions
};

// Messages are ordered by sequence number.
struct MessageListOptions {
  std::uint64_t from_sequence = 0;     // the lowest sequence number to list
  std::size_t limit = 1000;            // messages a page, 1..kPageItemsMax; kPageBytesMax may end a page earlier
  std::string after = {};              // Page::next of the page before; empty: begin at from_sequence
  const Snapshot* snapshot = nullptr;  // as in ReadOptions
  std::string owner = {};              // as in ReadOptions
};

// Bytes that the live store occupies on disk.
struct ReclaimReport {
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
};

// Owned by the caller. Thread-safe, except Close and destruction.
// One engine that writes, or any number of read-only ones, may have a folder open.
// Snapshots, batches, listings, content writers and content readers must be gone before the engine.
//
// Errors that any call may return:
// kIoError: the file system failed.
// kCorruption: stored bytes are not what was written.
// kResourceExhausted: memory is exhausted or the device is full.
// Errors that any writing call may return, Sync and Reclaim included:
// kPermissionDenied: the engine is read-only.
// kUnavailable: an earlier commit failed; its message quotes that failure. Reads still work. Reopen the engine to write again.
//
// A write that fails changes nothing that a reader can see. If the commit itself failed, the next opening finds either the
// whole write or nothing of it.
class COFFER_API Engine {
 public:
  // Opens the store in `folder`; creates it if it is missing (OpenOptions::create_if_missing).
  // Removes temporary files and rows of an earlier crash. Resumes interrupted bulk deletes in the background, and interrupted
  // erasures such that nothing they erase can be read when this returns (operation.h).
  // kInvalidArgument: an option is outside its range.
  // kInvalidArgument: `folder` is a file, or holds other things than a store.
  // kInvalidArgument: the repository is inside the store's own files.
  // kNotFound: there is no store, and none may be created.
  // kBusy: another engine has the store open; the message names its process id.
  // kUnavailable: a newer version of the library wrote the store.
  // kCorruption: the store or the journal of operations is damaged.
  // No failure changes a record. kInvalidArgument, kNotFound, kBusy and kUnavailable leave an existing folder unchanged. Other
  // failures may leave the beginning of a new store, which the next opening completes or removes.
  static Result<std::unique_ptr<Engine>> Open(const std::string& folder, const OpenOptions& options = {});

  // Closes the engine if Close was not called; a failure is not reported.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Cancels the operations and waits for them, makes buffered writes durable, and releases the folder.
  // No other call may be running, and none may follow. The folder is released even on failure.
  // kIoError, kResourceExhausted: buffered writes may be lost; durable ones are not.
  Status Close();

  // ---- Writing -------------------------------------------------------------------------------------------------------------

  // Applies the entries of `batch` in order as one atomic change, and empties the batch. Returns one result an entry, in order.
  // If an entry cannot be applied, nothing is written, the batch keeps its entries, and the error is that of the first such
  // entry; the message gives its index. Its code is one that the entry's Batch call documents, or one of these two:
  // kAlreadyExists: PutMode::kInsert, and the record exists.
  // kNotFound: PutMode::kUpdate, and the record does not exist.
  // kInvalidArgument: `batch` belongs to another engine.
  Result<std::vector<ItemResult>> Commit(Batch& batch, const WriteOptions& options = {});

  // Batch and Commit in one call, for one entry; errors are those of both. They return the id, or the sequence number.
  // A `content` is owned by the call, and dropped on failure.
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

  // Begins a new content (content.h).
  Result<ContentWriter> NewContent();

  // ---- Reading -------------------------------------------------------------------------------------------------------------
  // Each call shows one moment: that of its snapshot or, without one, a moment during the call. It shows every commit as a
  // whole, every commit that returned before the call, and nothing older than an earlier call of the same thread showed.
  // A read does not hold up writers.
  // Errors of all reads:
  // kNotFound: there is no such record, or it belongs to another owner than ReadOptions::owner.
  // kInvalidArgument: malformed id, malformed cursor, `limit` out of range, or a snapshot of another engine.

  Result<Conversation> GetConversation(std::string_view id, const ReadOptions& options = {});
  Result<Message> GetMessage(std::string_view conversation_id, std::uint64_t sequence_number, const ReadOptions& options = {});
  Result<Document> GetDocument(std::string_view id, const ReadOptions& options = {});
  Result<Prompt> GetPrompt(std::string_view id, const ReadOptions& options = {});

  // One page of a listing. See ListOptions and MessageListOptions for order and cursors.
  // Page::next of a page of messages is the sequence number of the next message, in decimal. If both `after` and from_sequence
  // are given, the later one counts.
  Result<Page<Message>> ListMessages(std::string_view conversation_id, const MessageListOptions& options = {});
  Result<Page<Conversation>> ListConversations(const ListOptions& options = {});
  Result<Page<Document>> ListDocuments(const ListOptions& options = {});
  Result<Page<Prompt>> ListPrompts(const ListOptions& options = {});

  // Whole listings as ranges for range-for (listing.h). Errors are in Listing::status after the loop.
  Listing<Conversation> Conversations(const ListOptions& options = {});
  Listing<Document> Documents(const ListOptions& options = {});
  Listing<Prompt> Prompts(const ListOptions& options = {});
  Listing<Message> Messages(std::string_view conversation_id, const MessageListOptions& options = {});

  // Opens a document's content for reading.
  // kNotFound: there is no such document, or it has no content; the message says which.
  Result<ContentReader> OpenContent(std::string_view document_id, const ReadOptions& options = {});

  // The same reads as canonical JSON text. These are the fastest: the stored bytes are copied, not parsed.
  // `with_messages`: add a member "messages" with all messages of the conversation.
  Result<std::string> GetConversationJson(std::string_view id, bool with_messages, const ReadOptions& options = {});
  Result<std::string> GetMessageJson(std::string_view conversation_id, std::uint64_t sequence_number,
                                     const ReadOptions& options = {});
  Result<std::string> GetDocumentJson(std::string_view id, const ReadOptions& options = {});
  Result<std::string> GetPromptJson(std::string_view id, const ReadOptions& options = {});
  // `kind`: conversation (without messages), document or prompt; any other is kInvalidArgument.
  Result<Page<std::string>> ListJson(Kind kind, const ListOptions& options = {});
  Listing<std::string> RecordsJson(Kind kind, const ListOptions& options = {});

  // Pins the current state for any number of reads. Cheap to take; see Snapshot for the cost of holding it.
  Result<std::unique_ptr<Snapshot>> TakeSnapshot();

  // ---- Bulk delete ---------------------------------------------------------------------------------------------------------

  // Deletes records with everything that belongs to them, in atomic commits of at most kDeleteBatchRecordsMax records, and
  // waits. More than kDeleteInlineRecordsMax records are deleted by an operation (bulk_delete.h), fewer within the call.
  // A deleted id can be put again. An id that is given twice counts once as deleted and once as an error.
  // A failure keeps the commits before it; repeat the call to delete the rest.
  // kInvalidArgument: `kind` is not conversation, document or prompt.
  // kInvalidArgument: more than kBulkDeleteIdsMax ids.
  Result<BulkDeleteReport> BulkDelete(Kind kind, std::span<const std::string> ids, const BulkDeleteOptions& options = {});
  // The same for the records that match `selection` at the time of the call. Records written later are kept.
  // kInvalidArgument: the selection is invalid, or its owner is not the one in the options.
  Result<BulkDeleteReport> BulkDelete(const Selection& selection, const BulkDeleteOptions& options = {});

  // ---- Maintenance ---------------------------------------------------------------------------------------------------------

  // Sizes and counts, from counters that every write updates: the time grows with the number of owners, not of records.
  Result<StorageStatistics> Statistics();

  // Reads every record, index row, content and counter of one snapshot and compares them. Repairs nothing.
  // Findings are in the report; they are not a failed Status.
  Result<IntegrityReport> CheckIntegrity();

  // Compacts the store so that deleted records leave the disk now. What snapshots pin stays. Reads and writes continue
  // meanwhile. A failure may leave part of the store compacted.
  Result<ReclaimReport> Reclaim();

  // Makes all buffered writes durable that returned before this call.
  Status Sync();

  // True while a restore replaces the live store. Calls made now wait until it is done, usually milliseconds.
  bool switching() const noexcept;

  // The folder given to Open.
  const std::string& folder() const noexcept;
  // The path of the backup repository.
  const std::string& repository() const noexcept;
  bool read_only() const noexcept;

 private:
  friend class engine::Internals;
  explicit Engine(std::unique_ptr<engine::EngineCore> core);
  std::unique_ptr<engine::EngineCore> core_;
};

}  // namespace coffer
