// ParquetContents: reads document contents from a Parquet table of chunks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"
#include "format/parquet/parquet_reader.h"
#include "operations/import/input/parquet_table.h"

namespace coffer::operations {

// The chunks of a document are consecutive rows and count from 0. The file must outlive it; one thread at a time.
class ParquetContents {
 public:
  // `name`: prefix of failure messages.
  ParquetContents(format::ParquetReader& file, const ParquetTable& table, std::string name)
      : file_(file), table_(table), name_(std::move(name)) {}

  // Goes to the next document, skipping the rest of the current one. False at the end.
  Result<bool> Next(std::string& document_id);
  // Reads the content of the document; 0 at its end.
  Result<std::size_t> Read(char* buffer, std::size_t length);

 private:
  Status TakeRow();
  std::string_view bytes() const { return file_.column(table_.bytes).value(); }

  format::ParquetReader& file_;
  const ParquetTable table_;
  const std::string name_;
  std::string document_id_;
  std::uint64_t next_chunk_ = 0;
  std::size_t taken_ = 0;   // bytes read of the current row
  bool row_waits_ = false;  // the current row is the next document's first
  bool in_document_ = false;
  bool at_end_ = false;
};

}  // namespace coffer::operations
