// TableWriter: writes rows of named columns in one format. CSV, SQL and Parquet exports are tables; analytics and custom
// queries are tables in every format.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/records/member_list.h"
#include "operations/export/record_writer.h"

namespace coffer::operations {

struct Column {
  std::string name;
  format::ValueType type = format::ValueType::kText;
  bool whole = false;   // a number without a fraction
  bool small = false;   // a count made by the engine, below 2^63
  bool base64 = false;  // a text that encodes bytes; a format with a bytes type decodes it
};

struct Table {
  std::string name;
  std::vector<Column> columns;
};

// A cell is a canonical JSON value; an empty view is an absent value. One thread at a time.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  // Call order: Begin with all tables; the rows; End. JSON, NDJSON and XML need the rows table by table; CSV and Parquet write
  // one file per table, in the order of the bundle's files.
  virtual Status Begin(std::vector<Table> tables) = 0;
  virtual Status AddRow(std::size_t table, std::span<const std::string_view> cells) = 0;
  // Optional: no more rows of this table follow.
  virtual Status EndTable(std::size_t /*table*/) { return Status::Ok(); }
  virtual Status End() = 0;
};

std::unique_ptr<TableWriter> NewCsvTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewSqlTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewJsonTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewNdjsonTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewXmlTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewParquetTables(const ExportWork& work);
// The writer for the format of the options.
std::unique_ptr<TableWriter> NewTables(const ExportWork& work);

// The column of unknown members.
inline constexpr std::string_view kUnknownColumn = "_unknown";
// One column per member of the kind, then kUnknownColumn. Without metadata, neither kUnknownColumn nor extra_metadata.
std::vector<Column> ColumnsOfKind(Kind kind, bool include_metadata);

}  // namespace coffer::operations
