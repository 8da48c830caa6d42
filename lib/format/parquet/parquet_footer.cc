#include "format/parquet/parquet_footer.h"

#include <algorithm>

#include "coffer/version.h"
#include "vocabulary/fixed_width.h"

namespace coffer::format {
namespace {

constexpr int kFormatVersion = 1;  // the pages and encodings of version 1, which every reader supports
constexpr std::string_view kListName = "list";
constexpr std::string_view kElementName = "element";

void AppendLogical(ParquetLogical logical, ThriftWriter& thrift) {
  thrift.BeginStruct(10);
  thrift.Empty(ParquetNumber(logical));
  thrift.End();
}

void AppendTimeType(ThriftWriter& thrift) {
  thrift.BeginStruct(10);
  thrift.BeginStruct(ParquetNumber(ParquetLogical::kTimestamp));
  thrift.Bool(1, true);
  thrift.BeginStruct(2);
  thrift.Empty(2);
  thrift.End();
  thrift.End();
  thrift.End();
}

// The meaning of the values: the logical type, and the converted type for old readers.
void AppendMeaning(ParquetType type, ThriftWriter& thrift) {
  switch (type) {
    case ParquetType::kText:
    case ParquetType::kTextList:
      thrift.Int(6, ParquetNumber(ParquetConverted::kUtf8));
      return AppendLogical(ParquetLogical::kString, thrift);
    case ParquetType::kJson:
      thrift.Int(6, ParquetNumber(ParquetConverted::kJson));
      return AppendLogical(ParquetLogical::kJson, thrift);
    case ParquetType::kTime:
      thrift.Int(6, ParquetNumber(ParquetConverted::kTimestampMicros));
      return AppendTimeType(thrift);
    default:
      return;
  }
}

void AppendLeaf(std::string_view name, ParquetType type, ParquetRepetition repetition, ThriftWriter& thrift) {
  thrift.Begin();
  thrift.Int(1, ParquetNumber(PhysicalOf(type)));
  thrift.Int(3, ParquetNumber(repetition));
  thrift.Binary(4, name);
  AppendMeaning(type, thrift);
  thrift.End();
}

// The three levels of a list: the optional list, the repeated group, the item.
void AppendList(std::string_view name, ThriftWriter& thrift) {
  thrift.Begin();
  thrift.Int(3, ParquetNumber(ParquetRepetition::kOptional));
  thrift.Binary(4, name);
  thrift.Int(5, 1);
  thrift.Int(6, ParquetNumber(ParquetConverted::kList));
  AppendLogical(ParquetLogical::kList, thrift);
  thrift.End();
  thrift.Begin();
  thrift.Int(3, ParquetNumber(ParquetRepetition::kRepeated));
  thrift.Binary(4, kListName);
  thrift.Int(5, 1);
  thrift.End();
  AppendLeaf(kElementName, ParquetType::kTextList, ParquetRepetition::kRequired, thrift);
}

// Appends nothing if a page has no maximum: there may be no short text above its values.
void AppendColumnIndex(const ParquetChunk& chunk, std::string& out) {
  const auto has_bounds = [](const ParquetPage& page) { return page.statistics.all_null || page.statistics.max; };
  if (!std::ranges::all_of(chunk.pages, has_bounds)) return;
  ThriftWriter thrift(out);
  thrift.Begin();
  thrift.BeginList(1, ThriftType::kTrue, chunk.pages.size());
  for (const ParquetPage& page : chunk.pages) thrift.BoolElement(page.statistics.all_null);
  thrift.BeginList(2, ThriftType::kBinary, chunk.pages.size());
  for (const ParquetPage& page : chunk.pages) thrift.BinaryElement(page.statistics.min.value_or(""));
  thrift.BeginList(3, ThriftType::kBinary, chunk.pages.size());
  for (const ParquetPage& page : chunk.pages) thrift.BinaryElement(page.statistics.max.value_or(""));
  thrift.Int(4, ParquetNumber(chunk.order));
  thrift.BeginList(5, ThriftType::kInt64, chunk.pages.size());
  for (const ParquetPage& page : chunk.pages) thrift.IntElement(static_cast<std::int64_t>(page.statistics.nulls));
  thrift.End();
}

void AppendOffsetIndex(const ParquetChunk& chunk, std::uint64_t offset, std::string& out) {
  ThriftWriter thrift(out);
  thrift.Begin();
  thrift.BeginList(1, ThriftType::kStruct, chunk.pages.size());
  for (const ParquetPage& page : chunk.pages) {
    thrift.Begin();
    thrift.Int64(1, static_cast<std::int64_t>(offset + page.offset));
    thrift.Int(2, static_cast<std::int32_t>(page.bytes));
    thrift.Int64(3, static_cast<std::int64_t>(page.first_row));
    thrift.End();
  }
  thrift.End();
}

}  // namespace

std::string ParquetFooter::ColumnMetadata(const ParquetChunk& chunk, std::size_t column, std::uint64_t offset) const {
  const bool is_list = columns_[column].type == ParquetType::kTextList;
  std::string metadata;
  ThriftWriter thrift(metadata);
  thrift.Begin();
  thrift.Int(1, ParquetNumber(PhysicalOf(columns_[column].type)));
  thrift.BeginList(2, ThriftType::kInt32, chunk.dictionary_bytes > 0 ? 3 : 2);
  thrift.IntElement(ParquetNumber(ParquetEncoding::kPlain));
  thrift.IntElement(ParquetNumber(ParquetEncoding::kRle));
  if (chunk.dictionary_bytes > 0) thrift.IntElement(ParquetNumber(ParquetEncoding::kRleDictionary));
  thrift.BeginList(3, ThriftType::kBinary, is_list ? 3 : 1);
  thrift.BinaryElement(columns_[column].name);
  if (is_list) thrift.BinaryElement(kListName);
  if (is_list) thrift.BinaryElement(kElementName);
  thrift.Int(4, ParquetNumber(codec_));
  thrift.Int64(5, static_cast<std::int64_t>(chunk.values));
  thrift.Int64(6, static_cast<std::int64_t>(chunk.plain_bytes));
  thrift.Int64(7, static_cast<std::int64_t>(chunk.bytes));
  thrift.Int64(9, static_cast<std::int64_t>(offset + chunk.dictionary_bytes));
  if (chunk.dictionary_bytes > 0) thrift.Int64(11, static_cast<std::int64_t>(offset));
  AppendParquetStatistics(12, columns_[column].type, chunk.statistics, thrift);
  thrift.End();
  return metadata;
}

void ParquetFooter::Add(const ParquetRowGroup& group, std::uint64_t offset) {
  Group& added = groups_.emplace_back();
  added.offset = offset;
  added.bytes = group.bytes.size();
  added.rows = group.rows;
  rows_ += group.rows;
  for (std::size_t column = 0; column < group.chunks.size(); ++column) {
    const ParquetChunk& chunk = group.chunks[column];
    Chunk& told = added.chunks.emplace_back();
    told.metadata = ColumnMetadata(chunk, column, offset);
    const std::size_t columns_before = column_indexes_.size();
    const std::size_t offsets_before = offset_indexes_.size();
    AppendColumnIndex(chunk, column_indexes_);
    AppendOffsetIndex(chunk, offset, offset_indexes_);
    told.column_index = column_indexes_.size() - columns_before;
    told.offset_index = offset_indexes_.size() - offsets_before;
    added.plain_bytes += chunk.plain_bytes;
    offset += chunk.bytes;
  }
}

void ParquetFooter::AppendSchema(ThriftWriter& thrift) const {
  const auto elements = [](const ParquetColumn& column) { return column.type == ParquetType::kTextList ? 3 : 1; };
  std::size_t count = 1;
  for (const ParquetColumn& column : columns_) count += static_cast<std::size_t>(elements(column));
  thrift.BeginList(2, ThriftType::kStruct, count);
  thrift.Begin();
  thrift.Binary(4, "schema");
  thrift.Int(5, static_cast<std::int32_t>(columns_.size()));
  thrift.End();
  for (const ParquetColumn& column : columns_) {
    if (column.type == ParquetType::kTextList) {
      AppendList(column.name, thrift);
    } else {
      AppendLeaf(column.name, column.type, ParquetRepetition::kOptional, thrift);
    }
  }
}

void ParquetFooter::AppendRowGroups(ThriftWriter& thrift, std::uint64_t column_index_at, std::uint64_t offset_index_at) const {
  thrift.BeginList(4, ThriftType::kStruct, groups_.size());
  for (const Group& group : groups_) {
    thrift.Begin();
    thrift.BeginList(1, ThriftType::kStruct, group.chunks.size());
    for (const Chunk& chunk : group.chunks) {
      thrift.Begin();
      thrift.Int64(2, 0);
      thrift.RawStruct(3, chunk.metadata);
      thrift.Int64(4, static_cast<std::int64_t>(offset_index_at));
      thrift.Int(5, static_cast<std::int32_t>(chunk.offset_index));
      if (chunk.column_index > 0) thrift.Int64(6, static_cast<std::int64_t>(column_index_at));
      if (chunk.column_index > 0) thrift.Int(7, static_cast<std::int32_t>(chunk.column_index));
      thrift.End();
      column_index_at += chunk.column_index;
      offset_index_at += chunk.offset_index;
    }
    thrift.Int64(2, static_cast<std::int64_t>(group.plain_bytes));
    thrift.Int64(3, static_cast<std::int64_t>(group.rows));
    thrift.Int64(5, static_cast<std::int64_t>(group.offset));
    thrift.Int64(6, static_cast<std::int64_t>(group.bytes));
    thrift.End();
  }
}

void ParquetFooter::AppendEnd(ThriftWriter& thrift) const {
  if (!notes_.empty()) {
    thrift.BeginList(5, ThriftType::kStruct, notes_.size());
    for (const auto& [key, value] : notes_) {
      thrift.Begin();
      thrift.Binary(1, key);
      thrift.Binary(2, value);
      thrift.End();
    }
  }
  thrift.Binary(6, "Coffer version " + std::string(Version()));
  thrift.BeginList(7, ThriftType::kStruct, columns_.size());
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    thrift.Begin();
    thrift.Empty(1);  // the order of the column's type
    thrift.End();
  }
}

std::string ParquetFooter::Finish(std::uint64_t offset) const {
  std::string end = column_indexes_ + offset_indexes_;
  const std::size_t footer_begin = end.size();
  ThriftWriter thrift(end);
  thrift.Begin();
  thrift.Int(1, kFormatVersion);
  AppendSchema(thrift);
  thrift.Int64(3, static_cast<std::int64_t>(rows_));
  AppendRowGroups(thrift, offset, offset + column_indexes_.size());
  AppendEnd(thrift);
  thrift.End();
  AppendLittleEndian(static_cast<std::uint32_t>(end.size() - footer_begin), end);
  end += kParquetMagic;
  return end;
}

}  // namespace coffer::format
