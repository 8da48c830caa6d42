// Transaction: applies batch entries as one atomic commit. It reads the records, keeps their states after the entries applied
// so far, and collects rows and counter changes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coffer/bulk_delete.h"
#include "engine/batch_state.h"
#include "engine/core.h"
#include "format/stored/stored_record.h"

namespace coffer::engine {

// The content reference of a document, with its own memory.
struct OwnedContent {
  std::string id;
  std::uint64_t size_bytes = 0;
  std::string sha256;

  format::ContentReference Reference() const { return {id, size_bytes, sha256}; }
};

// The state of a message that the transaction changed. All other messages are as in the store, or in the conversation's put.
struct MessageState {
  bool exists = false;
  bool shares_row = false;  // its row holds others too, and must be split before it changes
  Timestamp created_at;
  format::Tally tally;
  std::string id_text;
};

// The state of a record after the entries applied so far.
struct RecordState {
  bool exists = false;
  format::ConversationHead head;  // conversations only
  bool head_changed = false;
  std::map<std::uint64_t, MessageState> messages;  // put or deleted one by one in this transaction
  const BatchEntry* put = nullptr;                 // the entry that put all of its messages, sorted by sequence number
  bool stored_messages_gone = false;               // the transaction deletes all stored messages

  std::string owner;  // this and the rest: documents and prompts only
  Timestamp created_at;
  Timestamp updated_at;
  format::Tally tally;
  std::optional<OwnedContent> content;
  // Documents only. The text of a document that the transaction has put. All others are as in the store, but for what SetContent
  // changes, which a second SetContent replaces.
  bool json_written = false;
  std::string json;
};

// Invariants:
// * An entry is checked before it changes anything: an entry that fails changes no state, row or counter.
// * The ids are locked from Run or DeleteByIds until the transaction is destroyed.
// Use from one thread. The core and the access must outlive it.
class Transaction {
 public:
  Transaction(EngineCore& core, const StoreAccess& access) : core_(core), access_(access) {}

  // Applies the batch's entries in order. all_or_nothing: returns the first failure; Commit must not be called then.
  Result<std::vector<AppliedItem>> Run(Batch& batch, bool all_or_nothing);

  // Deletes the records of `ids`, which must be distinct. With an owner, only that owner's. Returns one status for each id.
  Result<std::vector<Status>> DeleteByIds(Kind kind, std::span<const std::string_view> ids, std::string_view owner);

  // Adds a row of `progress` to the commit.
  void Note(std::string_view key, std::string_view value) { rows_.Put(storage::Family::kProgress, key, value); }
  // The counter changes of the entries applied so far.
  const CounterChange& change() const { return change_; }

  Status Commit(Durability durability);
  // Commits together with `load`, which holds the messages of the conversation `id`, whose entry has messages_loaded. Durable.
  Status CommitWith(storage::BulkLoad& load, std::string_view id, const LoadedMessages& loaded);

 private:
  void AddHeadRows();
  Status LockAndLoad(std::span<const BatchEntry> entries);
  Status Load(Kind kind, std::span<const std::string_view> ids);
  Status LoadHeads(std::span<const std::string_view> ids);
  Status LoadTexts(Kind kind, std::span<const std::string_view> ids);
  Status LoadRecord(Kind kind, std::string_view id, std::string_view value, RecordState& state);
  RecordState& StateOf(Kind kind, std::string_view id);

  AppliedItem Apply(Batch::State& batch, BatchEntry& entry);
  AppliedItem PutConversation(Batch::State& batch, BatchEntry& entry);
  AppliedItem PutMessage(Batch::State& batch, BatchEntry& entry);
  AppliedItem DeleteMessage(Batch::State& batch, BatchEntry& entry);
  AppliedItem PutDocument(BatchEntry& entry);
  AppliedItem SetContent(BatchEntry& entry);
  Result<Document> PresentDocument(std::string_view id, const RecordState& state);
  AppliedItem PutPrompt(Batch::State& batch, BatchEntry& entry);
  Status Delete(Kind kind, std::string_view id, std::string_view owner);

  Status CheckMode(const BatchEntry& entry, const RecordState& state, Timestamp updated_at, bool& keep) const;
  void MoveOwner(RecordState& state, std::string_view owner);
  void RemoveMessages(std::string_view id, RecordState& state);
  void DeleteMessageRows(std::string_view id, const format::ConversationHead& head);
  void ForgetMessages(RecordState& state);
  void TakeLoadedMessages(const LoadedMessages& loaded, RecordState& state);
  void RemoveContent(std::string_view id, RecordState& state);
  void RemoveConversation(std::string_view id, RecordState& state);
  void PutIndexRow(Kind kind, std::string_view id, bool existed, std::string_view old_owner, Timestamp old_created_at,
                   std::string_view owner, Timestamp created_at);
  Result<std::optional<MessageState>> FindMessage(Batch::State& batch, std::string_view id, RecordState& state,
                                                  std::uint64_t sequence);
  // Gives each message in the row of this message a row of its own, and a MessageState.
  Status SplitRow(Batch::State& batch, std::string_view id, RecordState& state, std::uint64_t sequence);
  void PutRun(const Batch::State& batch, std::size_t first, std::size_t last);
  void PutSingle(std::string_view id, std::uint64_t sequence, const format::StoredMessage& message);
  // The nearest message before or after `sequence`, which must not be the only message.
  Result<std::pair<std::uint64_t, Timestamp>> Neighbour(Batch::State& batch, std::string_view id, RecordState& state,
                                                        std::uint64_t sequence, bool before);
  Status WriteDocument(std::string_view id, Document document, RecordState& state, ContentWriterState* content);

  EngineCore& core_;
  const StoreAccess& access_;
  Stripes::Guard guard_;
  std::unordered_map<std::string, RecordState> states_;  // kind (1 byte) and id
  storage::WriteBatch rows_;
  CounterChange change_;
  std::vector<ContentWriterState*> contents_;  // in the batch; their records own the chunks after the commit
  std::string scratch_;
  std::vector<std::string_view> parts_;
};

// kInvalidArgument: file_size or file_hash do not match the content; the message names both values.
Status CheckContentFits(const Document& document, std::uint64_t size_bytes, const std::string& sha256_hex);

}  // namespace coffer::engine
