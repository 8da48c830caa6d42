#include "engine/record_reads.h"

#include <algorithm>
#include <charconv>
#include <utility>

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

Status NotFound(Kind kind, std::string_view id) { return Status::NotFound(NameOf(kind, id) + ": not found"); }

bool MayRead(const ReadView& view, std::string_view owner) { return view.owner.empty() || view.owner == owner; }

// The head in its row. The same failure whether it is missing or has another owner.
Result<format::ConversationHead> HeadIn(const ReadView& view, std::string_view id, const storage::PinnedValue& row) {
  if (!row.found()) return NotFound(Kind::kConversation, id);
  COFFER_ASSIGN_CONTEXT(format::ConversationHead head, format::DecodeConversationHead(row.view()),
                        NameOf(Kind::kConversation, id));
  if (!MayRead(view, head.owner)) return NotFound(Kind::kConversation, id);
  return head;
}

// The text in its row, which every conversation has.
Result<format::StoredText> TextIn(std::string_view id, const storage::PinnedValue& row) {
  if (!row.found()) return Status::Corruption(NameOf(Kind::kConversation, id) + ": its text is missing");
  COFFER_ASSIGN_CONTEXT(format::StoredText stored, format::DecodeStoredText(row.view()), NameOf(Kind::kConversation, id));
  return stored;
}

// A conversation without its messages. The text is valid as long as this object.
struct StoredConversation {
  storage::PinnedValue rows[2];
  format::ConversationHead head;
  format::StoredText text;
};

Status ReadStored(const ReadView& view, std::string_view id, StoredConversation& stored) {
  COFFER_TRY(format::CheckId("id", id));
  const std::string text_key = format::ConversationTextKey(id);
  const storage::RowName rows[] = {{storage::Family::kConversations, id}, {storage::Family::kMessages, text_key}};
  COFFER_TRY(view.store.Read({.rows = rows}, view.snapshot, stored.rows));
  COFFER_ASSIGN(stored.head, HeadIn(view, id, stored.rows[0]));
  COFFER_ASSIGN(stored.text, TextIn(id, stored.rows[1]));
  return Status::Ok();
}

// The head of a conversation, if the owner of the view decides whether the conversation may be read.
std::size_t RowsForOwner(const ReadView& view, std::string_view id, storage::RowName& row) {
  row = {storage::Family::kConversations, id};
  return view.owner.empty() ? 0 : 1;
}

Result<format::MessageRun> RunIn(const storage::RunRow& row) {
  const auto key = format::ParseMessageKey(row.key);
  if (!key || !key->sequence_number) return Status::Corruption("malformed message key");
  return format::MessageRun(*key->sequence_number, row.value);
}

// Builds the text of a conversation with its messages from their rows, the text's row first.
class WholeConversation {
 public:
  explicit WholeConversation(std::string_view id) : place_(format::MessagePlaceText(id)) {}

  Status Add(const storage::RunRow& row) { return has_text_ ? AddMessages(row) : AddText(row); }

  // Whether there was a text.
  bool has_text() const { return has_text_; }

  Result<std::string> Finish() {
    if (!last_message_at_.ok()) return Status::Corruption(last_message_at_.status().ToString());
    text_.append("]}");
    format::InsertDerivedMembers(offsets_, count_, *last_message_at_, text_);
    return std::move(text_);
  }

 private:
  // One buffer, large enough for most conversations. The derived members come from the messages and are inserted at the end.
  Status AddText(const storage::RunRow& row) {
    COFFER_ASSIGN(const format::StoredText stored, format::DecodeStoredText(row.value));
    text_.reserve(stored.json.size() + kTextBytesExpected);
    text_.append(stored.json.substr(0, stored.json.size() - 1)).append(",\"messages\":[");
    offsets_ = stored.text;
    has_text_ = true;
    return Status::Ok();
  }

  Status AddMessages(const storage::RunRow& row) {
    COFFER_ASSIGN(format::MessageRun run, RunIn(row));
    const std::size_t wanted = text_.size() + row.value.size() + (place_.size() + kDigitsMax) * kMessagesExpected;
    if (wanted > text_.capacity()) text_.reserve(std::max(wanted, 2 * text_.capacity()));
    while (run.Next()) {
      if (count_++ > 0) text_.push_back(',');
      format::AppendFullMessage(run.message(), place_, run.sequence(), text_);
    }
    COFFER_TRY(run.status());
    last_message_at_ = run.message().created_at();
    return Status::Ok();
  }

  const std::string place_;
  format::ConversationText offsets_;
  std::string text_;
  bool has_text_ = false;
  std::uint64_t count_ = 0;
  Result<Timestamp> last_message_at_ = Timestamp();
};

// Reads the text row and the messages after it. The messages give the derived members; the head is read only for its owner.
Result<std::string> ReadWithMessages(const ReadView& view, std::string_view id) {
  const std::string begin = format::ConversationTextKey(id);
  const std::string end = format::MessagesEnd(id);
  const storage::Run run = {.family = storage::Family::kMessages, .begin = begin, .end = end};
  storage::RowName row;
  storage::PinnedValue head;
  const std::size_t rows = RowsForOwner(view, id, row);
  WholeConversation conversation(id);
  const auto visit = [&](const storage::RunRow& part) -> Result<bool> {
    if (!conversation.has_text()) {
      if (part.key != begin) return false;
      if (rows > 0) {
        COFFER_TRY(HeadIn(view, id, head).status());
      }
    }
    COFFER_TRY_CONTEXT(conversation.Add(part), NameOf(Kind::kConversation, id));
    return true;
  };
  COFFER_TRY(view.store.Read({.rows = {&row, rows}, .run = &run}, view.snapshot, {&head, rows}, visit));
  if (!conversation.has_text()) return NotFound(Kind::kConversation, id);
  COFFER_ASSIGN_CONTEXT(std::string text, conversation.Finish(), NameOf(Kind::kConversation, id));
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

std::string NameOf(Kind kind, std::string_view id) { return std::string(KindName(kind)) + " " + std::string(id); }

DerivedMembers::DerivedMembers(const format::ConversationHead& head) : message_count(head.messages.count) {
  if (message_count > 0) last_message_at = head.last_message_at;
}

void DerivedMembers::SetIn(Conversation& conversation) const {
  conversation.message_count = message_count;
  conversation.last_message_at = last_message_at;
}

Result<std::string> ReadConversationText(const ReadView& view, std::string_view id, bool with_messages) {
  COFFER_TRY(format::CheckId("id", id));
  if (with_messages) return ReadWithMessages(view, id);
  StoredConversation stored;
  COFFER_TRY(ReadStored(view, id, stored));
  std::string text;
  format::AppendOpenConversation(stored.text, stored.head.messages.count, stored.head.last_message_at, text);
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
  const std::string begin = format::MessageKey(conversation_id, 0);
  const std::string from = format::MessageKey(conversation_id, sequence_number);
  const std::string end = from + '\0';
  const storage::Run run = {.family = storage::Family::kMessages, .begin = begin, .end = end, .from = from, .rows_max = 1};
  storage::RowName row;
  storage::PinnedValue head;
  const std::size_t rows = RowsForOwner(view, conversation_id, row);
  bool exists = false;
  const auto visit = [&](const storage::RunRow& part) -> Result<bool> {
    if (rows > 0) {
      const Result<format::ConversationHead> owned = HeadIn(view, conversation_id, head);
      if (owned.status().code() == StatusCode::kNotFound) return false;
      if (!owned.ok()) return owned.status();
    }
    COFFER_ASSIGN(format::MessageRun messages, RunIn(part));
    bool is_first = true;
    while (messages.Next() && messages.sequence() < sequence_number) is_first = false;
    COFFER_TRY(messages.status());
    if (messages.sequence() != sequence_number) return false;
    const format::StoredMessage message = messages.message();
    // An unreadable message after it shares the row too: a change of the row must not drop it.
    const bool shares_row = messages.Next() || !messages.status().ok() || !is_first;
    found(message, shares_row);
    exists = true;
    return false;
  };
  COFFER_TRY(view.store.Read({.rows = {&row, rows}, .run = &run}, view.snapshot, {&head, rows}, visit));
  return exists;
}

namespace {

// Reads a document or prompt. The result is valid as long as `value`.
Result<format::StoredRecord> ReadRecord(const ReadView& view, Kind kind, std::string_view id, storage::PinnedValue& value) {
  COFFER_TRY(format::CheckId("id", id));
  COFFER_TRY(view.store.Get(FamilyOf(kind), id, view.snapshot, value));
  if (!value.found()) return NotFound(kind, id);
  COFFER_ASSIGN_CONTEXT(format::StoredRecord record, format::DecodeStoredRecord(kind, value.view()), NameOf(kind, id));
  if (!MayRead(view, record.owner)) return NotFound(kind, id);
  return record;
}

}  // namespace

Result<std::string> ReadRecordText(const ReadView& view, Kind kind, std::string_view id) {
  storage::PinnedValue value;
  COFFER_ASSIGN(const format::StoredRecord record, ReadRecord(view, kind, id, value));
  return std::string(record.json);
}

Result<format::ContentReference> ReadContentReference(const ReadView& view, std::string_view document_id,
                                                      storage::PinnedValue& value) {
  COFFER_ASSIGN(const format::StoredRecord record, ReadRecord(view, Kind::kDocument, document_id, value));
  if (!record.content) return Status::NotFound(NameOf(Kind::kDocument, document_id) + ": has no content");
  return *record.content;
}

Result<Conversation> ReadConversation(const ReadView& view, std::string_view id) {
  StoredConversation stored;
  COFFER_TRY(ReadStored(view, id, stored));
  format::RecordReader reader;
  Result<Conversation> conversation = reader.ReadConversation(stored.text.json);
  if (!conversation.ok()) return Status::Corruption(NameOf(Kind::kConversation, id) + ": " + conversation.status().ToString());
  DerivedMembers(stored.head).SetIn(*conversation);
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

namespace {

// Fills a page of messages from their rows.
class MessagePage {
 public:
  MessagePage(std::string_view conversation_id, std::uint64_t first, std::size_t limit)
      : place_(format::MessagePlaceText(conversation_id)), first_(first), limit_(limit) {}

  // Returns whether the page has room for more.
  Result<bool> Add(const storage::RunRow& row) {
    COFFER_ASSIGN(format::MessageRun run, RunIn(row));
    while (run.Next()) {
      if (run.sequence() < first_) continue;
      if (page_.items.size() == limit_ || bytes_ > kPageBytesMax) {
        page_.next = std::to_string(run.sequence());
        return false;
      }
      COFFER_TRY(AddMessage(run));
    }
    COFFER_TRY(run.status());
    return true;
  }

  Page<Message> Take() { return std::move(page_); }

 private:
  Status AddMessage(const format::MessageRun& run) {
    text_.clear();
    format::AppendFullMessage(run.message(), place_, run.sequence(), text_);
    Result<Message> message = reader_.ReadMessage(text_);
    if (!message.ok()) return Status::Corruption(message.status().ToString());
    bytes_ += text_.size();
    page_.items.push_back(std::move(*message));
    return Status::Ok();
  }

  const std::string place_;
  const std::uint64_t first_;
  const std::size_t limit_;
  Page<Message> page_;
  std::size_t bytes_ = 0;
  std::string text_;
  format::RecordReader reader_;
};

}  // namespace

Result<Page<Message>> ReadMessages(const ReadView& view, std::string_view conversation_id, const MessageListOptions& options) {
  COFFER_TRY(format::CheckId("conversation_id", conversation_id));
  if (options.limit < 1 || options.limit > kPageItemsMax) {
    return Status::InvalidArgument("limit: 1 to " + std::to_string(kPageItemsMax));
  }
  COFFER_ASSIGN(const std::uint64_t first, FirstSequenceOf(options));
  const std::string begin = format::MessageKey(conversation_id, 0);
  const std::string from = format::MessageKey(conversation_id, first);
  const std::string end = format::MessagesEnd(conversation_id);
  // The row that holds the first message may begin before it and hold none of the page. One row more shows whether there is a
  // next page.
  const storage::Run run = {
      .family = storage::Family::kMessages, .begin = begin, .end = end, .from = from, .rows_max = options.limit + 2};
  const storage::RowName row = {storage::Family::kConversations, conversation_id};
  storage::PinnedValue head;
  MessagePage page(conversation_id, first, options.limit);
  std::optional<Status> conversation;
  const auto may_read = [&] {
    if (!conversation) conversation = HeadIn(view, conversation_id, head).status();
    return conversation->ok();
  };
  const auto visit = [&](const storage::RunRow& part) -> Result<bool> {
    if (!may_read()) return false;
    COFFER_ASSIGN_CONTEXT(const bool has_room, page.Add(part), NameOf(Kind::kConversation, conversation_id));
    return has_room;
  };
  COFFER_TRY(view.store.Read({.rows = {&row, 1}, .run = &run}, view.snapshot, {&head, 1}, visit));
  if (!may_read()) return *std::move(conversation);
  return page.Take();
}

}  // namespace coffer::engine
