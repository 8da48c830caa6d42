// Tables as CSV, one file each.
#include <deque>

#include "format/text/csv_text.h"
#include "operations/export/buffered_export_file.h"
#include "operations/export/table_writer.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

class CsvTables final : public TableWriter {
 public:
  explicit CsvTables(const ExportWork& work) : work_(work) {}

  Status Begin(std::vector<Table> tables) override {
    for (const Table& table : tables) {
      std::string& text = files_.emplace_back(work_.bundle, files_.size(), work_.context).text();
      for (const Column& column : table.columns) {
        if (&column != table.columns.data()) text += ',';
        text += column.name;
      }
      text += format::kCsvLineEnd;
    }
    return Status::Ok();
  }

  Status AddRow(std::size_t table, std::span<const std::string_view> cells) override {
    BufferedExportFile& file = files_[table];
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) file.text() += ',';
      format::AppendCsvValue(cells[i], scratch_, file.text());
    }
    file.text() += format::kCsvLineEnd;
    return file.Step();
  }

  Status End() override {
    for (BufferedExportFile& file : files_) {
      COFFER_TRY(file.Flush());
    }
    return Status::Ok();
  }

 private:
  const ExportWork work_;
  std::deque<BufferedExportFile> files_;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<TableWriter> NewCsvTables(const ExportWork& work) { return std::make_unique<CsvTables>(work); }

}  // namespace coffer::operations
