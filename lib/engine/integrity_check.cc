#include "engine/integrity_check.h"

#include <functional>

#include "engine/content_state.h"
#include "format/records/record_codec.h"
#include "format/records/sha256.h"
#include "format/stored/keys.h"
#include "format/stored/message_run.h"
#include "format/stored/stored_record.h"
#include "vocabulary/try.h"

namespace coffer::engine {
namespace {

using storage::Family;
using storage::Scan;

constexpr std::size_t kReadaheadBytes = std::size_t{2} << 20;

// Compares two sets of keys in any order: adds the digests of expected keys and subtracts those of found keys. The sum is zero
// if the sets are equal.
class KeyBalance {
 public:
  void Expect(std::string_view key) { balance_.Add(format::ContentDigest(key)); }
  void Meet(std::string_view key) { balance_.Subtract(format::ContentDigest(key)); }
  bool even() const { return balance_ == format::Digest128(); }

 private:
  format::Digest128 balance_;
};

class Checker {
 public:
  Checker(storage::Store& store, const storage::StoreSnapshot* snapshot) : store_(store), snapshot_(snapshot) {}

  Result<IntegrityReport> Run();

 private:
  std::unique_ptr<Scan> Walk(Family family) const {
    storage::ScanOptions options;
    options.snapshot = snapshot_;
    options.fill_cache = false;
    options.readahead_bytes = kReadaheadBytes;
    return store_.NewScan(family, {}, {}, options);
  }

  void Find(std::string object, std::string problem);
  // A damaged file is a finding. Any other failure ends the check.
  Status Finished(const Scan& scan, std::string_view what);

  Status CheckConversations();
  void CheckConversation(std::string_view id, std::string_view head_value, Scan& rows);
  void CheckText(std::string_view id, const Scan& row, const format::ConversationHead& head, format::ConversationHead& counted);
  std::uint32_t CheckRun(std::string_view id, std::uint64_t first, const Scan& row, format::ConversationHead& counted);
  Status CheckRecords(Kind kind);
  void CheckContent(std::string_view document_id, std::string_view owner, const format::ContentReference& content);
  Status CheckIndex();
  Status NameIndexFaults();
  Status CheckContentKeys();
  Status CheckCounters();

  storage::Store& store_;
  const storage::StoreSnapshot* snapshot_;
  IntegrityReport report_;
  format::RecordReader reader_;
  TalliesByOwner counted_;
  KeyBalance index_;
  KeyBalance contents_;
  std::string scratch_;
  bool contents_left_out_ = false;
};

void Checker::Find(std::string object, std::string problem) {
  ++report_.findings_total;
  if (report_.findings.size() < kIntegrityFindingsMax) report_.findings.push_back({std::move(object), std::move(problem)});
}

Status Checker::Finished(const Scan& scan, std::string_view what) {
  Status status = scan.status();
  if (status.code() != StatusCode::kCorruption) return status.WithContext(what);
  Find(std::string(what), status.ToString());
  return Status::Ok();
}

// Both families are in the order of ids, so one scan of each is enough.
Status Checker::CheckConversations() {
  const std::unique_ptr<Scan> heads = Walk(Family::kConversations);
  const std::unique_ptr<Scan> rows = Walk(Family::kMessages);
  heads->SeekToFirst();
  rows->SeekToFirst();
  while (heads->valid()) {
    const std::string id(heads->key());
    // In row keys 0x00 ends the id and sorts before every character of an id, so row keys sort as their ids.
    while (rows->valid()) {
      const auto key = format::ParseMessageKey(rows->key());
      if (key && std::string_view(key->conversation_id) >= id) break;
      Find("messages", key ? "a row of conversation " + std::string(key->conversation_id) + ", which does not exist"
                           : std::string("malformed key"));
      rows->Next();
    }
    CheckConversation(id, heads->value(), *rows);
    heads->Next();
  }
  for (; rows->valid(); rows->Next()) Find("messages", "a row of a conversation that does not exist");
  COFFER_TRY(Finished(*heads, "conversations"));
  return Finished(*rows, "messages");
}

void Checker::CheckConversation(std::string_view id, std::string_view head_value, Scan& rows) {
  const std::string name = "conversation " + std::string(id);
  Result<format::ConversationHead> head = format::DecodeConversationHead(head_value);
  if (!head.ok()) return Find(name, head.status().ToString());
  ++report_.counts["conversations"];
  index_.Expect(format::OwnerKey(Kind::kConversation, head->owner, head->created_at, id));

  format::ConversationHead counted = *head;
  counted.record = counted.messages = {};
  counted.first_sequence = counted.last_sequence = 0;
  counted.last_message_at = {};
  counted.leading_run = 0;
  bool only_first_row_shared = true;
  for (; rows.valid(); rows.Next()) {
    const auto key = format::ParseMessageKey(rows.key());
    if (!key || key->conversation_id != id) break;
    if (!key->sequence_number) {
      CheckText(id, rows, *head, counted);
      continue;
    }
    if (counted.messages.count > 0 && *key->sequence_number <= counted.last_sequence) {
      Find(name, "its rows of messages overlap at " + std::to_string(*key->sequence_number));
    }
    const std::uint32_t messages = CheckRun(id, *key->sequence_number, rows, counted);
    if (counted.leading_run == 0) {
      counted.leading_run = messages;
    } else {
      only_first_row_shared = only_first_row_shared && messages == 1;
    }
  }
  if (!only_first_row_shared || head->leading_run == 0) counted.leading_run = 0;
  report_.counts["messages"] += counted.messages.count;
  if (counted.record.count == 0) Find(name, "has no text");
  if (!(counted == *head)) Find(name, "its derived members do not match its text and messages");
  KindTallies& tallies = counted_[head->owner];
  tallies[Kind::kConversation].Add(counted.record);
  tallies[Kind::kMessage].Add(counted.messages);
}

void Checker::CheckText(std::string_view id, const Scan& row, const format::ConversationHead& head,
                        format::ConversationHead& counted) {
  const std::string name = "conversation " + std::string(id);
  Result<format::StoredText> stored = format::DecodeStoredText(row.value());
  Result<Conversation> parsed = stored.ok() ? reader_.ReadConversation(stored->json) : Result<Conversation>(stored.status());
  if (!parsed.ok()) return Find(name, parsed.status().ToString());
  counted.record = format::TallyOf(Kind::kConversation, row.key(), row.value(), stored->json.size());
  if (parsed->id != id || parsed->user_id != head.owner || static_cast<std::uint8_t>(parsed->status) != head.status ||
      parsed->created_at != head.created_at || parsed->updated_at != head.updated_at) {
    Find(name, "its row and its text differ in id, owner, status or time");
  }
}

// Returns the number of messages in the row.
std::uint32_t Checker::CheckRun(std::string_view id, std::uint64_t first, const Scan& row, format::ConversationHead& counted) {
  const auto name = [&](std::uint64_t sequence) { return "message " + std::string(id) + "/" + std::to_string(sequence); };
  std::uint32_t messages = 0;
  format::MessageRun run(first, row.value());
  for (; run.Next(); ++messages) {
    Result<Message> parsed = reader_.ReadMessage(run.message().json);
    if (!parsed.ok()) {
      Find(name(run.sequence()), parsed.status().ToString());
      continue;
    }
    if (counted.messages.count == 0) counted.first_sequence = run.sequence();
    counted.last_sequence = run.sequence();
    counted.last_message_at = parsed->created_at.value_or(Timestamp());
    scratch_ = format::MessageKey(id, run.sequence());
    const std::string_view json = run.message().json;
    counted.messages.Add(format::TallyOf(Kind::kMessage, scratch_, json, json.size()));
  }
  if (!run.status().ok()) Find(name(run.sequence()), run.status().ToString());
  return messages;
}

Status Checker::CheckRecords(Kind kind) {
  const std::unique_ptr<Scan> scan = Walk(kind == Kind::kDocument ? Family::kDocuments : Family::kPrompts);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const std::string id(scan->key());
    const std::string name = std::string(KindName(kind)) + " " + id;
    Result<format::StoredRecord> record = format::DecodeStoredRecord(kind, scan->value());
    if (!record.ok()) {
      Find(name, record.status().ToString());
      continue;
    }
    ++report_.counts[std::string(KindNamePlural(kind))];
    index_.Expect(format::OwnerKey(kind, record->owner, record->created_at, id));
    const std::string owner(record->owner);
    counted_[owner][kind].Add(format::TallyOf(kind, id, scan->value(), record->json.size()));
    const auto differs = [&](const auto& parsed) {
      if (!parsed.ok()) {
        Find(name, parsed.status().ToString());
      } else if (parsed->id != id || parsed->owner_id != record->owner || parsed->created_at != record->created_at ||
                 parsed->updated_at != record->updated_at) {
        Find(name, "its header and its text differ in id, owner or time");
      }
    };
    if (kind == Kind::kPrompt) {
      differs(reader_.ReadPrompt(record->json));
    } else {
      differs(reader_.ReadDocument(record->json));
      if (record->content) CheckContent(id, owner, *record->content);
    }
  }
  return Finished(*scan, KindNamePlural(kind));
}

void Checker::CheckContent(std::string_view document_id, std::string_view owner, const format::ContentReference& content) {
  const std::string name = "content of document " + std::string(document_id);
  ++report_.counts["contents"];
  counted_[std::string(owner)][Kind::kContent].Add(format::TallyOfContent(document_id, content));
  format::Sha256 hash;
  std::uint64_t bytes = 0;
  storage::PinnedValue value;
  for (std::uint32_t chunk = 0; chunk < ChunkCount(content.size_bytes); ++chunk) {
    const std::string key = format::ContentKey(content.id, chunk);
    const Status status = store_.Get(Family::kContents, key, snapshot_, value);
    // A backup left out the contents: the record exists without its bytes.
    if (chunk == 0 && contents_left_out_ && status.ok() && !value.found()) return;
    contents_.Expect(key);
    if (!status.ok() || !value.found()) {
      return Find(name, "chunk " + std::to_string(chunk) + ": " + (status.ok() ? "is missing" : status.ToString()));
    }
    hash.Update(value.view());
    bytes += value.view().size();
  }
  if (bytes != content.size_bytes)
    Find(name, "has " + std::to_string(bytes) + " bytes instead of " + std::to_string(content.size_bytes));
  if (hash.Finish() != content.sha256) Find(name, "its SHA-256 does not match its bytes");
}

Status Checker::CheckIndex() {
  const std::unique_ptr<Scan> scan = Walk(Family::kByOwner);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) index_.Meet(scan->key());
  COFFER_TRY(Finished(*scan, "by_owner"));
  return index_.even() ? Status::Ok() : NameIndexFaults();
}

// Called only if the sums differ: compares each index row with its record. Records without a row are only counted.
Status Checker::NameIndexFaults() {
  std::uint64_t matching = 0;
  const std::unique_ptr<Scan> scan = Walk(Family::kByOwner);
  storage::PinnedValue value;
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const auto key = format::ParseOwnerKey(scan->key());
    if (!key) {
      Find("by_owner", "malformed key");
      continue;
    }
    const Family family = key->kind == Kind::kDocument ? Family::kDocuments
                          : key->kind == Kind::kPrompt ? Family::kPrompts
                                                       : Family::kConversations;
    COFFER_TRY(store_.Get(family, key->id, snapshot_, value));
    bool matches = false;
    if (value.found() && key->kind == Kind::kConversation) {
      Result<format::ConversationHead> head = format::DecodeConversationHead(value.view());
      matches = head.ok() && head->owner == key->owner && head->created_at == key->created_at;
    } else if (value.found()) {
      Result<format::StoredRecord> record = format::DecodeStoredRecord(key->kind, value.view());
      matches = record.ok() && record->owner == key->owner && record->created_at == key->created_at;
    }
    if (matches) {
      ++matching;
    } else {
      Find("index row of " + std::string(KindName(key->kind)) + " " + std::string(key->id) + " for owner " +
               std::string(key->owner),
           "no such record");
    }
  }
  const std::uint64_t records = report_.counts["conversations"] + report_.counts["documents"] + report_.counts["prompts"];
  if (matching < records) Find("by_owner", std::to_string(records - matching) + " records have no index row");
  return Finished(*scan, "by_owner");
}

Status Checker::CheckContentKeys() {
  // Contents that are being written have no record yet, but an intent row.
  std::vector<std::string> temporary;
  const std::unique_ptr<Scan> intents = Walk(Family::kProgress);
  for (intents->SeekToFirst(); intents->valid(); intents->Next()) {
    if (const auto id = format::ParseContentIntentKey(intents->key())) temporary.emplace_back(*id);
  }
  COFFER_TRY(Finished(*intents, "progress"));
  const std::unique_ptr<Scan> scan = Walk(Family::kContents);
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    const std::string_view id = scan->key().substr(0, format::kContentIdBytes);
    bool expected = true;
    for (const std::string& other : temporary) expected = expected && id != other;
    if (expected) contents_.Meet(scan->key());
  }
  if (!contents_.even()) Find("contents", "chunks that no document names, or missing chunks");
  return Finished(*scan, "contents");
}

Status Checker::CheckCounters() {
  Result<CounterState> stored = ReadCounters(store_, snapshot_);
  if (!stored.ok() && stored.status().code() == StatusCode::kCorruption) {
    Find("counters", stored.status().ToString());
    return Status::Ok();
  }
  if (!stored.ok()) return std::move(stored).status();
  for (const auto& [owner, tallies] : counted_) stored->by_owner[owner];
  for (const auto& [owner, tallies] : stored->by_owner) {
    const KindTallies& counted = counted_[owner];
    for (Kind kind : kAllKinds) {
      if (tallies[kind] == counted[kind]) continue;
      Find("counter " + std::string(KindNamePlural(kind)) + " of owner " + owner,
           "says " + std::to_string(tallies[kind].count) + " records and " + std::to_string(tallies[kind].bytes) +
               " bytes; counted " + std::to_string(counted[kind].count) + " and " + std::to_string(counted[kind].bytes) +
               (tallies[kind].count == counted[kind].count && tallies[kind].bytes == counted[kind].bytes ? "; digests differ"
                                                                                                         : ""));
    }
  }
  const KindTallies sum = stored->Sum();
  KindTallies days;
  for (const auto& [day, added] : stored->by_day) days.Add(added);
  for (Kind kind : kAllKinds) {
    if (days[kind].count != sum[kind].count || days[kind].bytes != sum[kind].bytes) {
      Find("counters by day of " + std::string(KindNamePlural(kind)), "their sum is not the total");
    }
  }
  return Status::Ok();
}

Result<IntegrityReport> Checker::Run() {
  for (Kind kind : kAllKinds) report_.counts[std::string(KindNamePlural(kind))] = 0;
  COFFER_ASSIGN(std::string left_out_by, LeftOutBy(store_, snapshot_));
  contents_left_out_ = !left_out_by.empty();
  for (const std::function<Status()>& step : std::initializer_list<std::function<Status()>>{
           [this] { return CheckConversations(); }, [this] { return CheckRecords(Kind::kDocument); },
           [this] { return CheckRecords(Kind::kPrompt); }, [this] { return CheckIndex(); },
           [this] { return CheckContentKeys(); }, [this] { return CheckCounters(); }}) {
    COFFER_TRY(step());
  }
  report_.ok = report_.findings_total == 0;
  return std::move(report_);
}

}  // namespace

Result<IntegrityReport> CheckIntegrity(storage::Store& store, const storage::StoreSnapshot* snapshot) {
  return Checker(store, snapshot).Run();
}

}  // namespace coffer::engine
