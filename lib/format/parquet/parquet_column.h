// ParquetColumnData: the values and levels of one column, collected for a row group.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/parquet/parquet_format.h"

namespace coffer::format {

// The type of a column that is written, and its types in the schema. Every value may be null.
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
// The definition level of a value: 1, or 2 in a list. One less means a null, or an empty list.
constexpr std::uint8_t DefinitionMax(ParquetType type) { return type == ParquetType::kTextList ? 2 : 1; }

// Values are kept in Parquet's plain encoding, except booleans, which take a byte each. So a page is a slice. One thread at a
// time.
class ParquetColumnData {
 public:
  explicit ParquetColumnData(ParquetType type) : type_(type) {}

  void AddNull() { AddLevels(0, 0); }
  void AddBytes(std::string_view bytes);
  void AddInt64(std::int64_t value);
  void AddDouble(double value);
  void AddBoolean(bool value);
  // Adds a text in pieces: append its bytes to the returned string, then call EndBytes.
  std::string& BeginBytes();
  void EndBytes();

  void AddEmptyList() { AddLevels(1, 0); }
  // Makes the next text (BeginBytes or AddBytes) an item of the same list as the text before it.
  void GoOnWithList() { next_repetition_ = 1; }

  // Removes the values and keeps up to `kept_bytes_max` of their memory.
  void Clear(std::size_t kept_bytes_max);

  ParquetType type() const { return type_; }
  std::string_view values() const { return values_; }
  const std::vector<std::uint8_t>& definitions() const { return definitions_; }
  const std::vector<std::uint8_t>& repetitions() const { return repetitions_; }  // empty unless the type is a list
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

// Removes the first value from plain values and returns its bytes; for a BYTE_ARRAY without the length prefix.
std::string_view TakePlainValue(ParquetPhysical physical, std::string_view& values);

}  // namespace coffer::format
