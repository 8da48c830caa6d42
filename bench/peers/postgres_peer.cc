#include "peers/postgres_peer.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <vector>

#include "document_copies.h"
#include "figures.h"
#include "program.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "postgres";

constexpr const char* kSchema = R"(
  CREATE TABLE conversations(id text PRIMARY KEY, user_id text NOT NULL, title text NOT NULL, status text NOT NULL,
    created_at text NOT NULL, updated_at text NOT NULL, tags text, extra_metadata text);
  CREATE TABLE messages(conversation_id text NOT NULL, sequence_number bigint NOT NULL, id text NOT NULL, role text NOT NULL,
    content text NOT NULL, created_at text NOT NULL);
  CREATE TABLE prompts(id text PRIMARY KEY, owner_id text NOT NULL, record text NOT NULL);
  CREATE TABLE documents(id text PRIMARY KEY, owner_id text NOT NULL, filename text NOT NULL, content bytea NOT NULL);
)";

constexpr const char* kIndexes = R"(
  ALTER TABLE messages ADD PRIMARY KEY(conversation_id, sequence_number);
  CREATE INDEX conversations_by_owner ON conversations(user_id, created_at);
)";

constexpr const char* kCopyJson = R"(
  COPY (SELECT json_build_object('type', 'conversation', 'id', c.id, 'user_id', c.user_id, 'title', c.title, 'status', c.status,
    'tags', NULLIF(c.tags, '')::json, 'extra_metadata', NULLIF(c.extra_metadata, '')::json, 'created_at', c.created_at,
    'updated_at', c.updated_at, 'messages',
    (SELECT json_agg(json_build_object('id', m.id, 'sequence_number', m.sequence_number, 'role', m.role,
       'content', m.content, 'created_at', m.created_at) ORDER BY m.sequence_number)
     FROM messages AS m WHERE m.conversation_id = c.id))
  FROM conversations AS c ORDER BY c.id) TO STDOUT;
)";

constexpr const char* kCopyCsv = R"(
  COPY (SELECT * FROM conversations ORDER BY id) TO STDOUT (FORMAT csv, HEADER);
  COPY (SELECT * FROM messages ORDER BY conversation_id, sequence_number) TO STDOUT (FORMAT csv, HEADER);
)";

// COPY's text form. PostgreSQL texts cannot hold NUL; the few in the data are dropped.
void AppendField(std::string_view text, std::string& row) {
  for (char c : text) {
    switch (c) {
      case '\\':
        row += "\\\\";
        break;
      case '\n':
        row += "\\n";
        break;
      case '\r':
        row += "\\r";
        break;
      case '\t':
        row += "\\t";
        break;
      case '\0':
        break;
      default:
        row += c;
    }
  }
}

// A file with one table's rows.
class CopyFile {
 public:
  explicit CopyFile(const fs::path& path) : file_(path, std::ios::binary), path_(path) {}
  void Row(std::initializer_list<std::string_view> fields) {
    row_.clear();
    for (std::string_view field : fields) {
      if (!row_.empty()) row_ += '\t';
      AppendField(field, row_);
    }
    row_ += '\n';
    file_ << row_;
  }
  ~CopyFile() {
    file_.close();
    Require(!file_.fail(), "writing", path_.string());
  }

 private:
  std::ofstream file_;
  const fs::path path_;
  std::string row_;
};

std::string ByteaText(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text = "\\x";
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

void WriteRows(const StoreShape& shape, const fs::path& folder) {
  const Corpus corpus = Corpus::Load(shape.data);
  const CorpusCopies copies(corpus, shape.copies, IdForm::kUlid);
  CopyFile conversations(folder / "conversations");
  CopyFile messages(folder / "messages");
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const Conversation c = copies.At(i);
    conversations.Row({c.id, c.user_id, c.title, c.status, c.created_at, c.updated_at, c.tags, c.extra_metadata});
    for (const Message& m : c.messages) {
      messages.Row({c.id, std::to_string(m.sequence_number), m.id, m.role, m.content, m.created_at});
    }
  }
  CopyFile prompts(folder / "prompts");
  for (std::size_t copy = 0; copy < shape.copies; ++copy) {
    for (const PlainRecord& p : corpus.prompts()) {
      prompts.Row({std::string(p.id) + "-" + std::to_string(copy), p.owner_id, p.json});
    }
  }
  const DocumentCopies given(corpus, shape.data, folder / "contents", shape.documents ? shape.copies : 0);
  CopyFile documents(folder / "documents");
  for (std::size_t i = 0; i < given.size(); ++i) {
    const HostDocument d = given.At(i);
    documents.Row({d.document.id, d.document.owner_id, d.document.filename, ByteaText(d.content)});
  }
}

}  // namespace

fs::path PostgresPeer::Programs() {
  fs::path newest;
  const fs::path versions = "/usr/lib/postgresql";
  if (!fs::exists(versions)) return newest;
  for (const fs::directory_entry& version : fs::directory_iterator(versions)) {
    if (fs::exists(version.path() / "bin" / "initdb")) newest = std::max(newest, version.path() / "bin");
  }
  return newest;
}

PostgresPeer::PostgresPeer(const fs::path& folder) : folder_(FreshFolder(folder)) {
  if (::geteuid() == 0) RunProgram({"chown", kUser, folder_.string()});
  Run("initdb", {"-D", (folder_ / "data").string(), "-U", kUser, "-A", "trust", "--encoding=UTF8", "--locale=C"});
  const std::string server = "-c listen_addresses= -c unix_socket_directories=" + folder_.string() + " -c shared_buffers=128MB";
  Run("pg_ctl", {"start", "-w", "-D", (folder_ / "data").string(), "-l", (folder_ / "log").string(), "-o", server});
}

PostgresPeer::~PostgresPeer() { Run("pg_ctl", {"stop", "-w", "-m", "fast", "-D", (folder_ / "data").string()}); }

void PostgresPeer::Run(const std::string& program, std::vector<std::string> words) {
  words.insert(words.begin(), (Programs() / program).string());
  RunProgram(words, {{{"PGHOST", folder_.string()}, {"PGUSER", kUser}}, folder_, kUser});
}

void PostgresPeer::Sql(const std::string& text) { Run("psql", {"-v", "ON_ERROR_STOP=1", "-q", "-c", text}); }

void PostgresPeer::Fill(const StoreShape& shape) {
  const fs::path rows = FreshFolder(folder_ / "rows");
  WriteRows(shape, rows);
  Sql(kSchema);
  for (const char* table : {"conversations", "messages", "prompts", "documents"}) {
    Sql("COPY " + std::string(table) + " FROM '" + (rows / table).string() + "'");
  }
  Sql(kIndexes);
  for (const char* maintenance : {"VACUUM ANALYZE", "CHECKPOINT"}) Sql(maintenance);
  fs::remove_all(rows);
}

double PostgresPeer::Dump(const fs::path& file) {
  const Stopwatch watch;
  Run("pg_dump", {"-Fc", "-f", file.string()});
  return watch.seconds();
}

double PostgresPeer::BaseBackup(const fs::path& target) {
  const Stopwatch watch;
  Run("pg_basebackup", {"-D", target.string(), "-Ft", "-c", "fast", "--compress=client-zstd:level=3,workers=2"});
  return watch.seconds();
}

double PostgresPeer::Copy(const std::string& sql, const fs::path& file) {
  const Stopwatch watch;
  const std::string pipe =
      (Programs() / "psql").string() + " -q -v ON_ERROR_STOP=1 -c \"$STATEMENTS\" | zstd -q -f -3 -T2 -o \"$FILE\"";
  RunProgram({"bash", "-o", "pipefail", "-c", pipe},
             {{{"PGHOST", folder_.string()}, {"PGUSER", kUser}, {"STATEMENTS", sql}, {"FILE", file.string()}}, folder_, kUser});
  return watch.seconds();
}

double PostgresPeer::CopyJson(const fs::path& file) { return Copy(kCopyJson, file); }

double PostgresPeer::CopyCsv(const fs::path& file) { return Copy(kCopyCsv, file); }

}  // namespace coffer::bench
