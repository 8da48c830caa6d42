#include "engine/conversation_writer.h"

#include <span>
#include <utility>

#include "engine/transaction.h"
#include "format/fixed_width.h"
#include "format/keys.h"
#include "format/message_run.h"
#include "storage/durable_file.h"
#include "vocabulary/exceptions.h"

namespace coffer::engine {
namespace {

// A message of unusual size must not leave its memory to all that follow.
constexpr std::size_t kBufferBytesKept = std::size_t{4} << 20;

bool IsFinal(const AppliedItem& item) { return !item.status.ok() || item.result.outcome == Outcome::kKept; }

}  // namespace

// Rows of messages, made as a transaction makes them, and between them the removal of the rows that were there.
class ConversationWriter::RowWriter {
 public:
  RowWriter(std::string_view id, storage::BulkLoad& load, storage::Scan* old_rows, StagedMessages& staged)
      : load_(load), old_rows_(old_rows), staged_(staged) {
    staged_ = {};
    format::AppendMessageKey(id, 0, key_);
    if (old_rows_ != nullptr) old_rows_->SeekToFirst();
  }

  Status Add(SpooledMessage& message) {
    if (in_row_ > 0 && !FitsRow(message)) {
      if (Status status = EndRow(); !status.ok()) return status;
    }
    if (in_row_ == 0) {
      format::AppendMessageRunBegin(row_);
      first_in_row_ = message.sequence();
    }
    if (Status status = message.AppendTo(row_); !status.ok()) return status;
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
      if (Status status = EndRow(); !status.ok()) return status;
    }
    if (!only_first_row_shared_) staged_.leading_run = 0;
    return RemoveOldRows({});
  }

 private:
  bool FitsRow(const SpooledMessage& message) const {
    return in_row_ < format::kMessageRunMessagesMax && message.sequence() == staged_.last_sequence + 1 &&
           row_json_bytes_ + message.json_bytes() <= format::kMessageRunBytesMax;
  }

  Status EndRow() {
    SetKey(first_in_row_);
    if (Status status = RemoveOldRows(key_); !status.ok()) return status;
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

  // Those up to the row at `key`, which is written over; all, if that is empty. One by one: a range deletion among the files
  // would make them overlap, and keep them all on the store's first level.
  Status RemoveOldRows(std::string_view key) {
    if (old_rows_ == nullptr) return Status::Ok();
    for (; old_rows_->valid() && (key.empty() || old_rows_->key() <= key); old_rows_->Next()) {
      if (old_rows_->key() == key) continue;
      if (Status status = load_.Delete(old_rows_->key()); !status.ok()) return status;
    }
    return old_rows_->status();
  }

  void SetKey(std::uint64_t sequence) {
    key_.resize(key_.size() - sizeof(sequence));
    format::AppendBigEndian(sequence, key_);
  }

  storage::BulkLoad& load_;
  storage::Scan* old_rows_;
  StagedMessages& staged_;
  std::string key_;
  std::string row_;
  std::uint64_t first_in_row_ = 0;
  std::uint32_t in_row_ = 0;
  std::size_t row_json_bytes_ = 0;
  bool only_first_row_shared_ = true;
};

ConversationWriter::ConversationWriter(Engine& engine, storage::Store& store, StorePin pin)
    : engine_(engine),
      core_(engine.core()),
      store_(store),
      pin_(std::move(pin)),
      folder_(core_.folder().StagingPath(core_.NewId())),
      spool_(core_.files(), folder_ + "/messages"),
      encoder_(engine),
      batch_(engine) {}

ConversationWriter::~ConversationWriter() {
  // What cannot be removed now is swept at the next opening.
  storage::RemoveRecursively(core_.files(), folder_).Ignore();
}

Result<std::unique_ptr<ConversationWriter>> ConversationWriter::Begin(Engine& engine) {
  EngineCore& core = engine.core();
  if (Status status = core.CheckWritable(); !status.ok()) return status;
  const StoreAccess access = core.Access();
  std::unique_ptr<ConversationWriter> writer(new ConversationWriter(engine, *access, core.Pin()));
  if (Status status = core.files().CreateDirectory(writer->folder_); !status.ok()) return status;
  return writer;
}

Status ConversationWriter::Append(Message message) {
  const std::string name = "messages[" + std::to_string(messages_) + "]";
  const std::uint64_t sequence = message.sequence_number.value_or(next_sequence_);
  if (sequence == UINT64_MAX) return Status::InvalidArgument(name + ".sequence_number: too large");
  // The stored text tells neither the conversation nor the place, so any will do here.
  message.conversation_id.clear();
  message.sequence_number.reset();
  if (Status status = encoder_.AppendMessage("any", message); !status.ok()) return status.WithContext(name);
  message = Message();  // a long one is in memory often enough
  const Batch::State& encoded = encoder_.state();
  const EncodedMessage& row = encoded.messages.back();
  Status status = spool_.Add(sequence, row.created_at, encoded.StoredOf(row));
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
  if (messages_ == 0) return Status::Internal("conversation: has no messages to stage");
  if (Status status = batch_.PutConversation(conversation, std::span<const Message>(), mode); !status.ok()) return status;
  Operation& operation = batch_.state().operations.back();
  operation.messages_staged = true;
  id_ = operation.id;
  return spool_.Finish();
}

Result<AppliedItem> ConversationWriter::Commit() {
  Result<bool> exists = Exists();
  if (!exists.ok()) return std::move(exists).status();
  Result<std::optional<AppliedItem>> put = *exists ? std::optional<AppliedItem>() : PutNew();
  if (!put.ok()) return std::move(put).status();
  Result<AppliedItem> item = *put ? Result<AppliedItem>(**std::move(put)) : PutOver();
  // As behind every commit: a failure closes the latch and shows at the next write.
  if (item.ok()) Guarded([this] { return core_.RebaseCountersIfDue(); }).Ignore();
  return item;
}

Result<bool> ConversationWriter::Exists() {
  storage::PinnedValue head;
  const StoreAccess access = core_.Access();
  if (Status status = access->Get(storage::Family::kConversations, id_, nullptr, head); !status.ok()) return status;
  return head.found();
}

Result<std::optional<AppliedItem>> ConversationWriter::PutNew() {
  Result<std::unique_ptr<storage::BulkLoad>> load = NewLoad();
  if (!load.ok()) return std::move(load).status();
  Status filled = FillLoad(**load, nullptr);
  if (filled.code() == StatusCode::kInvalidArgument) return std::optional(AppliedItem{std::move(filled), {}});
  if (!filled.ok()) return filled;

  const StoreAccess access = core_.Access();
  Transaction transaction(core_, access);
  Result<std::vector<AppliedItem>> items = transaction.Run(batch_, false);
  if (!items.ok()) return std::move(items).status();
  AppliedItem& item = items->front();
  if (item.status.ok() && item.result.outcome != Outcome::kCreated) return std::optional<AppliedItem>();
  if (IsFinal(item)) return std::optional(std::move(item));
  if (Status status = transaction.CommitWith(**load, id_, staged_); !status.ok()) return status;
  return std::optional(std::move(item));
}

Result<AppliedItem> ConversationWriter::PutOver() {
  const StoreAccess access = core_.Access();
  Transaction transaction(core_, access);
  Result<std::vector<AppliedItem>> items = transaction.Run(batch_, false);
  if (!items.ok()) return std::move(items).status();
  AppliedItem& item = items->front();
  if (IsFinal(item)) return std::move(item);

  storage::ScanOptions options;
  options.fill_cache = false;
  const std::unique_ptr<storage::Scan> old_rows =
      access->NewScan(storage::Family::kMessages, format::MessageKey(id_, 0), format::MessagesEnd(id_), options);
  Result<std::unique_ptr<storage::BulkLoad>> load = NewLoad();
  if (!load.ok()) return std::move(load).status();
  Status filled = FillLoad(**load, old_rows.get());
  if (filled.code() == StatusCode::kInvalidArgument) return AppliedItem{std::move(filled), {}};
  if (!filled.ok()) return filled;
  if (Status status = transaction.CommitWith(**load, id_, staged_); !status.ok()) return status;
  return std::move(item);
}

Status ConversationWriter::FillLoad(storage::BulkLoad& load, storage::Scan* old_rows) {
  RowWriter rows(id_, load, old_rows, staged_);
  Status status = spool_.ForEach([&rows](SpooledMessage& message) { return rows.Add(message); });
  return status.ok() ? rows.Finish() : status;
}

}  // namespace coffer::engine
