// Which table a Parquet file is, and what each of its columns is in it.
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

// Records differ, in their ids if in nothing else, so that each takes some bits. Without this a few bytes could promise two billion
// rows of nothing.
inline constexpr std::uint64_t kParquetRowsPerByteMax = 8;

// kResourceExhausted: more rows than a file so long can hold.
Status CheckParquetRows(std::uint64_t rows, std::uint64_t file_bytes);

struct ParquetTableColumn {
  enum class Use : std::uint8_t { kMember, kUnknownMember, kUnknownMembers, kDigits };
  Use use = Use::kUnknownMember;
  format::MemberInfo member;  // of a kMember
};

struct ParquetTable {
  Kind kind = Kind::kConversation;          // kContent: contents in chunks
  std::vector<ParquetTableColumn> columns;  // as the leaves; of contents none
  std::size_t document_id = 0;              // of contents: where its columns are
  std::size_t chunk = 0;
  std::size_t bytes = 0;
};

// By what the file says of itself, else by `kind`, else by its columns. kInvalidArgument: it is none, or an export of rows, or of a newer
// layout, or a column cannot be a member.
Result<ParquetTable> TableOfParquet(const format::ParquetMetadata& metadata, std::optional<Kind> kind);

}  // namespace coffer::operations
