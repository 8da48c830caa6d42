#include "format/parquet/parquet_metadata.h"

#include <algorithm>
#include <utility>

#include "format/parquet/parquet_schema.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

// Limits of the key-value metadata that is kept; the rest is ignored.
constexpr std::size_t kNotesMax = 64;
constexpr std::size_t kNoteBytesMax = std::size_t{64} << 10;

Status Malformed(std::string_view what) { return Status::Corruption(std::string(what) + ": malformed"); }

bool IsKnownCodec(std::int64_t codec) {
  return codec == ParquetNumber(ParquetCodec::kUncompressed) || codec == ParquetNumber(ParquetCodec::kSnappy) ||
         codec == ParquetNumber(ParquetCodec::kGzip) || codec == ParquetNumber(ParquetCodec::kZstd);
}

std::string CodecName(std::int64_t codec) {
  constexpr std::string_view kNames[] = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"};
  if (codec >= 0 && codec < std::ssize(kNames)) return std::string(kNames[codec]);
  return "number " + std::to_string(codec);
}

}  // namespace

Result<ParquetMetadata> ParquetMetadata::Read(std::string footer, std::uint64_t file_bytes) {
  ParquetMetadata metadata;
  metadata.footer_ = std::move(footer);
  metadata.file_bytes_ = file_bytes;
  COFFER_TRY_CONTEXT(metadata.ReadFields(), "footer");
  return metadata;
}

Status ParquetMetadata::ReadFields() {
  ThriftReader thrift(footer_);
  ThriftField field;
  bool has_groups = false;
  std::int64_t rows = -1;
  thrift.Begin();
  while (thrift.Next(field)) {
    if (field.id == 2) {
      leaves_.clear();
      COFFER_TRY(ReadParquetSchema(thrift, field, leaves_));
    } else if (field.id == 3) {
      rows = thrift.Int(field);
    } else if (field.id == 4) {
      ThriftType element = ThriftType::kStop;
      groups_ = thrift.List(field, element);
      if (!thrift.ok() || (groups_ > 0 && element != ThriftType::kStruct)) return Malformed("row groups");
      groups_at_ = footer_.size() - thrift.rest().size();
      for (std::size_t group = 0; group < groups_ && thrift.ok(); ++group) thrift.Skip(ThriftType::kStruct);
      has_groups = true;
    } else if (field.id == 5) {
      ReadNotes(thrift, field);
    } else if (field.id == 8) {
      return Status::InvalidArgument("encrypted columns are not supported");
    } else {
      thrift.Skip(field.type);
    }
  }
  if (!thrift.ok() || leaves_.empty() || !has_groups || rows < 0) return Status::Corruption("malformed");
  rows_ = static_cast<std::uint64_t>(rows);
  return Status::Ok();
}

void ParquetMetadata::ReadNotes(ThriftReader& thrift, const ThriftField& field) {
  ThriftType element = ThriftType::kStop;
  for (std::size_t left = thrift.List(field, element); left > 0 && thrift.ok(); --left) {
    if (element != ThriftType::kStruct) return thrift.Skip(element);
    std::string_view key;
    std::string_view value;
    ThriftField member;
    thrift.Begin();
    while (thrift.Next(member)) {
      if (member.id == 1) {
        key = thrift.Binary(member);
      } else if (member.id == 2) {
        value = thrift.Binary(member);
      } else {
        thrift.Skip(member.type);
      }
    }
    if (notes_.size() < kNotesMax && key.size() + value.size() <= kNoteBytesMax) notes_.emplace_back(key, value);
  }
}

std::optional<std::string> ParquetMetadata::Note(std::string_view key) const {
  const auto found = std::ranges::find(notes_, key, [](const auto& note) { return std::string_view(note.first); });
  return found == notes_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<ParquetGroupPlace>> ParquetMetadata::NextGroup() {
  if (groups_read_ == groups_) {
    COFFER_TRY(CheckRowsSeen(rows_seen_ == rows_));
    return std::optional<ParquetGroupPlace>();
  }
  ThriftReader thrift(std::string_view(footer_).substr(groups_at_));
  ParquetGroupPlace group;
  std::int64_t rows = -1;
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    if (field.id == 1) {
      ThriftType element = ThriftType::kStop;
      const std::size_t count = thrift.List(field, element);
      if (count != leaves_.size() || element != ThriftType::kStruct) return Malformed("columns");
      group.chunks.assign(count, {});
      for (std::size_t i = 0; i < count; ++i) {
        COFFER_TRY_CONTEXT(ReadChunk(thrift, leaves_[i], group.chunks[i]), "column \"" + leaves_[i].name + "\"");
      }
    } else if (field.id == 3) {
      rows = thrift.Int(field);
    } else {
      thrift.Skip(field.type);
    }
  }
  if (!thrift.ok() || rows < 0 || group.chunks.empty()) return Malformed("metadata");
  ++groups_read_;
  groups_at_ = footer_.size() - thrift.rest().size();
  group.rows = static_cast<std::uint64_t>(rows);
  rows_seen_ += group.rows;
  COFFER_TRY(CheckRowsSeen(group.rows <= rows_ && rows_seen_ <= rows_));
  return std::optional(std::move(group));
}

Status ParquetMetadata::CheckRowsSeen(bool holds) const {
  if (holds) return Status::Ok();
  return Status::Corruption("the row groups have " + std::to_string(rows_seen_) + " rows; expected " + std::to_string(rows_));
}

Status ParquetMetadata::ReadChunk(ThriftReader& thrift, const ParquetLeaf& leaf, ParquetChunkPlace& place) const {
  bool has_metadata = false;
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    if (field.id == 1 && !thrift.Binary(field).empty()) {
      return Status::InvalidArgument("columns in another file are not supported");
    }
    if (field.id == 3 && field.type == ThriftType::kStruct) {
      COFFER_TRY(ReadChunkMetadata(thrift, leaf, place));
      has_metadata = true;
    } else if (field.id != 1) {
      thrift.Skip(field.type);
    }
  }
  return thrift.ok() && has_metadata ? Status::Ok() : Malformed("metadata");
}

Status ParquetMetadata::ReadChunkMetadata(ThriftReader& thrift, const ParquetLeaf& leaf, ParquetChunkPlace& place) const {
  std::int64_t physical = -1;
  std::int64_t codec = -1;
  std::int64_t values = -1;
  std::int64_t bytes = -1;
  std::int64_t data_at = -1;
  std::int64_t dictionary_at = 0;
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    switch (field.id) {
      case 1:
        physical = thrift.Int(field);
        break;
      case 4:
        codec = thrift.Int(field);
        break;
      case 5:
        values = thrift.Int(field);
        break;
      case 7:
        bytes = thrift.Int(field);
        break;
      case 9:
        data_at = thrift.Int(field);
        break;
      case 11:
        dictionary_at = thrift.Int(field);
        break;
      default:
        thrift.Skip(field.type);
    }
  }
  if (!thrift.ok() || values < 0 || bytes < 0 || data_at < 0 || dictionary_at < 0) return Malformed("metadata");
  if (physical != ParquetNumber(leaf.physical)) return Status::Corruption("the type differs from the schema");
  if (!IsKnownCodec(codec)) return Status::InvalidArgument("unsupported codec: " + CodecName(codec));
  // A dictionary comes before the data. Some writers set its offset to 0 if there is no dictionary.
  const std::int64_t begin = dictionary_at > 0 ? std::min(dictionary_at, data_at) : data_at;
  const auto unsigned_begin = static_cast<std::uint64_t>(begin);
  const auto unsigned_bytes = static_cast<std::uint64_t>(bytes);
  if (unsigned_begin > file_bytes_ || unsigned_bytes > file_bytes_ - unsigned_begin)
    return Status::Corruption("its pages are outside the file");
  place = {static_cast<ParquetCodec>(codec), static_cast<std::uint64_t>(values), unsigned_begin,
           unsigned_begin + unsigned_bytes};
  return Status::Ok();
}

}  // namespace coffer::format
