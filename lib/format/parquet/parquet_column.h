// ParquetColumnData: one column's values of the rows gathered for a row group, with their levels.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/parquet/parquet_format.h"

namespace coffer::format {

// What a column of ours holds, and with that its place in the schema. Each may be null.
enum class ParquetType : std::uint8_t {
  kText,      // BYTE_ARRAY, STRING
  kJson,      // BYTE_ARRAY, JSON
  kBytes,     // BYTE_ARRAY
  kTime,      // INT64, TIMESTAMP(MICROS, UTC)
  kWhole,     // INT64
  kNumber,    // DOUBLE
  kBoolean,   // BOOLEAN
  kTextList,  // LIST of STRING
};

struct ParquetColumn {
  std::string name;
  ParquetType type = ParquetType::kText;
};

ParquetPhysical PhysicalOf(ParquetType type);
// A value's level of definition: 1, or, in a list, 2. One less is a null, or an empty list.
constexpr std::uint8_t DefinitionMax(ParquetType type) { return type == ParquetType::kTextList ? 2 : 1; }

// Values stand in Parquet's plain encoding from the start, booleans a byte each, so that a page is a slice. One thread at a time.
class ParquetColumnData {
 public:
  explicit ParquetColumnData(ParquetType type) : type_(type) {}

  void AddNull() { AddLevels(0, 0); }
  void AddBytes(std::string_view bytes);
  void AddInt64(std::int64_t value);
  void AddDouble(double value);
  void AddBoolean(bool value);
  // A text in pieces: what is appended to the string that this answers is its bytes, until EndBytes.
  std::string& BeginBytes();
  void EndBytes();

  void AddEmptyList() { AddLevels(1, 0); }
  // The next text with BeginBytes or AddBytes goes on with the list of the text before it.
  void GoOnWithList() { next_repetition_ = 1; }

  // Forgets the values and keeps their memory, up to `kept_bytes_max` of it.
  void Clear(std::size_t kept_bytes_max);

  ParquetType type() const { return type_; }
  std::string_view values() const { return values_; }
  const std::vector<std::uint8_t>& definitions() const { return definitions_; }
  const std::vector<std::uint8_t>& repetitions() const { return repetitions_; }  // empty unless a list
  std::size_t bytes() const { return values_.size() + definitions_.size() + repetitions_.size(); }

 private:
  void AddLevels(std::uint8_t definition, std::uint8_t repetition);
  void AddValue();

  ParquetType type_;
  std::string values_;
  std::vector<std::uint8_t> definitions_;
  std::vector<std::uint8_t> repetitions_;
  std::uint8_t next_repetition_ = 0;
  std::size_t begun_at_ = 0;
};

// Takes the first value off plain ones: its bytes, of a BYTE_ARRAY without the length before them.
std::string_view TakePlainValue(ParquetPhysical physical, std::string_view& values);

}  // namespace coffer::format
