#include "operations/export/record_stream.h"

#include <memory>
#include <optional>
#include <string>

#include "format/keys.h"
#include "format/message_run.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kReadAheadBytes = std::size_t{2} << 20;

std::unique_ptr<storage::Scan> ScanAll(storage::Store& store, storage::Family family, const storage::StoreSnapshot* snapshot) {
  storage::ScanOptions options;
  options.snapshot = snapshot;
  options.fill_cache = false;
  options.readahead_bytes = kReadAheadBytes;
  std::unique_ptr<storage::Scan> scan = store.NewScan(family, {}, {}, options);
  scan->SeekToFirst();
  return scan;
}

// Both families sort by conversation id, so two scans in step see each conversation beside its messages.
class ConversationWalk {
 public:
  ConversationWalk(storage::Store& store, const storage::StoreSnapshot* snapshot, RecordSink& sink)
      : sink_(sink),
        conversations_(ScanAll(store, storage::Family::kConversations, snapshot)),
        messages_(ScanAll(store, storage::Family::kMessages, snapshot)) {}

  Status Run() {
    for (; conversations_->valid(); conversations_->Next()) {
      if (Status status = WalkOne(conversations_->key()); !status.ok()) return status;
    }
    if (Status status = conversations_->status(); !status.ok()) return status.WithContext("conversations");
    if (messages_->valid()) return Orphan();
    return messages_->status().WithContext("messages");
  }

 private:
  Status WalkOne(std::string_view id) {
    Result<format::ConversationHead> head = format::DecodeConversationHead(conversations_->value());
    if (!head.ok()) return std::move(head).status().WithContext("conversation " + std::string(id));
    if (Status status = BeginOne(id, *head); !status.ok()) return status;

    std::uint64_t count = 0;
    for (; messages_->valid(); messages_->Next()) {
      const std::optional<format::MessageKeyParts> key = format::ParseMessageKey(messages_->key());
      if (!key) return BadKey();
      if (key->conversation_id != id) break;
      if (!key->sequence_number) return BadKey();
      format::MessageRun run(*key->sequence_number, messages_->value());
      for (; run.Next(); ++count) {
        if (Status status = sink_.AddMessage(id, run.sequence(), run.message()); !status.ok()) return status;
      }
      if (!run.status().ok()) {
        return run.status().WithContext("message " + std::string(id) + "/" + std::to_string(run.sequence()));
      }
    }
    if (Status status = messages_->status(); !status.ok()) return status.WithContext("messages");
    if (count != head->messages.count) {
      return Status::Corruption("conversation " + std::string(id) + ": has " + std::to_string(count) + " messages, and " +
                                std::to_string(head->messages.count) + " by its head");
    }
    return sink_.EndConversation();
  }

  // The messages' scan stands at the text of `id`, and moves behind it.
  Status BeginOne(std::string_view id, const format::ConversationHead& head) {
    if (Status status = messages_->status(); !status.ok()) return status.WithContext("messages");
    if (!messages_->valid()) return NoText(id);
    const std::optional<format::MessageKeyParts> key = format::ParseMessageKey(messages_->key());
    if (!key) return BadKey();
    if (key->conversation_id < id) return Orphan();
    if (key->conversation_id != id || key->sequence_number) return NoText(id);
    Result<format::StoredText> text = format::DecodeStoredText(messages_->value());
    Status status = text.ok() ? sink_.BeginConversation(id, *text, head) : text.status();
    if (!status.ok()) return status.WithContext("conversation " + std::string(id));
    messages_->Next();
    return Status::Ok();
  }

  Status Orphan() const {
    const std::optional<format::MessageKeyParts> key = format::ParseMessageKey(messages_->key());
    if (!key) return BadKey();
    return Status::Corruption("messages of conversation " + std::string(key->conversation_id) +
                              ": there is no such conversation");
  }
  static Status NoText(std::string_view id) {
    return Status::Corruption("conversation " + std::string(id) + ": its text is missing");
  }
  static Status BadKey() { return Status::Corruption("messages: a key that is none"); }

  RecordSink& sink_;
  std::unique_ptr<storage::Scan> conversations_;
  std::unique_ptr<storage::Scan> messages_;
};

template <typename Add>
Status WalkKind(storage::Store& store, const storage::StoreSnapshot* snapshot, Kind kind, storage::Family family,
                const Add& add) {
  const std::unique_ptr<storage::Scan> scan = ScanAll(store, family, snapshot);
  for (; scan->valid(); scan->Next()) {
    Result<format::StoredRecord> record = format::DecodeStoredRecord(kind, scan->value());
    Status status = record.ok() ? add(scan->key(), *record) : record.status();
    if (!status.ok()) return status.WithContext(std::string(KindName(kind)) + " " + std::string(scan->key()));
  }
  return scan->status().WithContext(KindNamePlural(kind));
}

}  // namespace

Status WalkConversations(storage::Store& store, const storage::StoreSnapshot* snapshot, RecordSink& sink) {
  return ConversationWalk(store, snapshot, sink).Run();
}

Status WalkDocuments(storage::Store& store, const storage::StoreSnapshot* snapshot, RecordSink& sink) {
  return WalkKind(store, snapshot, Kind::kDocument, storage::Family::kDocuments,
                  [&](std::string_view id, const format::StoredRecord& record) { return sink.AddDocument(id, record); });
}

Status WalkPrompts(storage::Store& store, const storage::StoreSnapshot* snapshot, RecordSink& sink) {
  return WalkKind(store, snapshot, Kind::kPrompt, storage::Family::kPrompts,
                  [&](std::string_view id, const format::StoredRecord& record) { return sink.AddPrompt(id, record); });
}

}  // namespace coffer::operations
