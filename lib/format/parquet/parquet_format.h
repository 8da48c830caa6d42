// Constants of the Apache Parquet format that the writer and the reader share.
// Source: parquet-format 2.12, parquet.thrift.
#pragma once

#include <cstdint>
#include <string_view>

namespace coffer::format {

inline constexpr std::string_view kParquetMagic = "PAR1";
// The footer's length and the magic number.
inline constexpr std::size_t kParquetTailBytes = 8;

enum class ParquetPhysical : std::uint8_t {
  kBoolean = 0,
  kInt32 = 1,
  kInt64 = 2,
  kInt96 = 3,
  kFloat = 4,
  kDouble = 5,
  kByteArray = 6,
  kFixedLengthByteArray = 7,
};

enum class ParquetRepetition : std::uint8_t { kRequired = 0, kOptional = 1, kRepeated = 2 };

enum class ParquetConverted : std::uint8_t { kUtf8 = 0, kList = 3, kTimestampMicros = 10, kInt64 = 18, kJson = 19 };

// Fields of the union LogicalType.
enum class ParquetLogical : std::uint8_t { kString = 1, kList = 3, kTimestamp = 8, kInteger = 10, kJson = 12 };

enum class ParquetEncoding : std::uint8_t {
  kPlain = 0,
  kPlainDictionary = 2,
  kRle = 3,
  kBitPacked = 4,
  kDeltaBinaryPacked = 5,
  kDeltaLengthByteArray = 6,
  kDeltaByteArray = 7,
  kRleDictionary = 8,
};

enum class ParquetCodec : std::uint8_t { kUncompressed = 0, kSnappy = 1, kGzip = 2, kZstd = 6 };

enum class ParquetPageType : std::uint8_t { kData = 0, kIndex = 1, kDictionary = 2, kDataV2 = 3 };

enum class ParquetBoundaryOrder : std::uint8_t { kUnordered = 0, kAscending = 1, kDescending = 2 };

// The number of an enumerator in thrift.
template <typename Enum>
constexpr std::int32_t ParquetNumber(Enum value) {
  return static_cast<std::int32_t>(value);
}

}  // namespace coffer::format
