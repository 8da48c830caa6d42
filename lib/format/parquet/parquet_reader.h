// ParquetReader: reads the rows of a Parquet file from any writer in bounded memory. It returns the file's values; callers map
// them to records.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_column_reader.h"
#include "format/parquet/parquet_metadata.h"
#include "format/zstd/range_reader.h"

namespace coffer::format {

// Supports pages of both versions, the codecs zstd, gzip, snappy and uncompressed, and the encodings PLAIN, dictionary, RLE,
// DELTA_BINARY_PACKED and DELTA_LENGTH_BYTE_ARRAY. Memory: the footer, and at most kParquetHeldBytesMax of pages. One thread at
// a time.
class ParquetReader {
 public:
  // kCorruption: not a Parquet file, or damaged.
  // kInvalidArgument: a feature that is not supported.
  // kResourceExhausted: above a limit.
  static Result<std::unique_ptr<ParquetReader>> Open(RangeReader source, std::uint64_t file_bytes);
  ParquetReader(const ParquetReader&) = delete;
  ParquetReader& operator=(const ParquetReader&) = delete;

  const ParquetMetadata& metadata() const { return metadata_; }
  const std::vector<ParquetLeaf>& leaves() const { return metadata_.leaves(); }

  // Returns false after the last row. Do not read on after a failure: data after it cannot be distinguished from damage. The
  // message has the row group and the column.
  Result<bool> NextRow();
  // The number of the current row, starting at 1.
  std::uint64_t row() const { return row_; }
  // A column of the current row; valid until the next row.
  const ParquetColumnReader& column(std::size_t leaf) const { return *columns_[leaf]; }

 private:
  ParquetReader(RangeReader source, ParquetMetadata metadata) : source_(std::move(source)), metadata_(std::move(metadata)) {}
  Result<bool> BeginGroup();
  Status EndGroup();
  Status InColumn(const Status& status, std::size_t leaf) const;

  const RangeReader source_;
  ParquetMetadata metadata_;
  ParquetHeldBytes held_;
  std::vector<std::unique_ptr<ParquetColumnReader>> columns_;
  std::uint64_t group_rows_left_ = 0;
  std::size_t group_ = 0;  // starts at 1
  std::uint64_t row_ = 0;
};

}  // namespace coffer::format
