// ParquetMetadata: the footer of a Parquet file from any writer: its columns and row groups.
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

// The footer is held in memory. A table of 200 GB written by this library has a footer of about this size.
inline constexpr std::size_t kParquetFooterBytesMax = std::size_t{64} << 20;
// The maximum number of leaves in the schema; every leaf has buffers of its own.
inline constexpr std::size_t kParquetColumnsMax = 256;
inline constexpr std::size_t kParquetNameBytesMax = 1024;

// The meaning of a column's values.
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

// One column: each row has a value, a list of values, or null.
struct ParquetLeaf {
  std::string name;
  ParquetPhysical physical = ParquetPhysical::kByteArray;
  ParquetMeaning meaning = ParquetMeaning::kBytes;
  bool is_list = false;
  std::uint8_t definition_max = 0;  // at this definition level the value is present
  std::uint8_t repetition_max = 0;  // 1 for a list
  std::uint8_t defined_from = 0;    // for a list: from this definition level the list is present, perhaps empty
  std::uint8_t item_from = 0;       // for a list: from this definition level an item is present, perhaps null
};

// The place of one column of a row group in the file.
struct ParquetChunkPlace {
  ParquetCodec codec = ParquetCodec::kUncompressed;
  std::uint64_t values = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct ParquetGroupPlace {
  std::uint64_t rows = 0;
  std::vector<ParquetChunkPlace> chunks;  // in the order of the leaves
};

// One thread at a time.
class ParquetMetadata {
 public:
  // `footer` has the bytes before the length and the magic number. `file_bytes`: columns must end at or before this offset.
  // kCorruption: malformed.
  // kInvalidArgument: a feature that is not supported, or above a limit.
  static Result<ParquetMetadata> Read(std::string footer, std::uint64_t file_bytes);

  const std::vector<ParquetLeaf>& leaves() const { return leaves_; }
  std::uint64_t rows() const { return rows_; }
  std::size_t groups() const { return groups_; }
  // The value of this key in the key-value metadata; nullopt if there is no such key.
  std::optional<std::string> Note(std::string_view key) const;

  // The next row group, in order; nullopt after the last. Errors as in Read.
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
