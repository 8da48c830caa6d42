#include "engine/conversation_writer.h"

#include <span>
#include <utility>

#include "engine/internals.h"
#include "engine/transaction.h"
#include "format/stored/keys.h"
#include "format/stored/message_run.h"
#include "storage/durable_file.h"
#include "vocabulary/check.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// Buffers that a large message made larger than this are freed.
constexpr std::size_t kBufferBytesKept = std::size_t{4} << 20;

bool IsFinal(const AppliedItem& item) { return !item.status.ok() || item.result.outcome == Outcome::kKept; }

}  // namespace

// Writes the same rows of messages as a transaction, and removes the old rows, in the order of keys.
class ConversationWriter::RowWriter {
 public:
  RowWriter(std::string_view id, storage::BulkLoad& load, storage::Scan* old_rows, LoadedMessages& loaded)
      : load_(load), old_rows_(old_rows), staged_(loaded) {
    staged_ = {};
    format::AppendMessageKey(id, 0, key_);
    if (old_rows_ != nullptr) old_rows_->SeekToFirst();
  }

  Status Add(TemporaryMessage& message) {
    if (in_row_ > 0 && !FitsRow(message)) {
      COFFER_TRY(EndRow());
    }
    if (in_row_ == 0) {
      format::AppendMessageRunBegin(row_);
      first_in_row_ = message.sequence();
    }
    COFFER_TRY(message.AppendTo(row_));
    ++in_row_;
    row_json_bytes_ += message.json_bytes();
    SetKey(message.sequence());
    const std::string_view json = std::string_view(row_).substr(row_.size() - message.json_bytes());
    if (staged_.messages.count == 0) staged_.first_sequence = message.sequence();
    staged_.last_sequence = message.sequence();
    staged_.last_message_at = message.created_at();
    staged_.messages.Add(format::TallyOf(Kind::kMessage, key_, json, json.size()));
    return Status::Ok();
  }

  Status Finish() {
    if (in_row_ > 0) {
      COFFER_TRY(EndRow());
    }
    if (!only_first_row_shared_) staged_.leading_run = 0;
    return RemoveOldRows({});
  }

 private:
  bool FitsRow(const TemporaryMessage& message) const {
    return in_row_ < format::kMessageRunMessagesMax && message.sequence() == staged_.last_sequence + 1 &&
           row_json_bytes_ + message.json_bytes() <= format::kMessageRunBytesMax;
  }

  Status EndRow() {
    SetKey(first_in_row_);
    COFFER_TRY(RemoveOldRows(key_));
    if (first_in_row_ == staged_.first_sequence) {
      staged_.leading_run = in_row_;
    } else {
      only_first_row_shared_ = only_first_row_shared_ && in_row_ == 1;
    }
    Status status = load_.Put(key_, row_);
    if (row_.capacity() > kBufferBytesKept) row_ = std::string();
    row_.clear();
    row_json_bytes_ = 0;
    in_row_ = 0;
    return status;
  }

  // Deletes the old rows before `key`, whose row is overwritten; all if `key` is empty. One by one, because a range deletion
  // would make the files overlap, and they would all stay on the store's first level.
  Status RemoveOldRows(std::string_view key) {
    if (old_rows_ == nullptr) return Status::Ok();
    for (; old_rows_->valid() && (key.empty() || old_rows_->key() <= key); old_rows_->Next()) {
      if (old_rows_->key() == key) continue;
      COFFER_TRY(load_.Delete(old_rows_->key()));
    }
    return old_rows_->status();
  }

  void SetKey(std::uint64_t sequence) {
    key_.resize(key_.size() - sizeof(sequence));
    format::AppendBigEndian(sequence, key_);
  }

  storage::BulkLoad& load_;
  storage::Scan* old_rows_;
  LoadedMessages& staged_;
  std::string key_;
  std::string row_;
  std::uint64_t first_in_row_ = 0;
  std::uint32_t in_row_ = 0;
  std::size_t row_json_bytes_ = 0;
  bool only_first_row_shared_ = true;
};

ConversationWriter::ConversationWriter(Engine& engine, storage::Store& store, StorePin pin)
    : engine_(engine),
      core_(engine::CoreOf(engine)),
      store_(store),
      pin_(std::move(pin)),
      folder_(core_.folder().StagingPath(core_.NewId())),
      temporary_(core_.files(), folder_ + "/messages"),
      encoder_(engine),
      batch_(engine) {}

ConversationWriter::~ConversationWriter() {
  // If this fails, the next open removes the folder.
  storage::RemoveRecursively(core_.files(), folder_).Ignore();
}

Result<std::unique_ptr<ConversationWriter>> ConversationWriter::Begin(Engine& engine) {
  EngineCore& core = engine::CoreOf(engine);
  COFFER_TRY(core.CheckWritable());
  const StoreAccess access = core.Access();
  std::unique_ptr<ConversationWriter> writer(new ConversationWriter(engine, *access, core.Pin()));
  COFFER_TRY(core.files().CreateDirectory(writer->folder_));
  return writer;
}

Status ConversationWriter::Append(Message message) {
  const std::string name = "messages[" + std::to_string(messages_) + "]";
  const std::uint64_t sequence = message.sequence_number.value_or(next_sequence_);
  if (sequence == UINT64_MAX) return Status::InvalidArgument(name + ".sequence_number: too large");
  // The stored text contains neither the conversation's id nor the sequence number, so any id will do here.
  message.conversation_id.clear();
  message.sequence_number.reset();
  COFFER_TRY_CONTEXT(encoder_.AppendMessage("any", message), name);
  message = Message();  // frees the memory of a long message early
  const Batch::State& encoded = Internals::StateOf(encoder_);
  const EncodedMessage& row = encoded.messages.back();
  Status status = temporary_.Add(sequence, row.created_at, encoded.StoredOf(row));
  if (encoder_.bytes() > kBufferBytesKept) {
    encoder_ = Batch(engine_);
  } else {
    encoder_.Clear();
  }
  ++messages_;
  next_sequence_ = sequence + 1;
  return status;
}

Status ConversationWriter::Finish(const Conversation& conversation, PutMode mode) {
  if (messages_ == 0) return Status::Internal("conversation: has no messages");
  COFFER_TRY(batch_.PutConversationWithMessages(conversation, std::span<const Message>(), mode));
  BatchEntry& entry = Internals::StateOf(batch_).entries.back();
  entry.messages_loaded = true;
  id_ = entry.id;
  return temporary_.Finish();
}

Result<AppliedItem> ConversationWriter::Commit() {
  COFFER_CHECK(!id_.empty());
  COFFER_ASSIGN(bool exists, Exists());
  COFFER_ASSIGN(std::optional<AppliedItem> put, exists ? std::optional<AppliedItem>() : PutNew());
  Result<AppliedItem> item = put ? Result<AppliedItem>(*std::move(put)) : PutOver();
  // As after every commit: a failure closes the latch, and the next write returns it.
  if (item.ok()) Guarded([this] { return core_.RebaseCountersIfDue(); }).Ignore();
  return item;
}

Result<bool> ConversationWriter::Exists() {
  storage::PinnedValue head;
  const StoreAccess access = core_.Access();
  COFFER_TRY(access->Get(storage::Family::kConversations, id_, nullptr, head));
  return head.found();
}

Result<std::optional<AppliedItem>> ConversationWriter::PutNew() {
  COFFER_ASSIGN(std::unique_ptr<storage::BulkLoad> load, NewLoad());
  Status filled = FillLoad(*load, nullptr);
  if (filled.code() == StatusCode::kInvalidArgument) return std::optional(AppliedItem{std::move(filled), {}});
  if (!filled.ok()) return filled;

  const StoreAccess access = core_.Access();
  Transaction transaction(core_, access);
  COFFER_ASSIGN(std::vector<AppliedItem> items, transaction.Run(batch_, false));
  AppliedItem& item = items.front();
  if (item.status.ok() && item.result.outcome != Outcome::kCreated) return std::optional<AppliedItem>();
  if (IsFinal(item)) return std::optional(std::move(item));
  COFFER_TRY(transaction.CommitWith(*load, id_, staged_));
  return std::optional(std::move(item));
}

Result<AppliedItem> ConversationWriter::PutOver() {
  const StoreAccess access = core_.Access();
  Transaction transaction(core_, access);
  COFFER_ASSIGN(std::vector<AppliedItem> items, transaction.Run(batch_, false));
  AppliedItem& item = items.front();
  if (IsFinal(item)) return std::move(item);

  storage::ScanOptions options;
  options.fill_cache = false;
  const std::unique_ptr<storage::Scan> old_rows =
      access->NewScan(storage::Family::kMessages, format::MessageKey(id_, 0), format::MessagesEnd(id_), options);
  COFFER_ASSIGN(std::unique_ptr<storage::BulkLoad> load, NewLoad());
  Status filled = FillLoad(*load, old_rows.get());
  if (filled.code() == StatusCode::kInvalidArgument) return AppliedItem{std::move(filled), {}};
  if (!filled.ok()) return filled;
  COFFER_TRY(transaction.CommitWith(*load, id_, staged_));
  return std::move(item);
}

Status ConversationWriter::FillLoad(storage::BulkLoad& load, storage::Scan* old_rows) {
  RowWriter rows(id_, load, old_rows, staged_);
  Status status = temporary_.ForEach([&rows](TemporaryMessage& message) { return rows.Add(message); });
  return status.ok() ? rows.Finish() : status;
}

}  // namespace coffer::engine
