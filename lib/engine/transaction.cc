#include "engine/transaction.h"

#include <algorithm>
#include <utility>

#include "engine/internals.h"
#include "engine/record_reads.h"
#include "format/stored/keys.h"
#include "vocabulary/check.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// Bytes that an entry writes in addition to its own row: head, index row.
constexpr std::size_t kBytesBesideRow = 320;

std::string StateKey(Kind kind, std::string_view id) {
  std::string key;
  key.reserve(1 + id.size());
  key.push_back(static_cast<char>(kind));
  key.append(id);
  return key;
}

// An entry of a message changes its conversation.
Kind RecordKind(Kind kind) { return kind == Kind::kMessage ? Kind::kConversation : kind; }

}  // namespace

RecordState& Transaction::StateOf(Kind kind, std::string_view id) { return states_[StateKey(kind, id)]; }

Status Transaction::LoadRecord(Kind kind, std::string_view id, std::string_view value, RecordState& state) {
  if (kind == Kind::kConversation) {
    COFFER_ASSIGN_CONTEXT(format::ConversationHead head, format::DecodeConversationHead(value), id);
    state.head = std::move(head);
    state.exists = true;
    return Status::Ok();
  }
  COFFER_ASSIGN_CONTEXT(format::StoredRecord record, format::DecodeStoredRecord(kind, value), id);
  state.owner = record.owner;
  state.created_at = record.created_at;
  state.updated_at = record.updated_at;
  state.tally = format::TallyOf(kind, id, value, record.json.size());
  if (record.content) {
    state.content =
        OwnedContent{std::string(record.content->id), record.content->size_bytes, std::string(record.content->sha256)};
  }
  state.exists = true;
  return Status::Ok();
}

Status Transaction::Load(Kind kind, std::span<const std::string_view> ids) {
  return kind == Kind::kConversation ? LoadHeads(ids) : LoadTexts(kind, ids);
}

Status Transaction::LoadHeads(std::span<const std::string_view> ids) {
  std::vector<storage::PinnedValue> values(ids.size());
  COFFER_TRY(access_->MultiGet(FamilyOf(Kind::kConversation), ids, nullptr, values));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!values[i].found()) continue;
    COFFER_TRY(LoadRecord(Kind::kConversation, ids[i], values[i].view(), StateOf(Kind::kConversation, ids[i])));
  }
  return Status::Ok();
}

// One by one: a value may have kRecordBytesMax bytes, and MultiGet holds all of them at once.
Status Transaction::LoadTexts(Kind kind, std::span<const std::string_view> ids) {
  storage::PinnedValue value;
  for (std::string_view id : ids) {
    COFFER_TRY(access_->Get(FamilyOf(kind), id, nullptr, value));
    if (!value.found()) continue;
    COFFER_TRY(LoadRecord(kind, id, value.view(), StateOf(kind, id)));
  }
  return Status::Ok();
}

Status Transaction::LockAndLoad(std::span<const BatchEntry> entries) {
  std::vector<RecordName> records;
  records.reserve(entries.size());
  std::map<Kind, std::vector<std::string_view>> ids;
  states_.reserve(entries.size());
  for (const BatchEntry& entry : entries) {
    const Kind kind = RecordKind(entry.kind);
    records.push_back({kind, entry.id});
    if (states_.try_emplace(StateKey(kind, entry.id)).second) ids[kind].push_back(entry.id);
  }
  guard_ = core_.LockIds(records);
  for (const auto& [kind, kind_ids] : ids) {
    COFFER_TRY(Load(kind, kind_ids));
  }
  return Status::Ok();
}

Result<std::vector<AppliedItem>> Transaction::Run(Batch& batch, bool all_or_nothing) {
  Batch::State& state = Internals::StateOf(batch);
  COFFER_TRY(LockAndLoad(state.entries));
  std::vector<AppliedItem> items;
  items.reserve(state.entries.size());
  rows_.Reserve(state.bytes.size() + state.entries.size() * kBytesBesideRow);
  for (BatchEntry& entry : state.entries) {
    const std::size_t rows_before = rows_.size();
    items.push_back(Apply(state, entry));
    const Status& status = items.back().status;
    if (status.ok()) continue;
    const bool store_failed = status.code() == StatusCode::kIoError || status.code() == StatusCode::kCorruption;
    COFFER_CHECK(store_failed || rows_.size() == rows_before);
    if (all_or_nothing || store_failed) {
      return status.WithContext("entry " + std::to_string(items.size() - 1));
    }
  }
  return items;
}

AppliedItem Transaction::Apply(Batch::State& batch, BatchEntry& entry) {
  switch (entry.action) {
    case Action::kPutConversation:
      return PutConversation(batch, entry);
    case Action::kPutMessage:
      return PutMessage(batch, entry);
    case Action::kDeleteMessage:
      return DeleteMessage(batch, entry);
    case Action::kPutDocument:
      return PutDocument(entry);
    case Action::kSetContent:
      return SetContent(entry);
    case Action::kPutPrompt:
      return PutPrompt(batch, entry);
    case Action::kDelete:
      break;
  }
  AppliedItem item;
  item.status = Delete(entry.kind, entry.id, entry.owner);
  item.result.outcome = Outcome::kDeleted;
  return item;
}

Status Transaction::CheckMode(const BatchEntry& entry, const RecordState& state, Timestamp updated_at, bool& keep) const {
  const auto name = [&] { return std::string(KindName(entry.kind)) + " " + entry.id; };
  keep = false;
  if (state.exists && entry.mode == PutMode::kInsert) return Status::AlreadyExists(name() + ": already exists");
  if (!state.exists && entry.mode == PutMode::kUpdate) return Status::NotFound(name() + ": not found");
  if (!state.exists) return Status::Ok();
  const bool conversation = entry.kind == Kind::kConversation;
  const Timestamp present = conversation ? state.head.updated_at : state.updated_at;
  keep = entry.mode == PutMode::kKeepExisting || (entry.mode == PutMode::kNewest && present >= updated_at);
  return Status::Ok();
}

void Transaction::PutIndexRow(Kind kind, std::string_view id, bool existed, std::string_view old_owner,
                              Timestamp old_created_at, std::string_view owner, Timestamp created_at) {
  if (existed && old_owner == owner && old_created_at == created_at) return;
  if (existed) rows_.Delete(storage::Family::kByOwner, format::OwnerKey(kind, old_owner, old_created_at, id));
  rows_.Put(storage::Family::kByOwner, format::OwnerKey(kind, owner, created_at, id), std::string_view());
}

AppliedItem Transaction::PutPrompt(Batch::State& batch, BatchEntry& entry) {
  AppliedItem item;
  RecordState& state = StateOf(Kind::kPrompt, entry.id);
  const std::string_view value = batch.ValueOf(entry.row);
  Result<format::StoredRecord> record = format::DecodeStoredRecord(Kind::kPrompt, value);
  if (!record.ok()) return {std::move(record).status(), {}};
  bool keep = false;
  item.status = CheckMode(entry, state, record->updated_at, keep);
  if (!item.status.ok()) return item;
  item.result.outcome = keep ? Outcome::kKept : state.exists ? Outcome::kReplaced : Outcome::kCreated;
  if (entry.generated_id) item.result.id = entry.id;
  if (keep) return item;

  if (state.exists) change_.Subtract(state.owner, Kind::kPrompt, state.tally);
  PutIndexRow(Kind::kPrompt, entry.id, state.exists, state.owner, state.created_at, record->owner, record->created_at);
  rows_.Put(storage::Family::kPrompts, entry.id, value);
  state.tally = batch.TallyOf(entry.row);
  state.owner = record->owner;
  state.created_at = record->created_at;
  state.updated_at = record->updated_at;
  state.exists = true;
  change_.Add(state.owner, Kind::kPrompt, state.tally);
  return item;
}

Status Transaction::Delete(Kind kind, std::string_view id, std::string_view owner) {
  RecordState& state = StateOf(kind, id);
  const std::string& present = kind == Kind::kConversation ? state.head.owner : state.owner;
  // The same message whether it is missing or has another owner.
  if (!state.exists || (!owner.empty() && owner != present)) {
    return Status::NotFound(std::string(KindName(kind)) + " " + std::string(id) + ": not found");
  }
  if (kind == Kind::kConversation) {
    RemoveConversation(id, state);
    return Status::Ok();
  }
  if (kind == Kind::kDocument) RemoveContent(id, state);
  rows_.Delete(FamilyOf(kind), id);
  rows_.Delete(storage::Family::kByOwner, format::OwnerKey(kind, state.owner, state.created_at, id));
  change_.Subtract(state.owner, kind, state.tally);
  state = RecordState();
  return Status::Ok();
}

Result<std::vector<Status>> Transaction::DeleteByIds(Kind kind, std::span<const std::string_view> ids, std::string_view owner) {
  std::vector<RecordName> records;
  records.reserve(ids.size());
  for (std::string_view id : ids) records.push_back({kind, id});
  guard_ = core_.LockIds(records);
  states_.reserve(ids.size());
  COFFER_TRY(Load(kind, ids));
  std::vector<Status> statuses;
  statuses.reserve(ids.size());
  for (std::string_view id : ids) statuses.push_back(Delete(kind, id, owner));
  return statuses;
}

void Transaction::AddHeadRows() {
  // In the order of keys, which is the fastest order for write buffers.
  std::vector<std::pair<std::string_view, const format::ConversationHead*>> heads;
  for (const auto& [key, state] : states_) {
    if (state.head_changed) heads.emplace_back(std::string_view(key).substr(1), &state.head);
  }
  std::sort(heads.begin(), heads.end());
  for (const auto& [id, head] : heads) {
    scratch_.clear();
    format::AppendConversationHead(*head, scratch_);
    rows_.Put(storage::Family::kConversations, id, scratch_);
  }
}

Status Transaction::Commit(Durability durability) {
  AddHeadRows();
  if (rows_.size() == 0) return core_.CheckWritable();
  COFFER_TRY(core_.CommitToStore(access_, rows_, change_, durability));
  for (ContentWriterState* content : contents_) content->HandOver();
  return Status::Ok();
}

Status Transaction::CommitWith(storage::BulkLoad& load, std::string_view id, const LoadedMessages& loaded) {
  TakeLoadedMessages(loaded, StateOf(Kind::kConversation, id));
  AddHeadRows();
  return core_.CommitToStore(access_, rows_, change_, Durability::kDurable, &load);
}

}  // namespace coffer::engine
