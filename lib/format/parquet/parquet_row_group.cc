#include "format/parquet/parquet_row_group.h"

#include "vocabulary/try.h"

namespace coffer::format {

ParquetRows::ParquetRows(const std::vector<ParquetColumn>& columns) {
  for (const ParquetColumn& column : columns) columns_.emplace_back(column.type);
}

std::size_t ParquetRows::bytes() const {
  std::size_t bytes = 0;
  for (const ParquetColumnData& column : columns_) bytes += column.bytes();
  return bytes;
}

void ParquetRows::Clear() {
  for (ParquetColumnData& column : columns_) column.Clear(kParquetRowGroupBytes * 2);
  count_ = 0;
}

Result<ParquetRowGroup> EncodeParquetRows(const ParquetRows& rows, ParquetCompressor& compressor) {
  ParquetRowGroup group;
  group.rows = rows.count();
  for (const ParquetColumnData& column : rows.columns()) {
    COFFER_TRY(AppendParquetChunk(column, compressor, group.bytes, group.chunks.emplace_back()));
  }
  return group;
}

}  // namespace coffer::format
