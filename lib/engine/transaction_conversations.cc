// Conversations and messages within a transaction.
#include <algorithm>

#include "engine/record_reads.h"
#include "engine/transaction.h"
#include "format/stored/keys.h"
#include "format/stored/message_run.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// Up to this many rows of messages are deleted key by key. More rows, and rows whose keys cannot be computed, are deleted by
// one range deletion, which is cheap to write, but slows every later scan until it is flushed.
constexpr std::uint64_t kRowsDeletedByKeyMax = 256;

std::string PlaceName(std::string_view conversation_id, std::uint64_t sequence) {
  return "message " + std::string(conversation_id) + "/" + std::to_string(sequence);
}

// The message with this sequence number in a conversation's put; null if it has no such message.
const EncodedMessage* FindPut(const Batch::State& batch, const BatchEntry* put, std::uint64_t sequence) {
  if (put == nullptr) return nullptr;
  const auto first = batch.messages.begin() + static_cast<std::ptrdiff_t>(put->first_message);
  const auto last = first + static_cast<std::ptrdiff_t>(put->message_count);
  const auto found =
      std::lower_bound(first, last, sequence, [](const EncodedMessage& m, std::uint64_t s) { return m.sequence < s; });
  return found != last && found->sequence == sequence ? &*found : nullptr;
}

std::string_view IdText(const Batch::State& batch, const EncodedMessage& message) {
  const std::string_view value = batch.ValueOf(message.row);
  return value.substr(value.size() - message.row.json_bytes, message.id_bytes);
}

format::Tally PutTally(const EncodedMessage& message) { return {1, message.row.json_bytes, message.digest}; }

// The end of the run of messages that share a row with messages[first]. `last`: the end of the conversation's messages.
std::size_t RunEnd(const std::vector<EncodedMessage>& messages, std::size_t first, std::size_t last) {
  const std::size_t most = std::min(last, first + format::kMessageRunMessagesMax);
  std::size_t bytes = messages[first].row.json_bytes;
  std::size_t end = first + 1;
  for (; end < most && messages[end].sequence == messages[end - 1].sequence + 1; ++end) {
    bytes += messages[end].row.json_bytes;
    if (bytes > format::kMessageRunBytesMax) break;
  }
  return end;
}

Result<MessageState> StateOfStored(std::string_view id, std::uint64_t sequence, const format::StoredMessage& message) {
  Result<Timestamp> created_at = message.created_at();
  if (!created_at.ok()) return Status::Corruption(PlaceName(id, sequence) + ": " + created_at.status().ToString());
  const format::Tally tally =
      format::TallyOf(Kind::kMessage, format::MessageKey(id, sequence), message.json, message.json.size());
  return MessageState{true, false, *created_at, tally, std::string(message.id_text())};
}

}  // namespace

void Transaction::RemoveMessages(std::string_view id, RecordState& state) {
  if (state.head.messages.count > 0) DeleteMessageRows(id, state.head);
  ForgetMessages(state);
}

void Transaction::DeleteMessageRows(std::string_view id, const format::ConversationHead& head) {
  if (head.keys_known() && head.messages.count - head.leading_run < kRowsDeletedByKeyMax) {
    scratch_.clear();
    format::AppendMessageKey(id, head.first_sequence, scratch_);
    rows_.Delete(storage::Family::kMessages, scratch_);
    const std::size_t prefix_bytes = scratch_.size() - sizeof(std::uint64_t);
    for (std::uint64_t i = head.leading_run; i < head.messages.count; ++i) {
      scratch_.resize(prefix_bytes);
      format::AppendBigEndian(head.first_sequence + i, scratch_);
      rows_.Delete(storage::Family::kMessages, scratch_);
    }
  } else {
    rows_.DeleteRange(storage::Family::kMessages, format::MessageKey(id, 0), format::MessagesEnd(id));
  }
}

// Also without messages: it removes the states of messages that were deleted one by one.
void Transaction::ForgetMessages(RecordState& state) {
  format::ConversationHead& head = state.head;
  if (head.messages.count > 0) change_.Subtract(head.owner, Kind::kMessage, head.messages);
  head.messages = {};
  head.first_sequence = head.last_sequence = 0;
  head.last_message_at = {};
  head.leading_run = 0;
  state.messages.clear();
  state.put = nullptr;
  state.stored_messages_gone = true;
}

void Transaction::TakeLoadedMessages(const LoadedMessages& loaded, RecordState& state) {
  format::ConversationHead& head = state.head;
  head.messages = loaded.messages;
  head.first_sequence = loaded.first_sequence;
  head.last_sequence = loaded.last_sequence;
  head.last_message_at = loaded.last_message_at;
  head.leading_run = loaded.leading_run;
  change_.Add(head.owner, Kind::kMessage, head.messages);
}

void Transaction::RemoveConversation(std::string_view id, RecordState& state) {
  RemoveMessages(id, state);
  change_.Subtract(state.head.owner, Kind::kConversation, state.head.record);
  rows_.Delete(storage::Family::kConversations, id);
  rows_.Delete(storage::Family::kMessages, format::ConversationTextKey(id));
  rows_.Delete(storage::Family::kByOwner, format::OwnerKey(Kind::kConversation, state.head.owner, state.head.created_at, id));
  state = RecordState();
  state.stored_messages_gone = true;
}

AppliedItem Transaction::PutConversation(Batch::State& batch, BatchEntry& entry) {
  AppliedItem item;
  RecordState& state = StateOf(Kind::kConversation, entry.id);
  const format::ConversationHead& given = entry.head;
  bool keep = false;
  item.status = CheckMode(entry, state, given.updated_at, keep);
  if (!item.status.ok()) return item;
  item.result.outcome = keep ? Outcome::kKept : state.exists ? Outcome::kReplaced : Outcome::kCreated;
  if (entry.generated_id) item.result.id = entry.id;
  if (keep) return item;

  format::ConversationHead& head = state.head;
  if (entry.messages_loaded) {
    ForgetMessages(state);
  } else if (entry.replaces_messages) {
    RemoveMessages(entry.id, state);
  }
  if (state.exists) change_.Subtract(head.owner, Kind::kConversation, head.record);
  if (head.messages.count > 0 && head.owner != given.owner) {
    change_.Subtract(head.owner, Kind::kMessage, head.messages);
    change_.Add(given.owner, Kind::kMessage, head.messages);
  }
  PutIndexRow(Kind::kConversation, entry.id, state.exists, head.owner, head.created_at, given.owner, given.created_at);
  head.status = given.status;
  head.created_at = given.created_at;
  head.updated_at = given.updated_at;
  head.owner = given.owner;
  head.record = given.record;
  rows_.Put(storage::Family::kMessages, batch.KeyOf(entry.row), batch.ValueOf(entry.row));
  change_.Add(head.owner, Kind::kConversation, head.record);
  state.exists = true;
  state.head_changed = true;

  if (!entry.replaces_messages || entry.message_count == 0) return item;
  state.put = &entry;
  const std::size_t behind = entry.first_message + entry.message_count;
  bool only_first_row_shared = true;
  for (std::size_t first = entry.first_message; first < behind;) {
    const std::size_t end = RunEnd(batch.messages, first, behind);
    PutRun(batch, first, end);
    if (first == entry.first_message) {
      head.leading_run = static_cast<std::uint32_t>(end - first);
    } else {
      only_first_row_shared = only_first_row_shared && end == first + 1;
    }
    for (; first < end; ++first) head.messages.Add(PutTally(batch.messages[first]));
  }
  if (!only_first_row_shared) head.leading_run = 0;
  const EncodedMessage& last = batch.messages[entry.first_message + entry.message_count - 1];
  head.first_sequence = batch.messages[entry.first_message].sequence;
  head.last_sequence = last.sequence;
  head.last_message_at = last.created_at;
  change_.Add(head.owner, Kind::kMessage, head.messages);
  return item;
}

void Transaction::PutRun(const Batch::State& batch, std::size_t first, std::size_t last) {
  scratch_.clear();
  // parts_ points into scratch_, which must not reallocate.
  scratch_.reserve(format::kMessageRunBeginBytes + (last - first) * format::kMessageHeaderBytesMax);
  parts_.clear();
  format::AppendMessageRunBegin(scratch_);
  std::size_t header = 0;
  for (std::size_t i = first; i < last; ++i) {
    const format::StoredMessage message = batch.StoredOf(batch.messages[i]);
    format::AppendMessageHeader(message, scratch_);
    parts_.push_back(std::string_view(scratch_).substr(header));
    parts_.push_back(message.json);
    header = scratch_.size();
  }
  rows_.Put(storage::Family::kMessages, batch.KeyOf(batch.messages[first].row), parts_);
}

void Transaction::PutSingle(std::string_view id, std::uint64_t sequence, const format::StoredMessage& message) {
  rows_.Put(storage::Family::kMessages, format::MessageKey(id, sequence), format::MessageRow(message));
}

Status Transaction::SplitRow(Batch::State& batch, std::string_view id, RecordState& state, std::uint64_t sequence) {
  const auto note_split = [&state] {
    if (state.head.leading_run > 1) state.head.leading_run = 1;
    state.head_changed = true;
  };
  if (FindPut(batch, state.put, sequence) != nullptr) {
    note_split();
    const std::size_t behind = state.put->first_message + state.put->message_count;
    std::size_t first = state.put->first_message;
    std::size_t end = RunEnd(batch.messages, first, behind);
    while (batch.messages[end - 1].sequence < sequence) {
      first = end;
      end = RunEnd(batch.messages, first, behind);
    }
    for (; first < end; ++first) {
      const EncodedMessage& message = batch.messages[first];
      PutSingle(id, message.sequence, batch.StoredOf(message));
      state.messages[message.sequence] =
          MessageState{true, false, message.created_at, PutTally(message), std::string(IdText(batch, message))};
    }
    return Status::Ok();
  }
  const auto row = ScanToMessage({*access_, nullptr}, id, sequence);
  if (!row->valid())
    return row->status().ok() ? Status::Internal(PlaceName(id, sequence) + ": its row is missing") : row->status();
  const auto key = format::ParseMessageKey(row->key());
  if (!key || !key->sequence_number) return Status::Corruption(PlaceName(id, sequence) + ": malformed message key");
  // Reads the whole row before it puts anything: if the rest were unreadable, it would be lost.
  std::vector<MessageState> messages;
  format::MessageRun run(*key->sequence_number, row->value());
  while (run.Next()) {
    COFFER_ASSIGN(MessageState message, StateOfStored(id, run.sequence(), run.message()));
    messages.push_back(std::move(message));
  }
  if (!run.status().ok()) return run.status().WithContext(PlaceName(id, sequence));
  note_split();
  format::MessageRun again(*key->sequence_number, row->value());
  for (MessageState& message : messages) {
    again.Next();
    PutSingle(id, again.sequence(), again.message());
    state.messages[again.sequence()] = std::move(message);
  }
  return Status::Ok();
}

Result<std::optional<MessageState>> Transaction::FindMessage(Batch::State& batch, std::string_view id, RecordState& state,
                                                             std::uint64_t sequence) {
  const format::ConversationHead& head = state.head;
  if (head.messages.count == 0 || sequence < head.first_sequence || sequence > head.last_sequence) {
    return std::optional<MessageState>();
  }
  if (const auto found = state.messages.find(sequence); found != state.messages.end()) {
    return found->second.exists ? std::optional(found->second) : std::nullopt;
  }
  if (const EncodedMessage* put = FindPut(batch, state.put, sequence)) {
    // It may have a row of its own; splitting that is harmless.
    return std::optional(MessageState{true, true, put->created_at, PutTally(*put), std::string(IdText(batch, *put))});
  }
  if (state.stored_messages_gone) return std::optional<MessageState>();
  Result<MessageState> message = MessageState();
  const auto take = [&](const format::StoredMessage& found, bool shares_row) {
    message = StateOfStored(id, sequence, found);
    if (message.ok()) message->shares_row = shares_row;
  };
  COFFER_ASSIGN_CONTEXT(bool stored, engine::FindMessage({*access_, nullptr}, id, sequence, take), PlaceName(id, sequence));
  if (!stored) return std::optional<MessageState>();
  if (!message.ok()) return std::move(message).status();
  return std::optional(std::move(*message));
}

AppliedItem Transaction::PutMessage(Batch::State& batch, BatchEntry& entry) {
  AppliedItem item;
  RecordState& state = StateOf(Kind::kConversation, entry.id);
  if (!state.exists) return {Status::NotFound("conversation " + entry.id + ": not found"), {}};
  EncodedMessage& message = batch.messages[entry.first_message];
  format::ConversationHead& head = state.head;
  if (!message.has_sequence) {
    // The end of the key is filled in here. A batch that is applied again gets a new sequence number.
    if (head.next_sequence() == UINT64_MAX)
      return {Status::ResourceExhausted("conversation " + entry.id + ": no free sequence number"), {}};
    message.sequence = head.next_sequence();
    std::string tail;
    format::AppendBigEndian(message.sequence, tail);
    batch.bytes.replace(message.row.offset + 1 + message.row.key_bytes - tail.size(), tail.size(), tail);
    message.digest = format::ContentDigest(batch.DigestedBytes(message.row));
  }
  item.result.sequence_number = message.sequence;
  if (entry.generated_id) {
    // `{"id":"…"`: generated ids need no unescaping.
    const std::string_view text = IdText(batch, message);
    item.result.id = text.substr(7, text.size() - 8);
  }

  Result<std::optional<MessageState>> found = FindMessage(batch, entry.id, state, message.sequence);
  if (!found.ok()) return {std::move(found).status(), {}};
  const std::optional<MessageState>& present = *found;
  if (!present && entry.mode == PutMode::kUpdate) {
    return {Status::NotFound(PlaceName(entry.id, message.sequence) + ": not found"), {}};
  }
  if (present && entry.mode == PutMode::kInsert) {
    return {Status::AlreadyExists(PlaceName(entry.id, message.sequence) + ": already exists"), {}};
  }
  if (present &&
      (entry.mode == PutMode::kKeepExisting || (entry.mode == PutMode::kNewest && present->created_at >= message.created_at))) {
    const bool same = present->id_text == IdText(batch, message);
    item.result.outcome = same ? Outcome::kKept : Outcome::kConflict;
    if (!same && entry.appends) {
      item.status = Status::Conflict(PlaceName(entry.id, message.sequence) + ": another message has this sequence number");
    }
    return item;
  }

  if (present && present->shares_row) {
    if (Status status = SplitRow(batch, entry.id, state, message.sequence); !status.ok()) return {std::move(status), {}};
  }
  const format::Tally tally = PutTally(message);
  if (present) {
    head.messages.Subtract(present->tally);
    change_.Subtract(head.owner, Kind::kMessage, present->tally);
  }
  if (head.messages.count == 0) {
    head.first_sequence = head.last_sequence = message.sequence;
    head.leading_run = 1;
  } else if (message.sequence < head.first_sequence && head.leading_run > 1) {
    head.leading_run = 0;  // the shared row is not the first one any more
  }
  head.first_sequence = std::min(head.first_sequence, message.sequence);
  head.last_sequence = std::max(head.last_sequence, message.sequence);
  if (head.last_sequence == message.sequence) head.last_message_at = message.created_at;
  head.messages.Add(tally);
  change_.Add(head.owner, Kind::kMessage, tally);
  PutSingle(entry.id, message.sequence, batch.StoredOf(message));
  state.messages[message.sequence] = MessageState{true, false, message.created_at, tally, std::string(IdText(batch, message))};
  state.head_changed = true;
  item.result.outcome = present ? Outcome::kReplaced : Outcome::kCreated;
  return item;
}

Result<std::pair<std::uint64_t, Timestamp>> Transaction::Neighbour(Batch::State& batch, std::string_view id, RecordState& state,
                                                                   std::uint64_t sequence, bool before) {
  using Place = std::pair<std::uint64_t, Timestamp>;
  std::optional<Place> best;
  const auto consider = [&](std::uint64_t at, Timestamp time) {
    if (before ? at >= sequence : at <= sequence) return;
    if (!best || (before ? at > best->first : at < best->first)) best = Place{at, time};
  };
  const auto changed = [&](std::uint64_t at) { return state.messages.contains(at); };
  for (const auto& [at, message] : state.messages) {
    if (message.exists) consider(at, message.created_at);
  }
  if (state.put != nullptr) {
    for (std::size_t i = 0; i < state.put->message_count; ++i) {
      const EncodedMessage& message = batch.messages[state.put->first_message + i];
      if (!changed(message.sequence)) consider(message.sequence, message.created_at);
    }
  }
  if (!state.stored_messages_gone) {
    std::string begin = before ? format::MessageKey(id, 0) : format::MessageKey(id, sequence + 1);
    std::string end = before ? format::MessageKey(id, sequence) : format::MessagesEnd(id);
    while (true) {
      const auto scan = access_->NewScan(storage::Family::kMessages, begin, end, {});
      before ? scan->SeekToLast() : scan->SeekToFirst();
      COFFER_TRY(scan->status());
      if (!scan->valid()) break;
      const auto key = format::ParseMessageKey(scan->key());
      if (!key || !key->sequence_number)
        return Status::Corruption("conversation " + std::string(id) + ": malformed message key");
      // The neighbours in the row of `sequence` have a MessageState, because that row has been split.
      std::optional<MessageState> nearest;
      std::uint64_t nearest_sequence = 0;
      format::MessageRun run(*key->sequence_number, scan->value());
      while (run.Next()) {
        if (changed(run.sequence()) || (!before && nearest)) continue;
        COFFER_ASSIGN(MessageState message, StateOfStored(id, run.sequence(), run.message()));
        nearest = std::move(message);
        nearest_sequence = run.sequence();
      }
      if (!run.status().ok()) return run.status().WithContext(PlaceName(id, *key->sequence_number));
      if (nearest) {
        consider(nearest_sequence, nearest->created_at);
        break;
      }
      if (before) {
        end = format::MessageKey(id, *key->sequence_number);
      } else {
        begin = format::MessageKey(id, *key->sequence_number + 1);
      }
    }
  }
  if (!best) return Status::Corruption("conversation " + std::string(id) + ": its count of messages is too high");
  return *best;
}

AppliedItem Transaction::DeleteMessage(Batch::State& batch, BatchEntry& entry) {
  AppliedItem item;
  item.result.outcome = Outcome::kDeleted;
  item.result.sequence_number = entry.sequence;
  RecordState& state = StateOf(Kind::kConversation, entry.id);
  if (!state.exists) return {Status::NotFound("conversation " + entry.id + ": not found"), {}};
  Result<std::optional<MessageState>> found = FindMessage(batch, entry.id, state, entry.sequence);
  if (!found.ok()) return {std::move(found).status(), {}};
  if (!*found) return {Status::NotFound(PlaceName(entry.id, entry.sequence) + ": not found"), {}};
  if ((*found)->shares_row) {
    if (Status status = SplitRow(batch, entry.id, state, entry.sequence); !status.ok()) return {std::move(status), {}};
  }

  format::ConversationHead& head = state.head;
  std::uint64_t first = head.first_sequence;
  std::uint64_t last = head.last_sequence;
  Timestamp last_at = head.last_message_at;
  if (head.messages.count == 1) {
    first = last = 0;
    last_at = {};
    head.leading_run = 0;
  } else if (entry.sequence == last || entry.sequence == first) {
    const bool before = entry.sequence == last;
    Result<std::pair<std::uint64_t, Timestamp>> next = Neighbour(batch, entry.id, state, entry.sequence, before);
    if (!next.ok()) return {std::move(next).status(), {}};
    (before ? last : first) = next->first;
    if (before) last_at = next->second;
  }
  head.first_sequence = first;
  head.last_sequence = last;
  head.last_message_at = last_at;
  head.messages.Subtract((*found)->tally);
  change_.Subtract(head.owner, Kind::kMessage, (*found)->tally);
  rows_.Delete(storage::Family::kMessages, format::MessageKey(entry.id, entry.sequence));
  state.messages[entry.sequence] = MessageState();
  state.head_changed = true;
  return item;
}

}  // namespace coffer::engine
