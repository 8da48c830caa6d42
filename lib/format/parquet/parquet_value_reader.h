// ParquetValueReader: decodes the values of one page in order, in any supported encoding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_delta_reader.h"
#include "format/parquet/parquet_format.h"
#include "format/parquet/parquet_hybrid_reader.h"

namespace coffer::format {

// A dictionary's values. Keeps views of the page, which must outlive it.
class ParquetDictionaryValues {
 public:
  // kCorruption: the page has fewer values. kInvalidArgument: unsupported encoding.
  Status Read(ParquetPhysical physical, std::int64_t encoding, std::string_view page, std::uint32_t count);
  // False if there is no such value.
  bool At(std::uint32_t index, std::string_view& value) const;

 private:
  ParquetPhysical physical_ = ParquetPhysical::kByteArray;
  std::string_view page_;
  std::vector<std::uint32_t> begins_;
};

class ParquetValueReader {
 public:
  // `bytes` follow the levels. `bytes` and `dictionary` must outlive the values. kInvalidArgument: unsupported encoding.
  Status Begin(ParquetPhysical physical, std::int64_t encoding, std::string_view bytes,
               const ParquetDictionaryValues& dictionary);
  // Returns the next value in plain encoding, a boolean as one byte. Valid until the next call. kCorruption: malformed, or no
  // values are left.
  Status Next(std::string_view& value);

 private:
  enum class Way : std::uint8_t { kPlain, kBits, kRuns, kDictionary, kDelta, kDeltaLengths };

  Status BeginRuns(std::string_view bytes);
  Status BeginDictionary(std::string_view bytes);
  Status BeginDeltaLengths(std::string_view bytes);
  bool Take(std::string_view& value);
  bool TakeInteger(std::int64_t number, std::string_view& value);
  bool TakeBytes(std::uint64_t length, std::string_view& value);

  ParquetPhysical physical_ = ParquetPhysical::kByteArray;
  Way way_ = Way::kPlain;
  std::string_view rest_;
  std::size_t bit_ = 0;
  HybridReader hybrid_;
  DeltaReader delta_;
  const ParquetDictionaryValues* dictionary_ = nullptr;
  std::string made_;  // a value that is not in the page in plain encoding
};

// Removes the first value from untrusted plain values. Not for booleans. False if they end before the value does.
bool TakeCheckedValue(ParquetPhysical physical, std::string_view& values, std::string_view& value);

}  // namespace coffer::format
