// ParquetReader: the rows of a Parquet file from any writer, in bounded memory. Values are those of the file; what they mean for records
// is for others to say.
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

// Reads pages of both versions, uncompressed or in zstd, gzip or snappy, and the encodings PLAIN, dictionary, RLE, DELTA_BINARY_PACKED and
// DELTA_LENGTH_BYTE_ARRAY. Memory: the footer, and at most kParquetHeldBytesMax of pages. One thread at a time.
class ParquetReader {
 public:
  // kCorruption: no Parquet file, or a damaged one. kInvalidArgument: of a kind that is not read. kResourceExhausted: a limit.
  static Result<std::unique_ptr<ParquetReader>> Open(RangeReader source, std::uint64_t file_bytes);
  ParquetReader(const ParquetReader&) = delete;
  ParquetReader& operator=(const ParquetReader&) = delete;

  const ParquetMetadata& metadata() const { return metadata_; }
  const std::vector<ParquetLeaf>& leaves() const { return metadata_.leaves(); }

  // False behind the last row. A failure, which names row group and column, is the end: what follows cannot be told from damage.
  Result<bool> NextRow();
  // From 1 on.
  std::uint64_t row() const { return row_; }
  // Of the row; valid until the next one.
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
  std::size_t group_ = 0;  // from 1 on
  std::uint64_t row_ = 0;
};

}  // namespace coffer::format
