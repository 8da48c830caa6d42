// TableWriter: rows of named columns in some layout. CSV and SQL exports are tables, and so are analytics and custom queries in any
// layout.
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
  bool whole = false;   // of a number: without a fraction
  bool small = false;   // of a number without a fraction: the engine's own count, below 2^63
  bool base64 = false;  // of a text: it stands for bytes, which a layout that has bytes writes as such
};

struct Table {
  std::string name;
  std::vector<Column> columns;
};

// A cell is a canonical JSON value; an empty view is an absent one. One thread at a time.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  // In this order: Begin with all tables; rows; End. In json, ndjson and xml the rows of one table come behind those of the tables
  // before it; csv and parquet have a file a table, in the order of the bundle's.
  virtual Status Begin(std::vector<Table> tables) = 0;
  virtual Status AddRow(std::size_t table, std::span<const std::string_view> cells) = 0;
  // No more rows come of this table, where that is known before End.
  virtual Status EndTable(std::size_t /*table*/) { return Status::Ok(); }
  virtual Status End() = 0;
};

std::unique_ptr<TableWriter> NewCsvTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewSqlTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewJsonTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewNdjsonTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewXmlTables(const ExportWork& work);
std::unique_ptr<TableWriter> NewParquetTables(const ExportWork& work);
// By the format of the options.
std::unique_ptr<TableWriter> NewTables(const ExportWork& work);

// The column of members that a kind does not know.
inline constexpr std::string_view kUnknownColumn = "_unknown";
// A column for each member of the kind, kUnknownColumn last; without metadata neither that nor extra_metadata.
std::vector<Column> ColumnsOfKind(Kind kind, bool include_metadata);

}  // namespace coffer::operations
