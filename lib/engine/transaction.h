// Transaction: applies entries to the store as one atomic commit. It reads what is there, keeps a picture of what the
// entries before have made of it, and collects rows and counter changes.
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

// The content a document has, kept beyond the life of the value it was read from.
struct OwnedContent {
  std::string id;
  std::uint64_t size_bytes = 0;
  std::string sha256;

  format::ContentReference Reference() const { return {id, size_bytes, sha256}; }
};

// A message as the transaction sees it; absent from the picture: as the store, or the conversation's put, has it.
struct MessageState {
  bool exists = false;
  bool shares_row = false;  // with others, and so cannot be changed before the row is split
  Timestamp created_at;
  format::Tally tally;
  std::string id_text;
};

// A record as the transaction sees it.
struct RecordState {
  bool exists = false;
  format::ConversationHead head;  // of a conversation
  bool head_changed = false;
  std::map<std::uint64_t, MessageState> messages;  // put or deleted one by one in this transaction
  const BatchEntry* put = nullptr;                 // the entry that put all of its messages; Operation's are sorted by sequence
  bool stored_messages_gone = false;               // those the store has are deleted by this transaction

  std::string owner;  // of a document or prompt, as the rest
  Timestamp created_at;
  Timestamp updated_at;
  format::Tally tally;
  std::optional<OwnedContent> content;
  std::string json;  // of a document
};

// Invariants:
// * An entry is checked before it changes anything: one that fails leaves the picture, the rows and the counters as they were.
// * The ids it touches are locked from Run or DeleteByIds until its end.
// One thread; the core and the access must outlive it.
class Transaction {
 public:
  Transaction(EngineCore& core, const StoreAccess& access) : core_(core), access_(access) {}

  // Applies the batch's entries in order. all_or_nothing: the first failure is the answer, and nothing may be committed then.
  Result<std::vector<AppliedItem>> Run(Batch& batch, bool all_or_nothing);

  // Deletes what of `ids` (distinct) is there and has the owner (if not empty): one status an id.
  Result<std::vector<Status>> DeleteByIds(Kind kind, std::span<const std::string_view> ids, std::string_view owner);

  // Adds a row of `progress` to the commit.
  void Note(std::string_view key, std::string_view value) { rows_.Put(storage::Family::kProgress, key, value); }
  // What the entries so far do to the counters.
  const CounterChange& change() const { return change_; }

  Status Commit(Durability durability);
  // With the rows of `load`, which are those of the conversation `id`, put by an entry whose messages are staged. Durable.
  Status CommitWith(storage::BulkLoad& load, std::string_view id, const LoadedMessages& loaded);

 private:
  void AddHeadRows();
  Status LockAndLoad(std::span<const BatchEntry> entries);
  Status Load(Kind kind, std::span<const std::string_view> ids);
  Status LoadRecord(Kind kind, std::string_view id, std::string_view value, RecordState& state);
  RecordState& StateOf(Kind kind, std::string_view id);

  AppliedItem Apply(Batch::State& batch, BatchEntry& entry);
  AppliedItem PutConversation(Batch::State& batch, BatchEntry& entry);
  AppliedItem PutMessage(Batch::State& batch, BatchEntry& entry);
  AppliedItem DeleteMessage(Batch::State& batch, BatchEntry& entry);
  AppliedItem PutDocument(BatchEntry& entry);
  AppliedItem SetContent(BatchEntry& entry);
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
  // Gives each message of the row that holds this one a row of its own, and a place in the picture.
  Status SplitRow(Batch::State& batch, std::string_view id, RecordState& state, std::uint64_t sequence);
  void PutRun(const Batch::State& batch, std::size_t first, std::size_t last);
  void PutSingle(std::string_view id, std::uint64_t sequence, const format::StoredMessage& message);
  // The nearest message before (or behind) `sequence`, which must not be the only one.
  Result<std::pair<std::uint64_t, Timestamp>> Neighbour(Batch::State& batch, std::string_view id, RecordState& state,
                                                        std::uint64_t sequence, bool before);
  Status WriteDocument(std::string_view id, Document document, RecordState& state, ContentWriterState* content);

  EngineCore& core_;
  const StoreAccess& access_;
  Stripes::Guard guard_;
  std::unordered_map<std::string, RecordState> states_;  // kind (1 byte) and id
  storage::WriteBatch rows_;
  CounterChange change_;
  std::vector<ContentWriterState*> contents_;  // the batch's; theirs are the chunks once the commit is done
  std::string scratch_;
  std::vector<std::string_view> parts_;
};

// kInvalidArgument when file_size or file_hash are given and do not fit; the message names both values.
Status CheckContentFits(const Document& document, std::uint64_t size_bytes, const std::string& sha256_hex);

}  // namespace coffer::engine
