// Seeded random work on a store and its backups, and a simple model of both in memory: every remaining backup must open and
// restore to exactly the state of its moment, whatever was written, deleted, erased, expired and restored since. Seeds are
// fixed; COFFER_MODEL_SEED=<number> and COFFER_MODEL_STEPS=<number> in the environment select others.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/erase.h"
#include "engine/internals.h"
#include "operations/repository/repository_fixture.h"
#include "support/manual_clock.h"

namespace coffer::operations {
namespace {

constexpr std::int64_t kDay = ManualClock::kMicrosecondsPerDay;

struct Record {
  std::string owner;
  std::string text;  // as JSON; a conversation with its messages
  Timestamp updated_at;
  std::optional<std::string> content;  // of a document
  bool content_missing = false;        // it has a content, which a backup left out
  bool operator==(const Record&) const = default;
};

using Name = std::pair<Kind, std::string>;
using State = std::map<Name, Record>;

struct Backup {
  State state;
  bool safety = false;
  std::int64_t expires_at = 0;
  std::string lineage;
  std::size_t erasures_before = 0;
  std::optional<std::int64_t> deleted_at = std::nullopt;
};

struct Erasure {
  std::string user;  // empty: single records
  std::set<Name> names;
  bool Holds(const Name& name, const Record& record) const { return record.owner == user || names.contains(name); }
};

template <typename Item>
std::string FieldOf(const Item& item) {
  if constexpr (requires { item.user_id; }) {
    return item.user_id;
  } else {
    return item.owner_id;
  }
}

class BackupModelTest : public RepositoryTest {
 protected:
  void SetUp() override { Reopen(); }
  ~BackupModelTest() override { engine_.reset(); }
  void Run(std::uint64_t seed, int steps);

 private:
  std::uint64_t Pick(std::uint64_t below) { return random_->Next() % below; }
  bool Chance(std::uint64_t of) { return Pick(of) == 0; }
  std::string Owner() { return "o" + std::to_string(Pick(4)); }
  std::string Word() { return "w" + std::to_string(Pick(100'000)); }
  std::string IdOf(Kind kind) {
    return (kind == Kind::kConversation ? "c" : kind == Kind::kDocument ? "d" : "p") + std::to_string(Pick(9));
  }
  Kind SomeKind() { return std::array{Kind::kConversation, Kind::kDocument, Kind::kPrompt}[Pick(3)]; }
  Timestamp SomeTime() { return {1'000'000 + static_cast<std::int64_t>(Pick(50)) * 1'000}; }
  std::string SomeBackup() { return backups_.empty() ? "" : std::next(backups_.begin(), Pick(backups_.size()))->first; }

  void Reopen();
  void Write();
  void PutTalk();
  void PutDocument();
  void PutPrompt();
  void DeleteSome();
  void Erase();
  void BackUpSome();
  void MoveToTrash();
  void TakeFromTrash();
  void Prune();
  void Verify();
  void RestoreAll();
  void RestoreSome();
  void RestoreElsewhere();

  std::optional<Record> ReadRecord(Engine& engine, const Name& name);
  State ReadState(Engine& engine);
  // Reads the record into the model; it must contain `word`.
  void TakeUp(const Name& name, const std::string& word);
  static void Drop(State& state, const std::vector<Erasure>& erasures, std::size_t from);
  void Compare(const State& is, const State& should, const std::string& what);
  void CheckBackups();
  void CheckCounters();
  void NoteSafety(const std::string& id);
  void NoteOperation() { newest_operation_ = std::max(newest_operation_, clock_.NowMicroseconds()); }
  bool ClockJumped();
  void PutBack(const Backup& backup, const RestoreOptions& options);

  ManualClock clock_{1'750'000'000'000'000};
  std::unique_ptr<RandomSource> random_ = SeededRandom(1);
  State live_;
  std::map<std::string, Backup> backups_;
  std::vector<Erasure> erasures_;
  std::int64_t newest_operation_ = std::numeric_limits<std::int64_t>::min();
};

void BackupModelTest::Reopen() {
  OpenOptions options;
  options.clock = &clock_;
  Open(options);
}

std::optional<Record> BackupModelTest::ReadRecord(Engine& engine, const Name& name) {
  Record record;
  const auto take = [&record](const auto& item, Result<std::string> json) {
    EXPECT_OK(item);
    EXPECT_OK(json);
    record.owner = FieldOf(*item);
    record.updated_at = item->updated_at.value_or(Timestamp{});
    record.text = json.value();
  };
  const auto& [kind, id] = name;
  if (kind == Kind::kConversation) {
    const Result<Conversation> talk = engine.GetConversation(id);
    if (talk.status().code() == StatusCode::kNotFound) return std::nullopt;
    take(talk, engine.GetConversationJson(id, true));
  } else if (kind == Kind::kPrompt) {
    const Result<Prompt> prompt = engine.GetPrompt(id);
    if (prompt.status().code() == StatusCode::kNotFound) return std::nullopt;
    take(prompt, engine.GetPromptJson(id));
  } else {
    const Result<Document> document = engine.GetDocument(id);
    if (document.status().code() == StatusCode::kNotFound) return std::nullopt;
    take(document, engine.GetDocumentJson(id));
    Result<ContentReader> content = engine.OpenContent(id);
    EXPECT_EQ(content.ok(), document->file_size.has_value()) << id;
    if (!content.ok()) return record;
    std::string bytes(static_cast<std::size_t>(*document->file_size), '\0');
    const Result<std::size_t> got = content->Read(std::span<char>(bytes));
    record.content_missing = got.status().code() == StatusCode::kNotFound;
    EXPECT_TRUE(got.ok() || record.content_missing) << got.status().ToString();
    if (got.ok()) record.content = bytes.substr(0, *got);
  }
  return record;
}

State BackupModelTest::ReadState(Engine& engine) {
  State state;
  for (const Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
    const Result<Page<std::string>> page = engine.ListJson(kind, {});
    EXPECT_OK(page);
    for (const std::string& json : page->items) {
      const Name name{kind, json.substr(7, json.find('"', 7) - 7)};
      std::optional<Record> record = ReadRecord(engine, name);
      EXPECT_TRUE(record.has_value()) << name.second;
      if (record) state[name] = std::move(*record);
    }
  }
  return state;
}

void BackupModelTest::TakeUp(const Name& name, const std::string& word) {
  std::optional<Record> record = ReadRecord(engine(), name);
  ASSERT_TRUE(record.has_value()) << name.second;
  EXPECT_NE(record->text.find(word), std::string::npos) << record->text;
  live_[name] = std::move(*record);
}

void BackupModelTest::Drop(State& state, const std::vector<Erasure>& erasures, std::size_t from) {
  std::erase_if(state, [&](const auto& entry) {
    return std::any_of(erasures.begin() + static_cast<std::ptrdiff_t>(from), erasures.end(),
                       [&](const Erasure& erasure) { return erasure.Holds(entry.first, entry.second); });
  });
}

void BackupModelTest::Compare(const State& is, const State& should, const std::string& what) {
  for (const auto& [name, record] : should) {
    const auto found = is.find(name);
    if (found == is.end()) {
      ADD_FAILURE() << what << ": " << name.second << " is missing";
    } else {
      EXPECT_TRUE(found->second == record) << what << ":\n" << found->second.text << "\ninstead of\n" << record.text;
    }
  }
  for (const auto& [name, record] : is) EXPECT_TRUE(should.contains(name)) << what << ": unexpected: " << record.text;
}

void BackupModelTest::PutTalk() {
  const std::string id = IdOf(Kind::kConversation);
  const std::string word = Word();
  if (Chance(2) && live_.contains({Kind::kConversation, id})) {
    Message message;
    message.content = word;
    ASSERT_OK(engine().AppendMessage(id, message, {Durability::kBuffered}));
    return TakeUp({Kind::kConversation, id}, word);
  }
  Conversation talk;
  talk.id = id;
  talk.user_id = Owner();
  talk.title = word;
  talk.created_at = Timestamp{1};
  talk.updated_at = SomeTime();
  std::vector<Message> messages(Chance(20) ? 300 : Pick(5));
  for (Message& message : messages) message.content = Word();
  ASSERT_OK(engine().PutConversationWithMessages(talk, messages, PutMode::kUpsert, {Durability::kBuffered}));
  TakeUp({Kind::kConversation, id}, word);
}

void BackupModelTest::PutDocument() {
  const std::string id = IdOf(Kind::kDocument);
  Document document;
  document.id = id;
  document.owner_id = Owner();
  document.filename = Word();
  document.created_at = Timestamp{1};
  document.updated_at = SomeTime();
  const bool exists = live_.contains({Kind::kDocument, id});
  if (Chance(4)) {
    ASSERT_OK(engine().PutDocument(document, PutMode::kUpsert, {Durability::kBuffered}));
    return TakeUp({Kind::kDocument, id}, document.filename);
  }
  const std::string bytes = RandomBytes(Chance(10) ? std::size_t{1} << 20 : Pick(3000), Pick(1'000'000));
  Result<ContentWriter> content = engine().NewContent();
  ASSERT_OK(content);
  ASSERT_OK(content->Append(bytes));
  if (exists && Chance(2)) {
    Batch batch(engine());
    ASSERT_OK(batch.SetContent(id, std::move(*content)));
    ASSERT_OK(engine().Commit(batch, {Durability::kBuffered}));
    TakeUp({Kind::kDocument, id}, id);
  } else {
    ASSERT_OK(engine().PutDocument(document, std::move(*content), PutMode::kUpsert, {Durability::kBuffered}));
    TakeUp({Kind::kDocument, id}, document.filename);
  }
  EXPECT_EQ(live_[Name(Kind::kDocument, id)].content, bytes);
}

void BackupModelTest::PutPrompt() {
  Prompt prompt;
  prompt.id = IdOf(Kind::kPrompt);
  prompt.owner_id = Owner();
  prompt.name = "name";
  prompt.content = Word();
  prompt.created_at = Timestamp{1};
  prompt.updated_at = SomeTime();
  ASSERT_OK(engine().PutPrompt(prompt, PutMode::kUpsert, {Durability::kBuffered}));
  TakeUp({Kind::kPrompt, prompt.id}, prompt.content);
}

void BackupModelTest::DeleteSome() {
  const Kind kind = SomeKind();
  std::vector<std::string> ids = {IdOf(kind)};
  if (Chance(2)) {
    const Status status = engine().Delete(kind, ids[0], {}, {Durability::kBuffered});
    EXPECT_EQ(status.ok(), live_.contains({kind, ids[0]}));
  } else {
    ids.insert(ids.end(), {IdOf(kind), IdOf(kind)});
    BulkDeleteOptions options;
    options.durability = Durability::kBuffered;
    ASSERT_OK(engine().BulkDelete(kind, ids, options));
  }
  for (const std::string& id : ids) live_.erase({kind, id});
}

void BackupModelTest::Write() {
  switch (Pick(6)) {
    case 0:
    case 1:
      return PutTalk();
    case 2:
    case 3:
      return PutDocument();
    case 4:
      return PutPrompt();
    default:
      return DeleteSome();
  }
}

void BackupModelTest::Erase() {
  Erasure erasure;
  Result<OperationOf<EraseReport>> erase = Status::Internal("");
  if (Chance(2)) {
    erasure.user = Owner();
    erase = StartEraseUser(engine(), erasure.user);
  } else {
    const Kind kind = SomeKind();
    const std::vector<std::string> ids = {IdOf(kind)};
    erasure.names.insert({kind, ids[0]});
    erase = StartErase(engine(), kind, ids);
  }
  NoteOperation();
  ASSERT_OK(erase);
  ASSERT_OK(erase->Finish());
  erasures_.push_back(std::move(erasure));
  Drop(live_, erasures_, erasures_.size() - 1);
}

void BackupModelTest::BackUpSome() {
  BackupOptions options;
  options.type =
      std::array{BackupType::kFull, BackupType::kIncremental, BackupType::kIncremental, BackupType::kDifferential}[Pick(4)];
  options.encrypt = !Chance(3);
  options.compress = !Chance(4);
  options.include_contents = !Chance(8);
  options.include_logs = Chance(5);
  options.retention_days = 1 + static_cast<int>(Pick(30));
  const Result<BackupInfo> info = RunBackup(engine(), options);
  NoteOperation();
  ASSERT_OK(info);
  EXPECT_EQ(info->base_id.empty(), info->type == BackupType::kFull);
  EXPECT_TRUE(info->type == options.type || info->type == BackupType::kFull);
  Backup backup{live_, false, info->expires_at.microseconds, info->lineage, erasures_.size()};
  if (!options.include_contents) {
    for (auto& [name, record] : backup.state) {
      if (!record.content || record.content->empty()) continue;
      record.content.reset();
      record.content_missing = true;
    }
  }
  backups_[info->id] = std::move(backup);
}

void BackupModelTest::MoveToTrash() {
  const std::string id = SomeBackup();
  if (id.empty()) return;
  Backup& backup = backups_[id];
  const Result<BackupInfo> info = DeleteBackup(engine(), id);
  if (backup.deleted_at) {
    EXPECT_CODE(info, kNotFound);
    return;
  }
  ASSERT_OK(info);
  backup.deleted_at = clock_.NowMicroseconds();
  EXPECT_EQ(info->deleted_at->microseconds, *backup.deleted_at);
}

void BackupModelTest::TakeFromTrash() {
  const std::string id = SomeBackup();
  if (id.empty()) return;
  const Result<BackupInfo> info = UndeleteBackup(engine(), id);
  if (!backups_[id].deleted_at) {
    EXPECT_CODE(info, kNotFound);
    return;
  }
  ASSERT_OK(info);
  backups_[id].deleted_at.reset();
}

bool BackupModelTest::ClockJumped() {
  const std::int64_t newest = newest_operation_;
  return clock_.NowMicroseconds() < newest || clock_.NowMicroseconds() - newest > kClockJumpDays * kDay;
}

void BackupModelTest::Prune() {
  PruneOptions options;
  options.policy = {static_cast<std::uint32_t>(Pick(4)), static_cast<std::uint32_t>(Pick(3)), 0, 0};
  options.plan = Chance(3);
  const std::int64_t now = clock_.NowMicroseconds() + (Chance(2) ? static_cast<std::int64_t>(Pick(12)) * kDay : 0);
  if (now != clock_.NowMicroseconds() || Chance(4)) options.as_of = Timestamp{now};
  const bool jumped = !options.as_of && ClockJumped();
  const Result<PruneReport> report = RunPrune(engine(), options);
  ASSERT_OK(report);
  EXPECT_EQ(report->clock_jumped, jumped);
  std::set<std::string> lineages_before;
  std::set<std::string> lineages_kept;
  std::size_t live = 0;
  std::string newest_safety;
  for (const auto& [id, backup] : backups_) {
    if (backup.deleted_at) continue;
    ++live;
    if (!backup.safety) lineages_before.insert(backup.lineage);
  }
  EXPECT_EQ(report->keep.size() + report->drop.size(), live);
  for (const RetentionDecision& kept : report->keep) {
    if (!backups_.at(kept.id).safety) lineages_kept.insert(backups_.at(kept.id).lineage);
  }
  EXPECT_EQ(lineages_kept, lineages_before) << "a lineage without a backup";
  const std::set<std::string> purged(report->purged.begin(), report->purged.end());
  for (const auto& [id, backup] : backups_) {
    const bool due = !jumped && backup.deleted_at && now - *backup.deleted_at > kTrashGraceDays * kDay;
    EXPECT_EQ(purged.contains(id), due) << id;
  }
  for (const RetentionDecision& dropped : report->drop) {
    EXPECT_FALSE(jumped);
    EXPECT_LE(backups_.at(dropped.id).expires_at, now);
    if (!options.plan) backups_.at(dropped.id).deleted_at = std::max(now, clock_.NowMicroseconds());
  }
  if (options.plan) return;
  for (const std::string& id : report->purged) backups_.erase(id);
}

void BackupModelTest::Verify() {
  const std::string id = SomeBackup();
  if (id.empty()) return;
  const Result<VerifyReport> report = RunVerifyBackup(engine(), id, {.level = static_cast<int>(Pick(kVerifyLevelMax + 1))});
  if (backups_[id].deleted_at) {
    EXPECT_CODE(report, kNotFound);
    return;
  }
  NoteOperation();
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok) << (report->findings.empty() ? "" : report->findings[0].object + ": " + report->findings[0].problem);
}

void BackupModelTest::NoteSafety(const std::string& id) {
  if (live_.empty()) {
    EXPECT_EQ(id, "");
    return;
  }
  const Result<std::vector<BackupInfo>> listed = ListBackups(engine());
  ASSERT_OK(listed);
  const auto info = std::ranges::find(*listed, id, &BackupInfo::id);
  ASSERT_NE(info, listed->end());
  backups_[id] = {live_, true, info->expires_at.microseconds, info->lineage, erasures_.size()};
}

void BackupModelTest::RestoreAll() {
  const std::string id = SomeBackup();
  if (id.empty() || backups_[id].deleted_at) return;
  RestoreOptions options;
  options.safety_backup = Chance(3);
  options.verify = Chance(2);
  const Result<RestoreReport> report = RunRestore(engine(), id, options);
  NoteOperation();
  ASSERT_OK(report);
  if (options.safety_backup) NoteSafety(report->safety_backup_id);
  const Backup& backup = backups_[id];
  live_ = backup.state;
  Drop(live_, erasures_, backup.erasures_before);
  EXPECT_EQ(report->erasures_applied, erasures_.size() - backup.erasures_before);
  Compare(ReadState(engine()), live_, "restored backup " + id);
}

void BackupModelTest::PutBack(const Backup& backup, const RestoreOptions& options) {
  const auto in_scope = [&](const Name& name) {
    const auto& [kind, id] = name;
    const bool of_kind = options.scope == RestoreScope::kUser ||
                         (options.scope == RestoreScope::kConversations && kind == Kind::kConversation) ||
                         (options.scope == RestoreScope::kDocuments && kind == Kind::kDocument) ||
                         (options.scope == RestoreScope::kPrompts && kind == Kind::kPrompt);
    return of_kind && (options.ids.empty() || std::ranges::find(options.ids, id) != options.ids.end());
  };
  const auto owned = [&](const Record& record) { return options.owner.empty() || record.owner == options.owner; };
  if (options.exact) {
    std::erase_if(live_, [&](const auto& entry) {
      const auto& [name, record] = entry;
      if (!in_scope(name) || !owned(record)) return false;
      const auto theirs = backup.state.find(name);
      if (theirs == backup.state.end() || !owned(theirs->second)) return true;
      return (record.content || record.content_missing) && !theirs->second.content && !theirs->second.content_missing;
    });
  }
  State chosen = backup.state;
  Drop(chosen, erasures_, backup.erasures_before);
  for (auto& [name, record] : chosen) {
    if (!in_scope(name) || !owned(record)) continue;
    const auto ours = live_.find(name);
    const bool there = ours != live_.end();
    if (there && !owned(ours->second)) continue;  // another owner has it by now
    if (there && options.mode == PutMode::kKeepExisting) continue;
    if (there && options.mode == PutMode::kNewest && ours->second.updated_at >= record.updated_at) continue;
    const bool keeps_content = name.first == Kind::kDocument && !record.content;
    if (!keeps_content) {
      live_[name] = record;
      continue;
    }
    // A put of a document without bytes keeps the old ones.
    std::optional<Record> now = ReadRecord(engine(), name);
    ASSERT_TRUE(now.has_value()) << name.second;
    EXPECT_EQ(now->content, there ? ours->second.content : std::nullopt) << name.second;
    EXPECT_EQ(now->owner, record.owner);
    EXPECT_EQ(now->updated_at, record.updated_at);
    live_[name] = std::move(*now);
  }
}

void BackupModelTest::RestoreSome() {
  const std::string id = SomeBackup();
  if (id.empty() || backups_[id].deleted_at) return;
  RestoreOptions options;
  options.scope =
      std::array{RestoreScope::kUser, RestoreScope::kConversations, RestoreScope::kDocuments, RestoreScope::kPrompts}[Pick(4)];
  options.mode = std::array{PutMode::kUpsert, PutMode::kKeepExisting, PutMode::kNewest}[Pick(3)];
  options.exact = options.mode == PutMode::kUpsert && Chance(2);
  options.safety_backup = Chance(10);
  if (options.scope == RestoreScope::kUser || Chance(3)) options.owner = Owner();
  if (options.scope != RestoreScope::kUser && Chance(2)) {
    const Kind kind = options.scope == RestoreScope::kConversations ? Kind::kConversation
                      : options.scope == RestoreScope::kDocuments   ? Kind::kDocument
                                                                    : Kind::kPrompt;
    options.ids = {IdOf(kind), IdOf(kind), IdOf(kind)};
  }
  const Result<RestoreReport> report = RunRestore(engine(), id, options);
  NoteOperation();
  ASSERT_OK(report);
  if (options.safety_backup) NoteSafety(report->safety_backup_id);
  PutBack(backups_[id], options);
  Compare(ReadState(engine()), live_, "partly restored backup " + id);
}

// Into another store, from the repository and the identity alone.
void BackupModelTest::RestoreElsewhere() {
  const std::string id = SomeBackup();
  if (id.empty() || backups_[id].deleted_at) return;
  OpenOptions options;
  options.clock = &clock_;
  options.repository = repository_path();
  const TempDirectory elsewhere;
  Result<std::unique_ptr<Engine>> other = Engine::Open(elsewhere.File("store"), options);
  ASSERT_OK(other);
  RestoreOptions restore;
  if (std::filesystem::exists(IdentityPath())) restore.identity_file = IdentityPath();
  ASSERT_OK(RunRestore(**other, id, restore));
  State expected = backups_[id].state;
  Drop(expected, erasures_, backups_[id].erasures_before);
  Compare(ReadState(**other), expected, "backup " + id + " in another store");
  EXPECT_TRUE((*other)->CheckIntegrity()->ok);
}

void BackupModelTest::CheckBackups() {
  std::set<std::string> expected;
  std::set<std::string> expected_deleted;
  for (const auto& [id, backup] : backups_) (backup.deleted_at ? expected_deleted : expected).insert(id);
  const std::vector<std::string> listed = IdsListed();
  EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()), expected);
  const Result<std::vector<BackupInfo>> deleted = ListDeletedBackups(engine());
  ASSERT_OK(deleted);
  std::set<std::string> in_trash;
  for (const BackupInfo& info : *deleted) in_trash.insert(info.id);
  EXPECT_EQ(in_trash, expected_deleted);
  for (const std::string& id : listed) {
    const Result<std::unique_ptr<Engine>> opened = OpenBackup(engine(), id);
    ASSERT_OK(opened);
    Compare(ReadState(**opened), backups_[id].state, "backup " + id + " in place");
  }
}

void BackupModelTest::CheckCounters() {
  const Result<IntegrityReport> report = engine().CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_TRUE(report->findings.empty()) << report->findings[0].object << ": " << report->findings[0].problem;
  const engine::KindTallies tallies = engine::CoreOf(engine()).totals().Copy().Sum();
  for (const Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
    const auto count = std::ranges::count_if(live_, [kind](const auto& entry) { return entry.first.first == kind; });
    EXPECT_EQ(tallies[kind].count, static_cast<std::uint64_t>(count));
  }
}

void BackupModelTest::Run(std::uint64_t seed, int steps) {
  random_ = SeededRandom(seed);
  for (int step = 0; step < steps && !HasFailure(); ++step) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " step " + std::to_string(step));
    const std::uint64_t what = Pick(1000);
    if (what < 3) {
      Reopen();
    } else if (what < 5) {
      ASSERT_OK(engine().Reclaim());
    } else if (what < 7) {
      Erase();
    } else if (what < 37) {
      BackUpSome();
    } else if (what < 60) {
      MoveToTrash();
    } else if (what < 65) {
      TakeFromTrash();
    } else if (what < 83) {
      Prune();
    } else if (what < 90) {
      Verify();
    } else if (what < 98) {
      RestoreAll();
    } else if (what < 116) {
      RestoreSome();
    } else if (what < 118) {
      RestoreElsewhere();
    } else if (what < 126) {
      clock_.Advance(Chance(5) ? -static_cast<std::int64_t>(Pick(3)) * kDay : static_cast<std::int64_t>(Pick(9)) * kDay);
      if (Chance(12)) clock_.Advance(31 * kDay);
    } else if (what < 129) {
      CheckBackups();
      CheckCounters();
    } else {
      Write();
    }
  }
  SCOPED_TRACE("seed " + std::to_string(seed) + " at the end");
  Compare(ReadState(engine()), live_, "the store");
  CheckBackups();
  CheckCounters();
}

std::uint64_t Given(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class SeededBackupModelTest : public BackupModelTest, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(SeededBackupModelTest, EachBackupHoldsTheStateOfItsMomentWhateverHappensToTheOthers) {
  Run(Given("COFFER_MODEL_SEED", 0) * 1000 + GetParam(), static_cast<int>(Given("COFFER_MODEL_STEPS", 750)));
}

INSTANTIATE_TEST_SUITE_P(Seeds, SeededBackupModelTest, ::testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace coffer::operations
