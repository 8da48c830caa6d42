// ParquetContents: documents' contents from a Parquet table of chunks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"
#include "format/parquet/parquet_reader.h"
#include "operations/import/input/parquet_table.h"

namespace coffer::operations {

// A document's chunks stand one behind the other and count from 0. The file must outlive it; one thread at a time.
class ParquetContents {
 public:
  // `name` stands before what goes wrong.
  ParquetContents(format::ParquetReader& file, const ParquetTable& table, std::string name)
      : file_(file), table_(table), name_(std::move(name)) {}

  // Goes to the next document; what was not read of the one before is passed over. False at the end.
  Result<bool> Next(std::string& document_id);
  // Bytes of the document's content; 0 at its end.
  Result<std::size_t> Read(char* buffer, std::size_t length);

 private:
  Status TakeRow();
  std::string_view bytes() const { return file_.column(table_.bytes).value(); }

  format::ParquetReader& file_;
  const ParquetTable table_;
  const std::string name_;
  std::string document_id_;
  std::uint64_t next_chunk_ = 0;
  std::size_t taken_ = 0;   // of the row's bytes
  bool row_waits_ = false;  // it is the next document's first
  bool in_document_ = false;
  bool at_end_ = false;
};

}  // namespace coffer::operations
