// ParquetFooter: what stands behind a Parquet file's row groups: page indexes, schema, places and statistics of all columns.
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

// Grows with the number of row groups, by some 250 bytes a column of each.
class ParquetFooter {
 public:
  // `codec`: of all columns. `notes`: keys and values that say what the file is.
  ParquetFooter(std::vector<ParquetColumn> columns, ParquetCodec codec, std::vector<std::pair<std::string, std::string>> notes)
      : columns_(std::move(columns)), codec_(codec), notes_(std::move(notes)) {}

  // The group's first byte is the file's of this offset.
  void Add(const ParquetRowGroup& group, std::uint64_t offset);
  // All that follows the last row group, which ends at this offset.
  std::string Finish(std::uint64_t offset) const;

 private:
  struct Chunk {
    std::string metadata;          // ColumnMetaData
    std::size_t column_index = 0;  // bytes of each index; 0: there is none
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
