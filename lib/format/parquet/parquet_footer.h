// ParquetFooter: the end of a Parquet file, after its row groups: page indexes, schema, places and statistics of all columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/parquet/parquet_column.h"
#include "format/parquet/parquet_row_group.h"
#include "format/parquet/thrift_writer.h"

namespace coffer::format {

// Grows by about 250 bytes for each column of each row group. One thread at a time.
class ParquetFooter {
 public:
  // `codec` is the codec of all columns; `notes` are key-value metadata of the file.
  ParquetFooter(std::vector<ParquetColumn> columns, ParquetCodec codec, std::vector<std::pair<std::string, std::string>> notes)
      : columns_(std::move(columns)), codec_(codec), notes_(std::move(notes)) {}

  // `offset` is the offset of the group's first byte in the file.
  void Add(const ParquetRowGroup& group, std::uint64_t offset);
  // Returns all bytes after the last row group, which ends at `offset`.
  std::string Finish(std::uint64_t offset) const;

 private:
  struct Chunk {
    std::string metadata;          // ColumnMetaData
    std::size_t column_index = 0;  // the bytes of each index; 0: no index
    std::size_t offset_index = 0;
  };
  struct Group {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t plain_bytes = 0;
    std::uint64_t rows = 0;
    std::vector<Chunk> chunks;
  };

  std::string ColumnMetadata(const ParquetChunk& chunk, std::size_t column, std::uint64_t offset) const;
  void AppendSchema(ThriftWriter& thrift) const;
  void AppendRowGroups(ThriftWriter& thrift, std::uint64_t column_index_at, std::uint64_t offset_index_at) const;
  void AppendEnd(ThriftWriter& thrift) const;

  const std::vector<ParquetColumn> columns_;
  const ParquetCodec codec_;
  const std::vector<std::pair<std::string, std::string>> notes_;
  std::vector<Group> groups_;
  std::string column_indexes_;
  std::string offset_indexes_;
  std::uint64_t rows_ = 0;
};

}  // namespace coffer::format
