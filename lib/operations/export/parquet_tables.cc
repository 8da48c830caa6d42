// Tables as Parquet, one file each.
#include <memory>
#include <optional>
#include <vector>

#include "format/json/json_text.h"
#include "format/parquet/parquet_footer.h"
#include "operations/export/parquet_columns.h"
#include "operations/export/parquet_encoders.h"
#include "operations/export/table_writer.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

// The key of the file metadata that describes the export.
constexpr std::string_view kNoteKey = "coffer_export";

class ParquetTables final : public TableWriter {
 public:
  explicit ParquetTables(const ExportWork& work)
      : work_(work),
        level_(work.plan.options.compress ? work.plan.options.compression_level : 0),
        encoders_(level_, [this](std::size_t table, const format::ParquetRowGroup& group, ParquetEncoders::Rows spent) {
          return Write(table, group, std::move(spent));
        }) {}

  Status Begin(std::vector<Table> tables) override {
    const format::ParquetCodec codec = format::ParquetCompressor(level_).codec();
    for (const Table& table : tables) {
      files_.push_back(std::make_unique<File>(table, codec, NoteOf(table)));
      COFFER_TRY(WriteBytes(files_.size() - 1, format::kParquetMagic));
    }
    return Status::Ok();
  }

  Status AddRow(std::size_t table, std::span<const std::string_view> cells) override {
    File& file = *files_[table];
    if (file.rows == nullptr) file.rows = file.TakeRows();
    COFFER_TRY(file.maker.AddRow(cells, *file.rows));
    return file.rows->bytes() < format::kParquetRowGroupBytes ? Status::Ok() : encoders_.Add(table, std::move(file.rows));
  }

  // Frees the memory of a finished table before the next ones grow.
  Status EndTable(std::size_t table) override {
    files_[table]->ended = true;
    files_[table]->spare_rows.reset();
    return files_[table]->rows == nullptr ? Status::Ok() : encoders_.Add(table, std::move(files_[table]->rows));
  }

  Status End() override {
    for (std::size_t table = 0; table < files_.size(); ++table) {
      COFFER_TRY(EndTable(table));
    }
    COFFER_TRY(encoders_.Finish());
    for (std::size_t table = 0; table < files_.size(); ++table) {
      const File& file = *files_[table];
      COFFER_TRY(WriteBytes(table, file.footer.Finish(file.offset)));
    }
    return Status::Ok();
  }

 private:
  struct File {
    File(const Table& table, format::ParquetCodec codec, std::string note)
        : maker(table), footer(maker.columns(), codec, {{std::string(kNoteKey), std::move(note)}}) {}

    ParquetEncoders::Rows TakeRows() {
      if (spare_rows == nullptr) return std::make_unique<format::ParquetRows>(maker.columns());
      spare_rows->Clear();
      return std::move(spare_rows);
    }

    ParquetRowMaker maker;
    format::ParquetFooter footer;
    ParquetEncoders::Rows rows;  // not yet a row group
    ParquetEncoders::Rows spare_rows;
    bool ended = false;
    std::uint64_t offset = 0;
  };

  std::string NoteOf(const Table& table) const {
    std::string note = "{";
    AppendHeaderMembers(work_, note);
    note += ",\"table\":";
    format::AppendJsonString(table.name, note);
    note += '}';
    return note;
  }

  // Keeps the memory of the rows for the table's next row group: growing it again costs more than filling it.
  Status Write(std::size_t table, const format::ParquetRowGroup& group, ParquetEncoders::Rows spent) {
    if (!files_[table]->ended) files_[table]->spare_rows = std::move(spent);
    spent.reset();
    files_[table]->footer.Add(group, files_[table]->offset);
    return WriteBytes(table, group.bytes);
  }

  Status WriteBytes(std::size_t table, std::string_view bytes) {
    COFFER_TRY(work_.context.CheckStop());
    work_.context.AddBytes(bytes.size());
    files_[table]->offset += bytes.size();
    return work_.bundle.Write(table, bytes);
  }

  const ExportWork work_;
  const int level_;
  std::vector<std::unique_ptr<File>> files_;
  ParquetEncoders encoders_;
};

}  // namespace

std::unique_ptr<TableWriter> NewParquetTables(const ExportWork& work) { return std::make_unique<ParquetTables>(work); }

}  // namespace coffer::operations
