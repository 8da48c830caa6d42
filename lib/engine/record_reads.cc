#include "engine/record_reads.h"

#include <algorithm>
#include <charconv>

#include "coffer/limits.h"
#include "format/records/record_codec.h"
#include "format/stored/keys.h"
#include "format/stored/message_run.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

// Memory reserved for the members that are inserted into each message of a row.
constexpr std::size_t kDigitsMax = 20;
constexpr std::size_t kMessagesExpected = 8;
// The messages of most conversations are shorter.
constexpr std::size_t kTextBytesExpected = 4096;

std::string NameOf(Kind kind, std::string_view id) { return std::string(KindName(kind)) + " " + std::string(id); }

Status NotFound(Kind kind, std::string_view id) { return Status::NotFound(NameOf(kind, id) + ": not found"); }

Result<format::ConversationHead> ReadHead(const ReadView& view, std::string_view id) {
  storage::PinnedValue value;
  COFFER_TRY(view.store.Get(storage::Family::kConversations, id, view.snapshot, value));
  if (!value.found()) return NotFound(Kind::kConversation, id);
  COFFER_ASSIGN_CONTEXT(format::ConversationHead head, format::DecodeConversationHead(value.view()),
                        NameOf(Kind::kConversation, id));
  return head;
}

void SetDerived(const format::ConversationHead& head, Conversation& conversation) {
  conversation.message_count = head.messages.count;
  if (head.messages.count > 0) conversation.last_message_at = head.last_message_at;
}

// Reads the text row of a conversation.
// kNotFound: it does not exist.
Status GetText(const ReadView& view, std::string_view id, storage::PinnedValue& value, format::StoredText& stored) {
  COFFER_TRY(view.store.Get(storage::Family::kMessages, format::ConversationTextKey(id), view.snapshot, value));
  if (!value.found()) return NotFound(Kind::kConversation, id);
  COFFER_ASSIGN_CONTEXT(format::StoredText decoded, format::DecodeStoredText(value.view()), NameOf(Kind::kConversation, id));
  stored = decoded;
  return Status::Ok();
}

// Scans the text row and the messages after it. Does not read the head, because the messages give the derived members.
Result<std::string> ReadWithMessages(const ReadView& view, std::string_view id) {
  const std::string begin = format::ConversationTextKey(id);
  const std::string end = format::MessagesEnd(id);
  const auto name = [&] { return NameOf(Kind::kConversation, id); };
  storage::ScanOptions options;
  options.snapshot = view.snapshot;
  const std::unique_ptr<storage::Scan> scan = view.store.NewScan(storage::Family::kMessages, begin, end, options);
  scan->SeekToFirst();
  COFFER_TRY(scan->status());
  if (!scan->valid() || scan->key() != begin) return NotFound(Kind::kConversation, id);
  COFFER_ASSIGN_CONTEXT(format::StoredText stored, format::DecodeStoredText(scan->value()), name());

  // One buffer, large enough for most conversations. The derived members come from the messages and are inserted at the end.
  std::string text;
  text.reserve(stored.json.size() + kTextBytesExpected);
  text.append(stored.json.substr(0, stored.json.size() - 1)).append(",\"messages\":[");
  const format::ConversationText offsets = stored.text;
  const std::string place = format::MessagePlaceText(id);
  std::uint64_t count = 0;
  Result<Timestamp> last_message_at = Timestamp();
  for (scan->Next(); scan->valid(); scan->Next()) {
    const auto key = format::ParseMessageKey(scan->key());
    if (!key || !key->sequence_number) return Status::Corruption(name() + ": malformed message key");
    const std::string_view row = scan->value();
    format::MessageRun run(*key->sequence_number, row);
    const std::size_t wanted = text.size() + row.size() + (place.size() + kDigitsMax) * kMessagesExpected;
    if (wanted > text.capacity()) text.reserve(std::max(wanted, 2 * text.capacity()));
    while (run.Next()) {
      if (count++ > 0) text.push_back(',');
      format::AppendFullMessage(run.message(), place, run.sequence(), text);
    }
    if (!run.status().ok()) return run.status().WithContext(name());
    last_message_at = run.message().created_at();
  }
  COFFER_TRY_CONTEXT(scan->status(), name());
  if (!last_message_at.ok()) return Status::Corruption(name() + ": " + last_message_at.status().ToString());
  text.append("]}");
  format::InsertDerivedMembers(offsets, count, *last_message_at, text);
  return text;
}

Result<std::uint64_t> FirstSequenceOf(const MessageListOptions& options) {
  if (options.after.empty()) return options.from_sequence;
  const char* const end = options.after.data() + options.after.size();
  std::uint64_t next = 0;
  const auto [read_to, error] = std::from_chars(options.after.data(), end, next);
  if (error != std::errc() || read_to != end) return BadCursor();
  return std::max(options.from_sequence, next);
}

}  // namespace

storage::Family FamilyOf(Kind kind) {
  switch (kind) {
    case Kind::kDocument:
      return storage::Family::kDocuments;
    case Kind::kPrompt:
      return storage::Family::kPrompts;
    default:
      return storage::Family::kConversations;
  }
}

Result<std::string> ReadConversationText(const ReadView& view, std::string_view id, bool with_messages) {
  COFFER_TRY(format::CheckId("id", id));
  if (with_messages) return ReadWithMessages(view, id);
  COFFER_ASSIGN(format::ConversationHead head, ReadHead(view, id));
  storage::PinnedValue value;
  format::StoredText stored;
  COFFER_TRY(GetText(view, id, value, stored));
  std::string text;
  format::AppendOpenConversation(stored, head.messages.count, head.last_message_at, text);
  text.push_back('}');
  return text;
}

Result<std::string> ReadMessageText(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number) {
  COFFER_TRY(format::CheckId("conversation_id", conversation_id));
  const std::string name = std::string(conversation_id) + "/" + std::to_string(sequence_number);
  std::string text;
  const auto append = [&](const format::StoredMessage& message, bool) {
    format::AppendFullMessage(message, format::MessagePlaceText(conversation_id), sequence_number, text);
  };
  COFFER_ASSIGN_CONTEXT(bool found, FindMessage(view, conversation_id, sequence_number, append), NameOf(Kind::kMessage, name));
  if (!found) return NotFound(Kind::kMessage, name);
  return text;
}

std::unique_ptr<storage::Scan> ScanToMessage(const ReadView& view, std::string_view conversation_id,
                                             std::uint64_t sequence_number) {
  storage::ScanOptions options;
  options.snapshot = view.snapshot;
  std::string end = format::MessageKey(conversation_id, sequence_number);
  end.push_back('\0');
  std::unique_ptr<storage::Scan> scan =
      view.store.NewScan(storage::Family::kMessages, format::MessageKey(conversation_id, 0), end, options);
  scan->SeekToLast();
  return scan;
}

Result<bool> FindMessage(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number,
                         const std::function<void(const format::StoredMessage& message, bool shares_row)>& found) {
  const std::unique_ptr<storage::Scan> scan = ScanToMessage(view, conversation_id, sequence_number);
  if (!scan->valid()) {
    COFFER_TRY(scan->status());
    return false;
  }
  const auto key = format::ParseMessageKey(scan->key());
  if (!key || !key->sequence_number) return Status::Corruption("malformed message key");
  format::MessageRun run(*key->sequence_number, scan->value());
  while (run.Next() && run.sequence() < sequence_number) {
  }
  if (!run.status().ok()) return run.status();
  if (run.sequence() != sequence_number) return false;
  const format::StoredMessage message = run.message();
  // An unreadable message after it shares the row too: a change of the row must not drop it.
  const bool shares_row = run.Next() || !run.status().ok() || sequence_number != *key->sequence_number;
  found(message, shares_row);
  return true;
}

Result<std::string> ReadRecordText(const ReadView& view, Kind kind, std::string_view id) {
  COFFER_TRY(format::CheckId("id", id));
  storage::PinnedValue value;
  COFFER_TRY(view.store.Get(FamilyOf(kind), id, view.snapshot, value));
  if (!value.found()) return NotFound(kind, id);
  COFFER_ASSIGN_CONTEXT(format::StoredRecord record, format::DecodeStoredRecord(kind, value.view()), NameOf(kind, id));
  return std::string(record.json);
}

Status ReadDerived(const ReadView& view, Conversation& conversation) {
  Result<format::ConversationHead> head = ReadHead(view, conversation.id);
  if (!head.ok()) return head.status().code() == StatusCode::kNotFound ? Status::Ok() : std::move(head).status();
  SetDerived(*head, conversation);
  return Status::Ok();
}

Result<Conversation> ReadConversation(const ReadView& view, std::string_view id) {
  COFFER_TRY(format::CheckId("id", id));
  COFFER_ASSIGN(format::ConversationHead head, ReadHead(view, id));
  storage::PinnedValue value;
  format::StoredText stored;
  COFFER_TRY(GetText(view, id, value, stored));
  format::RecordReader reader;
  Result<Conversation> conversation = reader.ReadConversation(stored.json);
  if (!conversation.ok()) return Status::Corruption(NameOf(Kind::kConversation, id) + ": " + conversation.status().ToString());
  SetDerived(head, *conversation);
  return conversation;
}

Result<Message> ReadMessage(const ReadView& view, std::string_view conversation_id, std::uint64_t sequence_number) {
  COFFER_ASSIGN(std::string text, ReadMessageText(view, conversation_id, sequence_number));
  format::RecordReader reader;
  Result<Message> message = reader.ReadMessage(text);
  if (!message.ok()) {
    return Status::Corruption("message " + std::string(conversation_id) + "/" + std::to_string(sequence_number) + ": " +
                              message.status().ToString());
  }
  return message;
}

Result<Page<Message>> ReadMessages(const ReadView& view, std::string_view conversation_id, const MessageListOptions& options) {
  COFFER_TRY(format::CheckId("conversation_id", conversation_id));
  if (options.limit < 1 || options.limit > kPageItemsMax) {
    return Status::InvalidArgument("limit: 1 to " + std::to_string(kPageItemsMax));
  }
  COFFER_ASSIGN(const std::uint64_t first, FirstSequenceOf(options));
  if (Result<format::ConversationHead> head = ReadHead(view, conversation_id); !head.ok()) return std::move(head).status();

  Page<Message> page;
  std::size_t bytes = 0;
  storage::ScanOptions scan_options;
  scan_options.snapshot = view.snapshot;
  // The row that holds the first message may begin before it.
  std::string begin = format::MessageKey(conversation_id, first);
  if (const auto row = ScanToMessage(view, conversation_id, first); row->valid()) {
    begin = row->key();
  } else {
    COFFER_TRY(row->status());
  }
  const std::string end = format::MessagesEnd(conversation_id);
  const std::unique_ptr<storage::Scan> scan = view.store.NewScan(storage::Family::kMessages, begin, end, scan_options);
  const std::string place = format::MessagePlaceText(conversation_id);
  format::RecordReader reader;
  std::string text;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const auto key = format::ParseMessageKey(scan->key());
    if (!key || !key->sequence_number)
      return Status::Corruption(NameOf(Kind::kConversation, conversation_id) + ": malformed message key");
    format::MessageRun run(*key->sequence_number, scan->value());
    while (run.Next()) {
      if (run.sequence() < first) continue;
      if (page.items.size() == options.limit || bytes > kPageBytesMax) {
        page.next = std::to_string(run.sequence());
        return page;
      }
      text.clear();
      format::AppendFullMessage(run.message(), place, run.sequence(), text);
      Result<Message> message = reader.ReadMessage(text);
      if (!message.ok())
        return Status::Corruption(NameOf(Kind::kConversation, conversation_id) + ": " + message.status().ToString());
      bytes += text.size();
      page.items.push_back(std::move(*message));
    }
    if (!run.status().ok()) return run.status().WithContext(NameOf(Kind::kConversation, conversation_id));
  }
  COFFER_TRY(scan->status());
  return page;
}

}  // namespace coffer::engine
