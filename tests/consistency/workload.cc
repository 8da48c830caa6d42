#include "consistency/workload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "coffer/timestamp.h"

namespace coffer::consistency {
namespace {

using Json = nlohmann::json;

constexpr const char* kAbsent = "-";
constexpr const char* kCreatedAt = "2026-01-05T10:00:00Z";

// Registers of all kinds: whether it exists, one for each owner, version. Then: of conversations the count, the time of the last
// message and the messages; of others the content.
constexpr std::size_t kExists = 0;
constexpr std::size_t kOwned = 1;
constexpr std::size_t kVersion = kOwned + kOwners.size();
constexpr std::size_t kCount = kVersion + 1;
constexpr std::size_t kContent = kVersion + 1;
constexpr std::size_t kLast = kCount + 1;
constexpr std::size_t kMessages = kLast + 1;

// A message's time follows from its content, "<number>".
std::string TimeOf(const std::string& version) {
  return FormatTimestamp({std::int64_t{1'767'607'200} * 1'000'000 + std::stoll(version) * 1'000'000});
}

// Enough text that write buffers fill and are flushed while the test runs.
std::string Padding(const std::string& version) { return std::string(200 + std::stoull(version) % 400, 'x'); }

// Most contents are less than a chunk, some are two.
std::size_t ContentSize(const std::string& version) {
  const std::uint64_t number = std::stoull(version);
  return number % 40 == 0 ? 1'300'000 : 500 + number % 8 * 5'000;
}

std::string ContentBytes(const std::string& version) {
  std::string bytes = version + ":";
  bytes.resize(ContentSize(version), static_cast<char>('a' + std::stoull(version) % 26));
  return bytes;
}

std::string MessageJson(const std::string& content) {
  return Json{{"id", "m" + content},
              {"role", "user"},
              {"content", content},
              {"created_at", TimeOf(content)},
              {"padding", Padding(content)}}
      .dump();
}

std::size_t Place(const char* owner) {
  return static_cast<std::size_t>(
      std::ranges::find_if(kOwners, [&](const char* one) { return std::string_view(one) == owner; }) - kOwners.begin());
}

}  // namespace

std::int64_t Now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<std::string> RegisterNames(Kind kind) {
  std::vector<std::string> names = {"exists"};
  for (const char* owner : kOwners) names.push_back(std::string("of ") + owner);
  names.emplace_back("version");
  if (kind != Kind::kConversation) {
    names.emplace_back("content");
    return names;
  }
  names.emplace_back("message_count");
  names.emplace_back("last_message_at");
  for (std::uint64_t i = 0; i < kMessagesMax; ++i) names.push_back("message " + std::to_string(i));
  return names;
}

std::vector<std::string> ModelRecord::Values() const {
  std::vector<std::string> values = {exists ? "1" : "0"};
  for (const char* one : kOwners) values.emplace_back(exists && owner == one ? "1" : "0");
  values.push_back(exists ? version : kAbsent);
  if (kind != Kind::kConversation) {
    values.push_back(exists ? content : kAbsent);
    return values;
  }
  values.push_back(exists ? std::to_string(messages.size()) : kAbsent);
  values.push_back(messages.empty() ? kAbsent : TimeOf(messages.rbegin()->second));
  for (std::uint64_t i = 0; i < kMessagesMax; ++i) values.push_back(messages.contains(i) ? messages.at(i) : kAbsent);
  return values;
}

Model::Model() {
  const auto add = [&](Kind kind, std::size_t writer, const char* letter, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ModelRecord record;
      record.kind = kind;
      record.writer = writer;
      // The records of the writers alternate in a listing.
      record.id = letter + std::to_string(i) + "-" + std::to_string(writer);
      records.push_back(std::move(record));
    }
  };
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    add(Kind::kConversation, writer, "c", kConversationsOfWriter);
    add(Kind::kDocument, writer, "d", kDocumentsOfWriter);
    add(Kind::kPrompt, writer, "p", kPromptsOfWriter);
  }
  std::size_t next = 0;
  for (ModelRecord& record : records) {
    record.first_register = next;
    next += RegisterNames(record.kind).size();
  }
}

History Model::Begin() const {
  History history;
  history.writers.resize(kWriters);
  history.readers.resize(kReaders);
  for (const ModelRecord& record : records) {
    const std::vector<std::string> names = RegisterNames(record.kind);
    const std::vector<std::string> values = record.Values();
    for (std::size_t i = 0; i < names.size(); ++i) {
      history.registers.push_back({record.id + " " + names[i], record.writer, values[i]});
    }
  }
  return history;
}

// Makes random commits to its own records.
class Workload::Writer {
 public:
  Writer(Workload& work, std::size_t number) : work_(work), number_(number), random_(SeededRandom(work.seed_ * 100 + number)) {
    for (ModelRecord& record : work.model_.records) {
      if (record.writer == number) own_.push_back(&record);
    }
  }

  void Run() {
    while (work_.writing_) Step();
  }

 private:
  std::uint64_t Pick(std::uint64_t below) { return random_->Next() % below; }

  void Step() {
    std::vector<Change> changes;
    std::vector<ModelRecord> after;
    // The records of a batch are different ones.
    const std::size_t first = Pick(own_.size());
    const std::size_t count = Pick(3) == 0 ? 1 + Pick(own_.size()) : 1;
    for (std::size_t i = 0; i < count; ++i) {
      after.push_back(*own_[(first + i) % own_.size()]);
      changes.push_back(RandomChange(after.back()));
    }
    const bool is_bulk = count == 1 && work_.store_.has_bulk() && changes[0].entry == Entry::kPutWithMessages &&
                         !changes[0].messages.empty() && Pick(30) == 0;
    CommitEvent event;
    for (const ModelRecord& record : after) AddChanges(record, event);
    event.began = Now();
    const Status status = is_bulk ? work_.store_.CommitBulk(changes[0]) : work_.store_.Commit(changes);
    event.returned = Now();
    ASSERT_TRUE(status.ok()) << status.ToString();
    for (ModelRecord& record : after) **std::ranges::find(own_, record.id, &ModelRecord::id) = std::move(record);
    work_.history_.writers[number_].push_back(std::move(event));
  }

  ModelRecord& Own(const std::string& id) { return **std::ranges::find(own_, id, &ModelRecord::id); }

  void AddChanges(const ModelRecord& record, CommitEvent& event) {
    const std::vector<std::string> before = Own(record.id).Values();
    const std::vector<std::string> values = record.Values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] != before[i]) event.set.push_back({record.first_register + i, values[i]});
    }
  }

  std::string NewVersion() { return std::to_string(++versions_ * kWriters + number_); }

  Change RandomChange(ModelRecord& record) {
    if (record.exists && Pick(8) == 0) return Delete(record);
    if (record.kind == Kind::kConversation && record.exists) {
      const std::uint64_t choice = Pick(6);
      if (choice < 2 && record.next_sequence() < kMessagesMax) return Append(record);
      if (choice == 2 && !record.messages.empty()) return DeleteMessage(record);
      if (choice == 3) return Put(record, Entry::kPutConversation);
    }
    return Put(record, record.kind == Kind::kConversation ? Entry::kPutWithMessages
                       : record.kind == Kind::kDocument   ? Entry::kPutDocument
                                                          : Entry::kPutPrompt);
  }

  static Change Delete(ModelRecord& record) {
    record.exists = false;
    record.messages.clear();
    return {.entry = Entry::kDelete, .kind = record.kind, .id = record.id};
  }

  Change Append(ModelRecord& record) {
    const std::string version = NewVersion();
    record.messages[record.next_sequence()] = version;
    return {.entry = Entry::kAppendMessage, .id = record.id, .json = MessageJson(version)};
  }

  Change DeleteMessage(ModelRecord& record) {
    const auto message = std::next(record.messages.begin(), static_cast<std::ptrdiff_t>(Pick(record.messages.size())));
    Change change = {.entry = Entry::kDeleteMessage, .id = record.id, .sequence = message->first};
    record.messages.erase(message);
    return change;
  }

  Change Put(ModelRecord& record, Entry entry) {
    record.exists = true;
    record.version = NewVersion();
    record.owner = kOwners[Pick(kOwners.size())];
    Change change = {.entry = entry, .kind = record.kind, .id = record.id};
    Json json = {{"id", record.id}, {"created_at", kCreatedAt}, {"updated_at", kCreatedAt}};
    json[record.kind == Kind::kConversation ? "user_id" : "owner_id"] = record.owner;
    if (record.kind == Kind::kConversation) json["title"] = record.version;
    if (record.kind == Kind::kPrompt) {
      json["name"] = record.version;
      json["content"] = record.content = record.version;
    }
    if (record.kind == Kind::kDocument) {
      json["filename"] = record.version;
      record.content = record.version;
      change.content = ContentBytes(record.content);
    }
    if (entry == Entry::kPutWithMessages) PutMessages(record, change);
    change.json = json.dump();
    return change;
  }

  void PutMessages(ModelRecord& record, Change& change) {
    record.messages.clear();
    const std::uint64_t count = Pick(kMessagesMax);
    for (std::uint64_t i = 0; i < count; ++i) {
      record.messages[i] = NewVersion();
      change.messages.push_back(MessageJson(record.messages[i]));
    }
  }

  Workload& work_;
  const std::size_t number_;
  std::unique_ptr<RandomSource> random_;
  std::vector<ModelRecord*> own_;
  // Versions go on from round to round.
  static inline std::atomic<std::uint64_t> versions_{0};
};

// Reads random records by random calls.
class Workload::Reader {
 public:
  Reader(Workload& work, std::size_t number)
      : work_(work), number_(number), random_(SeededRandom(work.seed_ * 100 + 50 + number)) {}

  void Run() {
    while (work_.reading_) {
      if (Pick(10) == 0) {
        ReadSnapshot();
      } else {
        ReadEvent read = {.began = Now()};
        ReadOne(nullptr, read);
        Add(std::move(read));
      }
    }
  }

 private:
  std::uint64_t Pick(std::uint64_t below) { return random_->Next() % below; }

  void Add(ReadEvent read) {
    if (read.ended == 0) read.ended = Now();
    if (!read.saw.empty()) work_.history_.readers[number_].push_back(std::move(read));
  }

  // All reads of a snapshot show one moment, which is that of taking it.
  void ReadSnapshot() {
    if (!work_.may_pin) return;
    ReadEvent read = {.began = Now()};
    const std::unique_ptr<WatchedSnapshot> snapshot = work_.store_.TakeSnapshot();
    read.ended = Now();
    for (int i = 0; i < 6; ++i) ReadOne(snapshot.get(), read);
    read.call = "snapshot: " + read.call;
    Add(std::move(read));
  }

  void ReadOne(const WatchedSnapshot* snapshot, ReadEvent& read) {
    const auto& records = work_.model_.records;
    const ModelRecord& record = records[Pick(records.size())];
    Call call = {.kind = record.kind, .id = record.id, .as_struct = Pick(2) == 0};
    if (Pick(3) == 0) call.owner = kOwners[Pick(kOwners.size())];
    switch (Pick(5)) {
      case 0:
        return List(call, snapshot, read);
      case 1:
        return record.kind == Kind::kDocument       ? GetContent(record, call, snapshot, read)
               : record.kind == Kind::kConversation ? GetMessage(record, call, snapshot, read)
                                                    : GetRecord(record, call, snapshot, read);
      case 2:
        return record.kind == Kind::kConversation ? ListMessages(record, call, snapshot, read)
                                                  : GetRecord(record, call, snapshot, read);
      default:
        call.with_messages = Pick(2) == 0;
        return GetRecord(record, call, snapshot, read);
    }
  }

  static void Note(ReadEvent& read, std::string_view what, const Call& call) {
    if (!read.call.empty()) read.call += ", ";
    read.call += std::string(what) + " " + std::string(KindName(call.kind)) + " " + call.id;
    if (call.as_struct) read.call += " (struct)";
    if (!call.owner.empty()) read.call += " of " + call.owner;
  }

  static void Saw(ReadEvent& read, const ModelRecord& record, std::size_t place, std::string value) {
    read.saw.push_back({record.first_register + place, std::move(value)});
  }

  // Whether it was found. A record that is not found is missing or belongs to another owner.
  static bool Found(const Status& status, const ModelRecord& record, const Call& call, ReadEvent& read) {
    EXPECT_TRUE(status.ok() || status.code() == StatusCode::kNotFound) << status.ToString();
    if (!status.ok() && status.code() != StatusCode::kNotFound) return false;
    Saw(read, record, call.owner.empty() ? kExists : kOwned + Place(call.owner.c_str()), status.ok() ? "1" : "0");
    return status.ok();
  }

  static void SawFields(const ModelRecord& record, const Json& json, ReadEvent& read) {
    Saw(read, record, kExists, "1");
    const std::string owner = json[record.kind == Kind::kConversation ? "user_id" : "owner_id"];
    for (std::size_t i = 0; i < kOwners.size(); ++i) Saw(read, record, kOwned + i, owner == kOwners[i] ? "1" : "0");
    const char* const version = record.kind == Kind::kConversation ? "title"
                                : record.kind == Kind::kDocument   ? "filename"
                                                                   : "name";
    Saw(read, record, kVersion, json[version]);
    if (record.kind == Kind::kPrompt) Saw(read, record, kContent, json["content"]);
    // A document's size is that of its content.
    if (record.kind == Kind::kDocument) {
      const std::string name = json["filename"];
      Saw(read, record, kContent, json["file_size"] == ContentSize(name) ? name : "another size");
    }
    if (record.kind != Kind::kConversation) return;
    Saw(read, record, kCount, std::to_string(json["message_count"].get<std::uint64_t>()));
    Saw(read, record, kLast, json.contains("last_message_at") ? json["last_message_at"].get<std::string>() : kAbsent);
  }

  // The messages `from` to `end`, of which the items are all.
  static void SawMessages(const ModelRecord& record, const std::vector<Json>& items, std::uint64_t from, std::uint64_t end,
                          ReadEvent& read) {
    std::map<std::uint64_t, std::string> contents;
    for (const Json& item : items) contents[item["sequence_number"]] = item["content"];
    for (std::uint64_t i = from; i < end; ++i) {
      Saw(read, record, kMessages + i, contents.contains(i) ? contents[i] : kAbsent);
    }
  }

  void GetRecord(const ModelRecord& record, const Call& call, const WatchedSnapshot* snapshot, ReadEvent& read) {
    Note(read, call.with_messages ? "get with messages" : "get", call);
    const Result<std::string> text = work_.store_.Get(call, snapshot);
    if (!Found(text.status(), record, call, read)) return;
    const Json json = Json::parse(*text);
    SawFields(record, json, read);
    if (json.contains("messages")) SawMessages(record, json["messages"], 0, kMessagesMax, read);
  }

  void GetMessage(const ModelRecord& record, Call call, const WatchedSnapshot* snapshot, ReadEvent& read) {
    call.kind = Kind::kMessage;
    call.sequence = Pick(kMessagesMax);
    Note(read, "get", call);
    const Result<std::string> text = work_.store_.Get(call, snapshot);
    EXPECT_TRUE(text.ok() || text.status().code() == StatusCode::kNotFound) << text.status().ToString();
    if (text.ok()) {
      Saw(read, record, kMessages + call.sequence, Json::parse(*text)["content"]);
      if (!call.owner.empty()) Saw(read, record, kOwned + Place(call.owner.c_str()), "1");
    } else if (call.owner.empty()) {
      Saw(read, record, kMessages + call.sequence, kAbsent);
    }
  }

  void ListMessages(const ModelRecord& record, Call call, const WatchedSnapshot* snapshot, ReadEvent& read) {
    call.sequence = Pick(kMessagesMax);
    call.limit = 1 + Pick(kMessagesMax);
    Note(read, "list messages of", call);
    const Result<PageOfJson> page = work_.store_.ListMessages(call, snapshot);
    if (!Found(page.status(), record, call, read)) return;
    std::vector<Json> items;
    for (const std::string& item : page->items) items.push_back(Json::parse(item));
    const std::uint64_t end = page->next.empty() ? kMessagesMax : std::stoull(page->next);
    SawMessages(record, items, call.sequence, end, read);
    // The next page is not empty.
    if (end < kMessagesMax) {
      EXPECT_EQ(items.size(), call.limit);
    }
  }

  void GetContent(const ModelRecord& record, const Call& call, const WatchedSnapshot* snapshot, ReadEvent& read) {
    if (snapshot == nullptr && !work_.may_pin) return;
    Note(read, "content of", call);
    const Result<std::string> bytes = work_.store_.GetContent(call, snapshot);
    if (!Found(bytes.status(), record, call, read)) return;
    const std::string version = bytes->substr(0, bytes->find(':'));
    Saw(read, record, kContent, *bytes == ContentBytes(version) ? version : "mixed bytes");
  }

  // Pages of a listing, each of them a read of its own unless there is a snapshot.
  void List(Call call, const WatchedSnapshot* snapshot, ReadEvent& read) {
    call.id.clear();
    call.limit = 1 + Pick(2) * 99 + Pick(4);
    std::string last;
    while (true) {
      Note(read, "list", call);
      const Result<PageOfJson> page = work_.store_.List(call, snapshot);
      ASSERT_TRUE(page.ok()) << page.status().ToString();
      SawPage(call, *page, last, read);
      if (page->next.empty()) return;
      call.after = page->next;
      if (snapshot != nullptr) continue;
      Add(std::exchange(read, {}));
      read.began = Now();
    }
  }

  // A page shows which records there are after the last one of the page before, up to its own last one.
  void SawPage(const Call& call, const PageOfJson& page, std::string& last, ReadEvent& read) {
    const std::string from = last;
    std::map<std::string, Json> shown;
    for (const std::string& item : page.items) {
      Json json = Json::parse(item);
      const std::string id = json["id"];
      EXPECT_GT(id, last);
      last = id;
      shown[id] = std::move(json);
    }
    for (const ModelRecord& record : work_.model_.records) {
      if (record.kind != call.kind) continue;
      if (const auto found = shown.find(record.id); found != shown.end()) {
        SawFields(record, found->second, read);
        EXPECT_TRUE(call.owner.empty() || found->second.dump().find("\"" + call.owner + "\"") != std::string::npos)
            << "a listing of " << call.owner << " shows " << found->second.dump();
      } else if (record.id > from && (page.next.empty() || record.id <= last)) {
        Saw(read, record, call.owner.empty() ? kExists : kOwned + Place(call.owner.c_str()), "0");
      }
    }
  }

  Workload& work_;
  const std::size_t number_;
  std::unique_ptr<RandomSource> random_;
};

void Workload::Start() {
  writing_ = true;
  reading_ = true;
  for (std::size_t i = 0; i < kWriters; ++i) writers_.emplace_back([this, i] { Writer(*this, i).Run(); });
  for (std::size_t i = 0; i < kReaders; ++i) readers_.emplace_back([this, i] { Reader(*this, i).Run(); });
}

void Workload::StopWriters() {
  writing_ = false;
  for (std::thread& thread : std::exchange(writers_, {})) thread.join();
}

void Workload::StopReaders() {
  reading_ = false;
  for (std::thread& thread : std::exchange(readers_, {})) thread.join();
}

}  // namespace coffer::consistency
