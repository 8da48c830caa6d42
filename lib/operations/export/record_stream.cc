#include "operations/export/record_stream.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/content_state.h"
#include "format/stored/keys.h"
#include "format/stored/message_run.h"
#include "operations/export/owned_ids.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kReadAheadBytes = std::size_t{2} << 20;
// Rows to step over before seeking: a step costs a tenth of a seek.
constexpr int kStepsBeforeSeek = 10;

// Read-ahead helps a full walk; a walk that jumps from id to id would not use the data.
std::unique_ptr<storage::Scan> NewScan(storage::Store& store, storage::Family family, const storage::StoreSnapshot* snapshot,
                                       bool through_everything) {
  storage::ScanOptions options;
  options.snapshot = snapshot;
  options.fill_cache = false;
  options.readahead_bytes = through_everything ? kReadAheadBytes : 0;
  return store.NewScan(family, {}, {}, options);
}

// Both families sort by conversation id, so two parallel scans meet each conversation with its messages.
class ConversationWalk {
 public:
  ConversationWalk(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter, RecordSink& sink,
                   bool through_everything)
      : filter_(filter),
        sink_(sink),
        conversations_(NewScan(store, storage::Family::kConversations, snapshot, through_everything)),
        messages_(NewScan(store, storage::Family::kMessages, snapshot, through_everything)) {}

  Status RunThroughEverything() {
    conversations_->SeekToFirst();
    messages_->SeekToFirst();
    for (; conversations_->valid(); conversations_->Next()) {
      COFFER_TRY(WalkOne(conversations_->key()));
    }
    COFFER_TRY_CONTEXT(conversations_->status(), "conversations");
    if (messages_->valid() && filter_.everything()) return Orphan();
    return messages_->status().WithContext("messages");
  }

  Status RunAlong(const OwnedIds& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string_view id = ids[i];
      conversations_->Seek(id);
      COFFER_TRY_CONTEXT(conversations_->status(), "conversations");
      if (!conversations_->valid() || conversations_->key() != id) {
        return Status::NotFound("conversation " + std::string(id) + ": no such conversation");
      }
      COFFER_TRY(WalkOne(id));
    }
    return Status::Ok();
  }

 private:
  Status WalkOne(std::string_view id) {
    COFFER_ASSIGN_CONTEXT(format::ConversationHead head, format::DecodeConversationHead(conversations_->value()),
                          "conversation " + std::string(id));
    if (!filter_.Holds(head.owner, head.created_at)) return Status::Ok();
    if (!filter_.everything()) GoToText(id);
    COFFER_TRY(BeginOne(id, head));

    std::uint64_t count = 0;
    for (; messages_->valid(); messages_->Next()) {
      const std::optional<format::MessageKeyParts> key = format::ParseMessageKey(messages_->key());
      if (!key) return BadKey();
      if (key->conversation_id != id) break;
      if (!key->sequence_number) return BadKey();
      format::MessageRun run(*key->sequence_number, messages_->value());
      for (; run.Next(); ++count) {
        COFFER_TRY(sink_.AddMessage(id, run.sequence(), run.message()));
      }
      if (!run.status().ok()) {
        return run.status().WithContext("message " + std::string(id) + "/" + std::to_string(run.sequence()));
      }
    }
    COFFER_TRY_CONTEXT(messages_->status(), "messages");
    if (count != head.messages.count) {
      return Status::Corruption("conversation " + std::string(id) + ": has " + std::to_string(count) + " messages, but " +
                                std::to_string(head.messages.count) + " in its head");
    }
    return sink_.EndConversation();
  }

  // Skips the messages of conversations that the filter excluded.
  void GoToText(std::string_view id) {
    key_.clear();
    format::AppendConversationTextKey(id, key_);
    for (int step = 0; messages_->valid() && step < kStepsBeforeSeek; ++step) {
      if (messages_->key() >= key_) return;
      messages_->Next();
    }
    messages_->Seek(key_);
  }

  // The scan of messages is at the text of `id`; moves past it.
  Status BeginOne(std::string_view id, const format::ConversationHead& head) {
    COFFER_TRY_CONTEXT(messages_->status(), "messages");
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
    return Status::Corruption("messages of conversation " + std::string(key->conversation_id) + ": no such conversation");
  }
  static Status NoText(std::string_view id) { return Status::Corruption("conversation " + std::string(id) + ": text missing"); }
  static Status BadKey() { return Status::Corruption("messages: malformed key"); }

  const RecordFilter& filter_;
  RecordSink& sink_;
  std::unique_ptr<storage::Scan> conversations_;
  std::unique_ptr<storage::Scan> messages_;
  std::string key_;
};

using AddRecord = Status (RecordSink::*)(std::string_view id, const format::StoredRecord& record);

// Documents or prompts.
class PlainWalk {
 public:
  PlainWalk(storage::Store& store, const storage::StoreSnapshot* snapshot, Kind kind, const RecordFilter& filter,
            RecordSink& sink, bool through_everything)
      : store_(store),
        snapshot_(snapshot),
        kind_(kind),
        filter_(filter),
        sink_(sink),
        add_(kind == Kind::kDocument ? &RecordSink::AddDocument : &RecordSink::AddPrompt),
        scan_(NewScan(store, kind == Kind::kDocument ? storage::Family::kDocuments : storage::Family::kPrompts, snapshot,
                      through_everything)) {}

  Status RunThroughEverything() {
    for (scan_->SeekToFirst(); scan_->valid(); scan_->Next()) {
      COFFER_TRY(WalkOne());
    }
    return scan_->status().WithContext(KindNamePlural(kind_));
  }

  Status RunAlong(const OwnedIds& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      scan_->Seek(ids[i]);
      COFFER_TRY_CONTEXT(scan_->status(), KindNamePlural(kind_));
      if (!scan_->valid() || scan_->key() != ids[i]) {
        return Status::NotFound(std::string(KindName(kind_)) + " " + std::string(ids[i]) + ": no such " +
                                std::string(KindName(kind_)));
      }
      COFFER_TRY(WalkOne());
    }
    return Status::Ok();
  }

 private:
  Status WalkOne() {
    Result<format::StoredRecord> record = format::DecodeStoredRecord(kind_, scan_->value());
    Status status = record.status();
    if (record.ok() && filter_.Holds(record->owner, record->created_at)) {
      status = DropLeftOutContent(*record);
      if (status.ok()) status = (sink_.*add_)(scan_->key(), *record);
    }
    return status.ok() ? status : status.WithContext(std::string(KindName(kind_)) + " " + std::string(scan_->key()));
  }

  // A store restored from a backup without contents has documents whose bytes are missing; their records are exported without.
  Status DropLeftOutContent(format::StoredRecord& record) {
    if (!record.content || record.content->size_bytes == 0) return Status::Ok();
    if (!some_left_out_) {
      COFFER_ASSIGN(std::string by, engine::LeftOutBy(store_, snapshot_));
      some_left_out_ = !by.empty();
    }
    if (!*some_left_out_) return Status::Ok();
    storage::PinnedValue chunk;
    const std::string key = format::ContentKey(record.content->id, 0);
    COFFER_TRY(store_.Get(storage::Family::kContents, key, snapshot_, chunk));
    if (!chunk.found()) record.content.reset();
    return Status::Ok();
  }

  storage::Store& store_;
  const storage::StoreSnapshot* const snapshot_;
  std::optional<bool> some_left_out_;  // looked up at first use
  const Kind kind_;
  const RecordFilter& filter_;
  RecordSink& sink_;
  const AddRecord add_;
  std::unique_ptr<storage::Scan> scan_;
};

// Runs the walk that `make` returns, over the ids that the filter selects or else over everything.
template <typename Make>
Status RunWalk(storage::Store& store, const storage::StoreSnapshot* snapshot, Kind kind, const RecordFilter& filter,
               const Make& make) {
  OwnedIds ids;
  if (filter.id) {
    ids.Add(*filter.id);
    return make(false).RunAlong(ids);
  }
  if (!filter.owner.empty()) {
    COFFER_ASSIGN(bool listed, ids.List(store, snapshot, kind, filter));
    if (listed) return make(false).RunAlong(ids);
  }
  return make(true).RunThroughEverything();
}

Status WalkPlain(storage::Store& store, const storage::StoreSnapshot* snapshot, Kind kind, const RecordFilter& filter,
                 RecordSink& sink) {
  return RunWalk(store, snapshot, kind, filter,
                 [&](bool through_everything) { return PlainWalk(store, snapshot, kind, filter, sink, through_everything); });
}

}  // namespace

bool RecordFilter::Holds(std::string_view record_owner, Timestamp created_at) const {
  return (owner.empty() || record_owner == owner) && (!created_from || created_at >= *created_from) &&
         (!created_before || created_at < *created_before);
}

Status WalkConversations(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
                         RecordSink& sink) {
  return RunWalk(store, snapshot, Kind::kConversation, filter,
                 [&](bool through_everything) { return ConversationWalk(store, snapshot, filter, sink, through_everything); });
}

Status WalkDocuments(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
                     RecordSink& sink) {
  return WalkPlain(store, snapshot, Kind::kDocument, filter, sink);
}

Status WalkPrompts(storage::Store& store, const storage::StoreSnapshot* snapshot, const RecordFilter& filter,
                   RecordSink& sink) {
  return WalkPlain(store, snapshot, Kind::kPrompt, filter, sink);
}

}  // namespace coffer::operations
