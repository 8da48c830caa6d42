// The peer an application would use instead: SQLite in WAL mode with synchronous=FULL, the obvious schema, prepared statements,
// an index by owner, and a foreign key that cascades.
#ifndef COFFER_BENCH_SQLITE_PEER_H_
#define COFFER_BENCH_SQLITE_PEER_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "corpus.h"

struct sqlite3;
struct sqlite3_stmt;

namespace coffer::bench {

struct OwnedId {
  std::string id;
  std::string user_id;
};

struct UserStatistics {
  std::uint64_t conversations = 0;
  std::uint64_t messages = 0;
  std::uint64_t content_bytes = 0;
};

// One open database file. Owned and called by one thread.
class SqlitePeer {
 public:
  // Opens the database at `path`, creating it if it does not exist.
  explicit SqlitePeer(const std::filesystem::path& path);
  ~SqlitePeer();
  SqlitePeer(const SqlitePeer&) = delete;
  SqlitePeer& operator=(const SqlitePeer&) = delete;

  // One durable transaction.
  void Ingest(std::span<const Conversation> batch);

  // Reads every column of a conversation and of its messages. Returns the bytes of text read, 0 if it does not exist.
  std::size_t Read(std::string_view id);

  // One durable transaction. Returns how many existed with that owner and were deleted with their messages.
  std::size_t DeleteOwned(std::span<const OwnedId> batch);

  std::map<std::string, UserStatistics> StatisticsByUser();

  // Writes every conversation with its messages as one JSON object per line, built by json_object. Returns the text's bytes.
  std::uint64_t ExportJson(const std::filesystem::path& path, int zstd_workers);

  // Moves the whole write-ahead log into the database file, so that size_bytes counts everything.
  void Checkpoint();
  std::uint64_t size_bytes() const;

 private:
  void Execute(const char* sql);
  sqlite3_stmt* Prepare(const char* sql);
  void InsertOne(const Conversation& conversation);

  std::filesystem::path path_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_conversation_ = nullptr;
  sqlite3_stmt* insert_message_ = nullptr;
  sqlite3_stmt* select_conversation_ = nullptr;
  sqlite3_stmt* select_messages_ = nullptr;
  sqlite3_stmt* delete_conversation_ = nullptr;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_SQLITE_PEER_H_
