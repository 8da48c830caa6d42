#include "format/parquet/parquet_reader.h"

#include <utility>

#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::format {

Result<std::unique_ptr<ParquetReader>> ParquetReader::Open(RangeReader source, std::uint64_t file_bytes) {
  if (file_bytes < kParquetMagic.size() + kParquetTailBytes) return Status::Corruption("too short for a Parquet file");
  std::string tail(kParquetTailBytes, '\0');
  const std::uint64_t tail_at = file_bytes - kParquetTailBytes;
  COFFER_TRY(ReadExactly(source, tail_at, tail.size(), tail.data()));
  FieldReader fields(tail);
  const auto footer_bytes = fields.Number<std::uint32_t>();
  if (fields.rest() != kParquetMagic) return Status::Corruption("not a Parquet file, or truncated");
  if (footer_bytes > tail_at - kParquetMagic.size()) return Status::Corruption("footer: longer than the file");
  if (footer_bytes > kParquetFooterBytesMax) {
    return Status::ResourceExhausted("footer: more than " + std::to_string(kParquetFooterBytesMax) + " bytes");
  }
  std::string footer(footer_bytes, '\0');
  COFFER_TRY(ReadExactly(source, tail_at - footer_bytes, footer.size(), footer.data()));
  COFFER_ASSIGN(ParquetMetadata metadata, ParquetMetadata::Read(std::move(footer), tail_at));
  return std::unique_ptr<ParquetReader>(new ParquetReader(std::move(source), std::move(metadata)));
}

Status ParquetReader::InColumn(const Status& status, std::size_t leaf) const {
  return status.WithContext("row group " + std::to_string(group_) + ": column \"" + leaves()[leaf].name + "\"");
}

Result<bool> ParquetReader::BeginGroup() {
  ++group_;
  COFFER_ASSIGN_CONTEXT(std::optional<ParquetGroupPlace> group, metadata_.NextGroup(), "row group " + std::to_string(group_));
  if (!group) return false;
  group_rows_left_ = group->rows;
  for (std::size_t leaf = 0; leaf < leaves().size(); ++leaf) {
    columns_.push_back(std::make_unique<ParquetColumnReader>(leaves()[leaf], source_, group->chunks[leaf], held_));
  }
  return true;
}

Status ParquetReader::EndGroup() {
  for (std::size_t leaf = 0; leaf < columns_.size(); ++leaf) {
    if (Status status = columns_[leaf]->Finish(); !status.ok()) return InColumn(status, leaf);
  }
  columns_.clear();
  return Status::Ok();
}

Result<bool> ParquetReader::NextRow() {
  while (group_rows_left_ == 0) {
    COFFER_TRY(EndGroup());
    Result<bool> more = BeginGroup();
    if (!more.ok() || !*more) return more;
  }
  for (std::size_t leaf = 0; leaf < columns_.size(); ++leaf) {
    if (Status status = columns_[leaf]->NextRow(); !status.ok()) return InColumn(status, leaf);
  }
  --group_rows_left_;
  ++row_;
  return true;
}

}  // namespace coffer::format
