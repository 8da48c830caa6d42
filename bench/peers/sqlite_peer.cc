#include "peers/sqlite_peer.h"

#include <sqlite3.h>

#include "require.h"
#include "zstd_file.h"

namespace coffer::bench {
namespace {

// The page cache is as large as the block cache of the stores it is compared with; the rest are SQLite's defaults.
constexpr const char* kPragmas = R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -98304;
)";

constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS conversations(
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, tags TEXT, extra_metadata TEXT);
  CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations(user_id, created_at);
  CREATE TABLE IF NOT EXISTS messages(
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    sequence_number INTEGER NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL, content TEXT NOT NULL,
    created_at TEXT NOT NULL, PRIMARY KEY(conversation_id, sequence_number));
)";

constexpr const char* kExport = R"(
  SELECT json_object('type', 'conversation', 'id', c.id, 'user_id', c.user_id, 'title', c.title, 'status', c.status,
    'tags', json(c.tags), 'extra_metadata', json(c.extra_metadata), 'created_at', c.created_at,
    'updated_at', c.updated_at, 'messages',
    (SELECT json_group_array(json_object('id', m.id, 'sequence_number', m.sequence_number, 'role', m.role,
       'content', m.content, 'created_at', m.created_at))
     FROM (SELECT * FROM messages WHERE conversation_id = c.id ORDER BY sequence_number) AS m))
  FROM conversations AS c ORDER BY c.id
)";

// Texts outlive the step that uses them, so nothing is copied.
void BindText(sqlite3_stmt* statement, int column, std::string_view text) {
  sqlite3_bind_text(statement, column, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

std::string_view ColumnText(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text == nullptr ? std::string_view()
                         : std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

// Copies every column, as an application would; otherwise the row has not been read.
std::size_t TakeRow(sqlite3_stmt* statement, std::string& row) {
  row.clear();
  for (int column = 0; column < sqlite3_column_count(statement); ++column) row.append(ColumnText(statement, column));
  return row.size();
}

bool StepToRow(sqlite3_stmt* statement) {
  const int result = sqlite3_step(statement);
  Require(result == SQLITE_ROW || result == SQLITE_DONE, "sqlite3_step", sqlite3_errstr(result));
  return result == SQLITE_ROW;
}

void StepOnce(sqlite3_stmt* statement) {
  StepToRow(statement);
  sqlite3_reset(statement);
}

}  // namespace

SqlitePeer::SqlitePeer(const std::filesystem::path& path) : path_(path) {
  Require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "cannot open", path.string());
  Execute(kPragmas);
  Execute(kSchema);
  insert_conversation_ = Prepare("INSERT INTO conversations VALUES(?,?,?,?,?,?,?,?)");
  insert_message_ = Prepare("INSERT INTO messages VALUES(?,?,?,?,?,?)");
  select_conversation_ = Prepare("SELECT * FROM conversations WHERE id = ?");
  select_messages_ = Prepare("SELECT * FROM messages WHERE conversation_id = ? ORDER BY sequence_number");
  delete_conversation_ = Prepare("DELETE FROM conversations WHERE id = ? AND user_id = ?");
}

SqlitePeer::~SqlitePeer() {
  for (sqlite3_stmt* statement :
       {insert_conversation_, insert_message_, select_conversation_, select_messages_, delete_conversation_}) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(database_);
}

void SqlitePeer::Execute(const char* sql) {
  char* error = nullptr;
  const int result = sqlite3_exec(database_, sql, nullptr, nullptr, &error);
  Require(result == SQLITE_OK, sql, error == nullptr ? "" : error);
}

sqlite3_stmt* SqlitePeer::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  Require(result == SQLITE_OK, sql, sqlite3_errmsg(database_));
  return statement;
}

void SqlitePeer::InsertOne(const Conversation& conversation) {
  BindText(insert_conversation_, 1, conversation.id);
  BindText(insert_conversation_, 2, conversation.user_id);
  BindText(insert_conversation_, 3, conversation.title);
  BindText(insert_conversation_, 4, conversation.status);
  BindText(insert_conversation_, 5, conversation.created_at);
  BindText(insert_conversation_, 6, conversation.updated_at);
  BindText(insert_conversation_, 7, conversation.tags);
  BindText(insert_conversation_, 8, conversation.extra_metadata);
  StepOnce(insert_conversation_);
  BindText(insert_message_, 1, conversation.id);
  for (const Message& message : conversation.messages) {
    sqlite3_bind_int64(insert_message_, 2, static_cast<sqlite3_int64>(message.sequence_number));
    BindText(insert_message_, 3, message.id);
    BindText(insert_message_, 4, message.role);
    BindText(insert_message_, 5, message.content);
    BindText(insert_message_, 6, message.created_at);
    StepOnce(insert_message_);
  }
}

void SqlitePeer::Ingest(std::span<const Conversation> batch) {
  Execute("BEGIN IMMEDIATE");
  for (const Conversation& conversation : batch) InsertOne(conversation);
  Execute("COMMIT");
}

std::size_t SqlitePeer::Read(std::string_view id) {
  std::string row;
  std::size_t bytes = 0;
  BindText(select_conversation_, 1, id);
  if (StepToRow(select_conversation_)) bytes += TakeRow(select_conversation_, row);
  sqlite3_reset(select_conversation_);
  BindText(select_messages_, 1, id);
  while (StepToRow(select_messages_)) bytes += TakeRow(select_messages_, row);
  sqlite3_reset(select_messages_);
  return bytes;
}

std::size_t SqlitePeer::DeleteOwned(std::span<const OwnedId> batch) {
  std::size_t deleted = 0;
  Execute("BEGIN IMMEDIATE");
  for (const OwnedId& owned : batch) {
    BindText(delete_conversation_, 1, owned.id);
    BindText(delete_conversation_, 2, owned.user_id);
    StepOnce(delete_conversation_);
    deleted += static_cast<std::size_t>(sqlite3_changes(database_));
  }
  Execute("COMMIT");
  return deleted;
}

std::map<std::string, UserStatistics> SqlitePeer::StatisticsByUser() {
  std::map<std::string, UserStatistics> statistics;
  sqlite3_stmt* conversations = Prepare("SELECT user_id, COUNT(*) FROM conversations GROUP BY user_id");
  while (StepToRow(conversations)) {
    statistics[std::string(ColumnText(conversations, 0))].conversations =
        static_cast<std::uint64_t>(sqlite3_column_int64(conversations, 1));
  }
  sqlite3_finalize(conversations);
  sqlite3_stmt* messages = Prepare(
      "SELECT c.user_id, COUNT(*), SUM(LENGTH(CAST(m.content AS BLOB))) FROM messages AS m "
      "JOIN conversations AS c ON c.id = m.conversation_id GROUP BY c.user_id");
  while (StepToRow(messages)) {
    UserStatistics& user = statistics[std::string(ColumnText(messages, 0))];
    user.messages = static_cast<std::uint64_t>(sqlite3_column_int64(messages, 1));
    user.content_bytes = static_cast<std::uint64_t>(sqlite3_column_int64(messages, 2));
  }
  sqlite3_finalize(messages);
  return statistics;
}

std::uint64_t SqlitePeer::ExportJson(const std::filesystem::path& path, int zstd_workers) {
  ZstdFile file(path, zstd_workers);
  sqlite3_stmt* rows = Prepare(kExport);
  while (StepToRow(rows)) {
    file.Append(ColumnText(rows, 0));
    file.Append("\n");
  }
  sqlite3_finalize(rows);
  file.Finish();
  return file.text_bytes();
}

void SqlitePeer::Checkpoint() { Execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

std::uint64_t SqlitePeer::size_bytes() const {
  const std::filesystem::path log = path_.string() + "-wal";
  return std::filesystem::file_size(path_) + (std::filesystem::exists(log) ? std::filesystem::file_size(log) : 0);
}

}  // namespace coffer::bench
