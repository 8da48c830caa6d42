// Tables as one SQL script for both SQLite and PostgreSQL.
#include "format/text/sql_text.h"
#include "operations/export/buffered_export_file.h"
#include "operations/export/table_writer.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// The size of an INSERT unless one row is larger. Larger statements save no time and cost the reader memory.
constexpr std::size_t kStatementBytes = std::size_t{64} << 10;
// The size of a transaction: one for the whole script would be too large, and one per statement would sync each.
constexpr std::size_t kTransactionBytes = std::size_t{16} << 20;

constexpr std::string_view kEncodedColumn = "encoded";

// Numbers are TEXT: SQLite would convert 0.10 to a double, and PostgreSQL has no number type without limits. The engine's own
// counts are numbers.
std::string_view SqlType(format::ValueType type) {
  switch (type) {
    case format::ValueType::kWhole:
      return "NUMERIC";
    case format::ValueType::kBoolean:
      return "BOOLEAN";
    default:
      return "TEXT";
  }
}

class SqlTables final : public TableWriter {
 public:
  explicit SqlTables(const ExportWork& work) : work_(work), out_(work.bundle, 0, work.context) {}

  Status Begin(std::vector<Table> tables) override {
    std::string& text = out_.text();
    std::string header;
    AppendHeaderMembers(work_, header);
    text.append("-- A Coffer export for SQLite 3.35 and PostgreSQL 13, or newer, in UTF-8: {")
        .append(OneLine(header))
        .append("}\n");
    text +=
        "-- Numbers are TEXT, since they keep their digits: CAST(total_tokens AS NUMERIC). Lists and objects are JSON in "
        "TEXT.\n"
        "-- A text that SQL cannot carry is base64, and its column is named in \"encoded\".\n";
    for (Table& table : tables) CreateTable(tables_.emplace_back(std::move(table), std::string()).table);
    text += "BEGIN;\n";
    return Status::Ok();
  }

  Status AddRow(std::size_t table, std::span<const std::string_view> cells) override {
    Pending& pending = tables_[table];
    if (pending.rows.empty()) {
      pending.rows = "INSERT INTO ";
      format::AppendSqlName(pending.table.name, pending.rows);
      pending.rows += " VALUES\n(";
    } else {
      pending.rows += ",\n(";
    }
    encoded_.clear();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!format::AppendSqlValue(cells[i], scratch_, pending.rows)) NoteEncoded(pending.table.columns[i].name);
      pending.rows += ',';
    }
    format::AppendSqlValue(encoded_.empty() ? std::string_view() : std::string_view("\"" + encoded_ + "\""), scratch_,
                           pending.rows);
    pending.rows += ')';
    return pending.rows.size() < kStatementBytes ? Status::Ok() : EndStatement(pending);
  }

  Status End() override {
    for (Pending& pending : tables_) {
      if (pending.rows.empty()) continue;
      COFFER_TRY(EndStatement(pending));
    }
    out_.text() += "COMMIT;\n";
    for (const Pending& pending : tables_) AppendIndexes(pending.table);
    return out_.Flush();
  }

 private:
  struct Pending {
    Table table;
    std::string rows;  // a statement without the closing semicolon
  };

  // A comment ends with its line. JSON escapes line ends; this removes any that are left.
  static std::string OneLine(std::string text) {
    for (char& c : text) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    return text;
  }

  void CreateTable(const Table& table) {
    std::string& text = out_.text();
    text += "CREATE TABLE ";
    format::AppendSqlName(table.name, text);
    text += " (";
    for (const Column& column : table.columns) {
      format::AppendSqlName(column.name, text);
      text.append(" ").append(SqlType(column.type)).append(", ");
    }
    format::AppendSqlName(kEncodedColumn, text);
    text += " TEXT);\n";
  }

  void AppendIndexes(const Table& table) {
    const auto index = [&](std::string_view name, std::string_view columns, bool unique) {
      out_.text().append(unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
      format::AppendSqlName(table.name + "_" + std::string(name), out_.text());
      out_.text() += " ON ";
      format::AppendSqlName(table.name, out_.text());
      out_.text().append(" (").append(columns).append(");\n");
    };
    const auto has = [&](std::string_view name) {
      for (const Column& column : table.columns) {
        if (column.name == name) return true;
      }
      return false;
    };
    if (has("conversation_id") && has("sequence_number")) index("place", "\"conversation_id\", \"sequence_number\"", true);
    if (has("document_id") && has("chunk")) index("place", "\"document_id\", \"chunk\"", true);
    if (has("id") && !has("conversation_id")) index("id", "\"id\"", true);
    if (has("user_id") && has("created_at")) index("owner", "\"user_id\", \"created_at\"", false);
    if (has("owner_id") && has("created_at")) index("owner", "\"owner_id\", \"created_at\"", false);
  }

  void NoteEncoded(std::string_view column) {
    if (!encoded_.empty()) encoded_ += ' ';
    encoded_ += column;
  }

  Status EndStatement(Pending& pending) {
    std::string& text = out_.text();
    text.append(pending.rows).append(";\n");
    transaction_bytes_ += pending.rows.size();
    pending.rows.clear();
    if (transaction_bytes_ >= kTransactionBytes) {
      text += "COMMIT;\nBEGIN;\n";
      transaction_bytes_ = 0;
    }
    return out_.Step();
  }

  const ExportWork work_;
  BufferedExportFile out_;
  std::vector<Pending> tables_;
  std::size_t transaction_bytes_ = 0;
  std::string encoded_;  // names of the columns of this row that are base64
  std::string scratch_;
};

}  // namespace

std::unique_ptr<TableWriter> NewSqlTables(const ExportWork& work) { return std::make_unique<SqlTables>(work); }

}  // namespace coffer::operations
