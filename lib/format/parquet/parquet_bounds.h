// ParquetBounds: the minimum and maximum of a page or a column; readers use them to skip data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/parquet/parquet_column.h"
#include "format/parquet/thrift_writer.h"

namespace coffer::format {

// The bound of a longer text is shortened: to a smaller text for a minimum, to a greater one for a maximum.
inline constexpr std::size_t kParquetBoundBytesMax = 64;

// The statistics that a file has for a page or a column. Bytes without a type have no bounds.
struct ParquetStatistics {
  std::optional<std::string> min;  // at or below all values, in the encoding of statistics
  std::optional<std::string> max;
  bool min_is_exact = false;
  bool max_is_exact = false;
  std::uint64_t nulls = 0;
  bool all_null = true;
};

void AppendParquetStatistics(int field, ParquetType type, const ParquetStatistics& statistics, ThriftWriter& thrift);

// Collects statistics. Keeps views of plain values, which must outlive it.
class ParquetBounds {
 public:
  explicit ParquetBounds(ParquetType type) : type_(type) {}

  // `value` is in the form that TakePlainValue returns.
  void Add(std::string_view value);
  void AddNull() { ++nulls_; }
  void Add(const ParquetBounds& other);

  ParquetStatistics Statistics() const;
  // Negative, 0 or positive if both bounds are less than, equal to or greater than the other's; nullopt if the two disagree.
  std::optional<int> CompareBoth(const ParquetBounds& other) const;

 private:
  int Compare(std::string_view a, std::string_view b) const;
  void SetMin(ParquetStatistics& statistics) const;
  void SetMax(ParquetStatistics& statistics) const;

  ParquetType type_;
  std::string_view min_;
  std::string_view max_;
  std::uint64_t nulls_ = 0;
  bool empty_ = true;
};

}  // namespace coffer::format
