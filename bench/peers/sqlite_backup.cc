#include "peers/sqlite_backup.h"

#include <sqlite3.h>

#include <fstream>
#include <vector>

#include "document_copies.h"
#include "figures.h"
#include "peers/sqlite_peer.h"
#include "require.h"
#include "zstd_file.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 500;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr int kWorkers = 2;

class Database {
 public:
  explicit Database(const fs::path& path) {
    Require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK, "cannot open", path.string());
  }
  ~Database() { sqlite3_close(database_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void Execute(const std::string& sql) {
    Require(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sql, sqlite3_errmsg(database_));
  }
  void Insert(const char* sql, std::initializer_list<std::string_view> columns) {
    sqlite3_stmt* statement = nullptr;
    Require(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK, sql, sqlite3_errmsg(database_));
    int column = 0;
    for (std::string_view value : columns) {
      sqlite3_bind_blob(statement, ++column, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    Require(sqlite3_step(statement) == SQLITE_DONE, sql, sqlite3_errmsg(database_));
    sqlite3_finalize(statement);
  }

 private:
  sqlite3* database_ = nullptr;
};

void IngestConversations(const Corpus& corpus, std::size_t count, const fs::path& path) {
  const CorpusCopies copies(corpus, count, IdForm::kUlid);
  SqlitePeer peer(path);
  std::vector<Conversation> batch;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    batch.push_back(copies.At(i));
    if (batch.size() < kBatch && i + 1 < copies.size()) continue;
    peer.Ingest(batch);
    batch.clear();
  }
  peer.Checkpoint();
}

}  // namespace

void BuildSqlite(const StoreShape& shape, const fs::path& path) {
  const Corpus corpus = Corpus::Load(shape.data);
  IngestConversations(corpus, shape.copies, path);
  Database database(path);
  database.Execute("CREATE TABLE prompts(id TEXT PRIMARY KEY, record TEXT); BEGIN");
  for (std::size_t copy = 0; copy < shape.copies; ++copy) {
    for (const PlainRecord& prompt : corpus.prompts()) {
      database.Insert("INSERT INTO prompts VALUES(?,?)", {std::string(prompt.id) + "-" + std::to_string(copy), prompt.json});
    }
  }
  database.Execute("COMMIT; CREATE TABLE documents(id TEXT PRIMARY KEY, owner_id TEXT, filename TEXT, content BLOB); BEGIN");
  const DocumentCopies documents(corpus, shape.data, path.string() + ".contents", shape.documents ? shape.copies : 0);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const HostDocument given = documents.At(i);
    database.Insert("INSERT INTO documents VALUES(?,?,?,?)",
                    {given.document.id, given.document.owner_id, given.document.filename, given.content});
  }
  database.Execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

double BackupSqlite(const fs::path& path, const fs::path& packed) {
  const fs::path copy = packed.string() + ".db";
  fs::remove(copy);
  const Stopwatch watch;
  Database(path).Execute("VACUUM INTO '" + copy.string() + "'");
  ZstdFile file(packed, kWorkers);
  std::ifstream source(copy, std::ios::binary);
  std::string piece(kPieceBytes, '\0');
  while (source.read(piece.data(), static_cast<std::streamsize>(piece.size())), source.gcount() > 0) {
    file.Append(std::string_view(piece).substr(0, static_cast<std::size_t>(source.gcount())));
  }
  file.Finish();
  const double seconds = watch.seconds();
  fs::remove(copy);
  return seconds;
}

}  // namespace coffer::bench
