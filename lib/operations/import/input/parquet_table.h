// Detects which table a Parquet file holds, and the meaning of its columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "format/parquet/parquet_metadata.h"
#include "format/records/member_list.h"

namespace coffer::operations {

// Records differ at least in their ids, so each takes some bits. Without this limit, a few bytes could declare two billion
// empty rows.
inline constexpr std::uint64_t kParquetRowsPerByteMax = 8;

// kResourceExhausted: more rows than a file of this size can hold.
Status CheckParquetRows(std::uint64_t rows, std::uint64_t file_bytes);

struct ParquetTableColumn {
  enum class Use : std::uint8_t { kMember, kUnknownMember, kUnknownMembers, kDigits };
  Use use = Use::kUnknownMember;
  format::MemberInfo member;  // for kMember
};

struct ParquetTable {
  Kind kind = Kind::kConversation;          // kContent: contents in chunks
  std::vector<ParquetTableColumn> columns;  // in the order of the leaves; empty for contents
  std::size_t document_id = 0;              // for contents: the indexes of its columns
  std::size_t chunk = 0;
  std::size_t bytes = 0;
};

// Uses the metadata of the file, else `kind`, else the columns.
// kInvalidArgument: not a table of records, an export of rows or of a newer layout, or a column that is not a valid member.
Result<ParquetTable> TableOfParquet(const format::ParquetMetadata& metadata, std::optional<Kind> kind);

}  // namespace coffer::operations
