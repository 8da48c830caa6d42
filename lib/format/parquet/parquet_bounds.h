// ParquetBounds: the least and the greatest value of a page or a column, by which readers pass over what they do not look for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/parquet/parquet_column.h"
#include "format/parquet/thrift_writer.h"

namespace coffer::format {

// A longer text's bound is a shorter one below or above it.
inline constexpr std::size_t kParquetBoundBytesMax = 64;

// What a file tells of a page's or a column's values. Of bytes without a type it tells no bounds.
struct ParquetStatistics {
  std::optional<std::string> min;  // at or below all values, as statistics have them
  std::optional<std::string> max;
  bool min_is_exact = false;
  bool max_is_exact = false;
  std::uint64_t nulls = 0;
  bool all_null = true;
};

void AppendParquetStatistics(int field, ParquetType type, const ParquetStatistics& statistics, ThriftWriter& thrift);

// Gathers them. Holds views of plain values, which must outlive it.
class ParquetBounds {
 public:
  explicit ParquetBounds(ParquetType type) : type_(type) {}

  // A value as TakePlainValue gives it.
  void Add(std::string_view value);
  void AddNull() { ++nulls_; }
  void Add(const ParquetBounds& other);

  ParquetStatistics Statistics() const;
  // Below, at or above 0, as both bounds of this one are below, at or above the other's; nothing where they differ in that.
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
