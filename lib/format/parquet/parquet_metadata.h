// ParquetMetadata: a Parquet file's footer, from any writer: its columns, as far as records can come of them, and its row groups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_format.h"
#include "format/parquet/thrift_reader.h"

namespace coffer::format {

// A footer is held in memory as it is. Ours takes so much for a table of 200 GB.
inline constexpr std::size_t kParquetFooterBytesMax = std::size_t{64} << 20;
// Leaves of the schema; each is read through buffers of its own.
inline constexpr std::size_t kParquetColumnsMax = 256;
inline constexpr std::size_t kParquetNameBytesMax = 1024;

// What the bytes of a column's values mean.
enum class ParquetMeaning : std::uint8_t {
  kText,
  kJson,
  kBytes,
  kBoolean,
  kSigned,
  kUnsigned,
  kReal,
  kMillisecondsUtc,
  kMicrosecondsUtc,
  kNanosecondsUtc,
};

// One column: a value, or a list of values, or nothing, in each row.
struct ParquetLeaf {
  std::string name;
  ParquetPhysical physical = ParquetPhysical::kByteArray;
  ParquetMeaning meaning = ParquetMeaning::kBytes;
  bool is_list = false;
  std::uint8_t definition_max = 0;  // a value is there
  std::uint8_t repetition_max = 0;  // 1 for a list
  std::uint8_t defined_from = 0;    // of a list: at this level and above it is there, if empty
  std::uint8_t item_from = 0;       // of a list: at this level and above an item is there, if null
};

// Where a column of a row group lies.
struct ParquetChunkPlace {
  ParquetCodec codec = ParquetCodec::kUncompressed;
  std::uint64_t values = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct ParquetGroupPlace {
  std::uint64_t rows = 0;
  std::vector<ParquetChunkPlace> chunks;  // as the leaves
};

// One thread at a time.
class ParquetMetadata {
 public:
  // `footer`: the bytes before the length and the magic; `file_bytes`: of the whole file. kCorruption: malformed; kInvalidArgument: of a
  // kind that is not read, or above a limit.
  static Result<ParquetMetadata> Read(std::string footer, std::uint64_t file_bytes);

  const std::vector<ParquetLeaf>& leaves() const { return leaves_; }
  std::uint64_t rows() const { return rows_; }
  std::size_t groups() const { return groups_; }
  // Of the key of that name; nothing where there is none.
  std::optional<std::string> Note(std::string_view key) const;

  // The next row group, in order; nothing behind the last.
  Result<std::optional<ParquetGroupPlace>> NextGroup();

 private:
  ParquetMetadata() = default;
  Status ReadFields();
  void ReadNotes(ThriftReader& thrift, const ThriftField& field);
  Status CheckRowsSeen(bool holds) const;
  Status ReadChunk(ThriftReader& thrift, const ParquetLeaf& leaf, ParquetChunkPlace& place) const;
  Status ReadChunkMetadata(ThriftReader& thrift, const ParquetLeaf& leaf, ParquetChunkPlace& place) const;

  std::string footer_;
  std::uint64_t file_bytes_ = 0;
  std::vector<ParquetLeaf> leaves_;
  std::vector<std::pair<std::string, std::string>> notes_;
  std::uint64_t rows_ = 0;
  std::size_t groups_ = 0;
  std::size_t groups_read_ = 0;
  std::size_t groups_at_ = 0;  // in the footer
  std::uint64_t rows_seen_ = 0;
};

}  // namespace coffer::format
