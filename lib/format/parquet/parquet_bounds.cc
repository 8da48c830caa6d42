#include "format/parquet/parquet_bounds.h"

#include <bit>

#include "vocabulary/fixed_width.h"

namespace coffer::format {
namespace {

std::uint64_t Bits(std::string_view value) { return FieldReader(value).Number<std::uint64_t>(); }

template <typename T>
int Order(T a, T b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The first bytes of a text, cut between characters.
std::string_view Shortened(std::string_view text) {
  std::size_t end = kParquetBoundBytesMax;
  while (end > 0 && IsContinuation(text[end])) --end;
  return text.substr(0, end);
}

// A text that sorts after all texts with this prefix: the last byte of its last character that can be incremented is
// incremented, and the characters after it are dropped. Nullopt if there is no such character.
std::optional<std::string> Following(std::string_view text) {
  while (!text.empty()) {
    const auto last = static_cast<unsigned char>(text.back());
    if (last != 0x7F && last != 0xBF) break;
    std::size_t character = 1;
    while (character < text.size() && IsContinuation(text[text.size() - character])) ++character;
    text.remove_suffix(character);
  }
  if (text.empty()) return std::nullopt;
  std::string following(text);
  ++following.back();
  return following;
}

std::string PlainDouble(double value) {
  std::string bytes;
  AppendLittleEndian(std::bit_cast<std::uint64_t>(value), bytes);
  return bytes;
}

bool IsZero(std::string_view value) { return std::bit_cast<double>(Bits(value)) == 0.0; }

}  // namespace

int ParquetBounds::Compare(std::string_view a, std::string_view b) const {
  switch (PhysicalOf(type_)) {
    case ParquetPhysical::kInt64:
      return Order(static_cast<std::int64_t>(Bits(a)), static_cast<std::int64_t>(Bits(b)));
    case ParquetPhysical::kDouble:
      return Order(std::bit_cast<double>(Bits(a)), std::bit_cast<double>(Bits(b)));
    default:
      return a.compare(b);  // char_traits compares as unsigned
  }
}

void ParquetBounds::Add(std::string_view value) {
  if (empty_) min_ = max_ = value;
  empty_ = false;
  if (type_ == ParquetType::kBytes) return;
  if (Compare(value, min_) < 0) min_ = value;
  if (Compare(value, max_) > 0) max_ = value;
}

void ParquetBounds::Add(const ParquetBounds& other) {
  nulls_ += other.nulls_;
  if (other.empty_) return;
  Add(other.min_);
  Add(other.max_);
}

void ParquetBounds::SetMin(ParquetStatistics& statistics) const {
  statistics.min_is_exact = min_.size() <= kParquetBoundBytesMax;
  statistics.min = statistics.min_is_exact ? min_ : Shortened(min_);
  if (type_ == ParquetType::kNumber && IsZero(min_)) statistics.min = PlainDouble(-0.0);
}

void ParquetBounds::SetMax(ParquetStatistics& statistics) const {
  statistics.max_is_exact = max_.size() <= kParquetBoundBytesMax;
  statistics.max = statistics.max_is_exact ? std::string(max_) : Following(Shortened(max_));
  if (type_ == ParquetType::kNumber && IsZero(max_)) statistics.max = PlainDouble(0.0);
}

ParquetStatistics ParquetBounds::Statistics() const {
  ParquetStatistics statistics;
  statistics.nulls = nulls_;
  statistics.all_null = empty_;
  if (empty_ || type_ == ParquetType::kBytes) return statistics;
  SetMin(statistics);
  SetMax(statistics);
  return statistics;
}

std::optional<int> ParquetBounds::CompareBoth(const ParquetBounds& other) const {
  const int by_min = Compare(min_, other.min_);
  const int by_max = Compare(max_, other.max_);
  if (by_min == 0 || by_max == 0) return by_min + by_max;
  return (by_min < 0) == (by_max < 0) ? std::optional(by_min) : std::nullopt;
}

void AppendParquetStatistics(int field, ParquetType type, const ParquetStatistics& statistics, ThriftWriter& thrift) {
  thrift.BeginStruct(field);
  thrift.Int64(3, static_cast<std::int64_t>(statistics.nulls));
  if (statistics.max) thrift.Binary(5, *statistics.max);
  if (statistics.min) thrift.Binary(6, *statistics.min);
  if (statistics.max) thrift.Bool(7, statistics.max_is_exact);
  if (statistics.min) thrift.Bool(8, statistics.min_is_exact);
  if (type == ParquetType::kNumber) thrift.Int64(9, 0);  // the number of NaNs; JSON has none
  thrift.End();
}

}  // namespace coffer::format
