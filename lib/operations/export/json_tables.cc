// Tables as JSON and NDJSON: one object per row, without absent cells.
#include "format/records/sha256.h"
#include "operations/export/buffered_export_file.h"
#include "operations/export/table_writer.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

void AppendMembers(const std::vector<Column>& columns, std::span<const std::string_view> cells, std::string& out) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    if (!out.ends_with('{')) out += ',';
    out.append("\"").append(columns[i].name).append("\":").append(cells[i]);
  }
}

class JsonTables final : public TableWriter {
 public:
  explicit JsonTables(const ExportWork& work) : work_(work), out_(work.bundle, 0, work.context) {}

  Status Begin(std::vector<Table> tables) override {
    tables_ = std::move(tables);
    out_.text() += "{\"coffer_export\":{";
    AppendHeaderMembers(work_, out_.text());
    out_.text() += '}';
    OpenTable();
    return Status::Ok();
  }

  Status AddRow(std::size_t table, std::span<const std::string_view> cells) override {
    while (open_ < table) CloseTable();
    if (!first_row_) out_.text() += ',';
    first_row_ = false;
    out_.text() += '{';
    AppendMembers(tables_[table].columns, cells, out_.text());
    out_.text() += '}';
    return out_.Step();
  }

  Status End() override {
    while (open_ < tables_.size()) CloseTable();
    out_.text() += ",\"counts\":";
    AppendCounts(work_, out_.text());
    out_.text() += "}\n";
    return out_.Flush();
  }

 private:
  void OpenTable() {
    out_.text().append(",\"").append(tables_[open_].name).append("\":[");
    first_row_ = true;
  }
  void CloseTable() {
    out_.text() += ']';
    if (++open_ < tables_.size()) OpenTable();
  }

  const ExportWork work_;
  BufferedExportFile out_;
  std::vector<Table> tables_;
  std::size_t open_ = 0;
  bool first_row_ = true;
};

// The "type" of a line is the name of its table.
class NdjsonTables final : public TableWriter {
 public:
  explicit NdjsonTables(const ExportWork& work) : work_(work), out_(work.bundle, 0, work.context) {}

  Status Begin(std::vector<Table> tables) override {
    tables_ = std::move(tables);
    out_.text() += "{\"type\":\"export\",";
    AppendHeaderMembers(work_, out_.text());
    out_.text() += "}\n";
    return Status::Ok();
  }

  Status AddRow(std::size_t table, std::span<const std::string_view> cells) override {
    out_.text().append("{\"type\":\"").append(tables_[table].name).append("\"");
    AppendMembers(tables_[table].columns, cells, out_.text());
    out_.text() += "}\n";
    return out_.text().size() < kExportFlushBytes ? Status::Ok() : Flush();
  }

  Status End() override {
    COFFER_TRY(Flush());
    out_.text() += "{\"type\":\"end\",\"counts\":";
    AppendCounts(work_, out_.text());
    out_.text().append(",\"sha256\":\"").append(format::HexText(hash_.Finish())).append("\"}\n");
    return out_.Flush();
  }

 private:
  Status Flush() {
    hash_.Update(out_.text());
    return out_.Flush();
  }

  const ExportWork work_;
  BufferedExportFile out_;
  std::vector<Table> tables_;
  format::Sha256 hash_;
};

}  // namespace

std::unique_ptr<TableWriter> NewJsonTables(const ExportWork& work) { return std::make_unique<JsonTables>(work); }
std::unique_ptr<TableWriter> NewNdjsonTables(const ExportWork& work) { return std::make_unique<NdjsonTables>(work); }

}  // namespace coffer::operations
