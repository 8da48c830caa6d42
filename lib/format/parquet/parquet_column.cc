#include "format/parquet/parquet_column.h"

#include <bit>
#include <cstring>
#include <utility>

#include "vocabulary/fixed_width.h"

namespace coffer::format {
namespace {

constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

std::uint32_t LengthAt(std::string_view values) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length |= std::uint32_t{static_cast<unsigned char>(values[i])} << (8 * i);
  }
  return length;
}

}  // namespace

ParquetPhysical PhysicalOf(ParquetType type) {
  switch (type) {
    case ParquetType::kTime:
    case ParquetType::kWhole:
      return ParquetPhysical::kInt64;
    case ParquetType::kNumber:
      return ParquetPhysical::kDouble;
    case ParquetType::kBoolean:
      return ParquetPhysical::kBoolean;
    default:
      return ParquetPhysical::kByteArray;
  }
}

void ParquetColumnData::AddLevels(std::uint8_t definition, std::uint8_t repetition) {
  definitions_.push_back(definition);
  if (type_ == ParquetType::kTextList) repetitions_.push_back(repetition);
}

void ParquetColumnData::AddValue() { AddLevels(DefinitionMax(type_), std::exchange(next_repetition_, std::uint8_t{0})); }

void ParquetColumnData::AddBytes(std::string_view bytes) {
  BeginBytes() += bytes;
  EndBytes();
}

void ParquetColumnData::AddInt64(std::int64_t value) {
  AddValue();
  AppendLittleEndian(static_cast<std::uint64_t>(value), values_);
}

void ParquetColumnData::AddDouble(double value) {
  AddValue();
  AppendLittleEndian(std::bit_cast<std::uint64_t>(value), values_);
}

void ParquetColumnData::AddBoolean(bool value) {
  AddValue();
  values_.push_back(value ? '\1' : '\0');
}

std::string& ParquetColumnData::BeginBytes() {
  AddValue();
  begun_at_ = values_.size();
  values_.append(kLengthBytes, '\0');
  return values_;
}

void ParquetColumnData::EndBytes() {
  const std::size_t length = values_.size() - begun_at_ - kLengthBytes;
  for (std::size_t i = 0; i < kLengthBytes; ++i) values_[begun_at_ + i] = static_cast<char>((length >> (8 * i)) & 0xFF);
}

void ParquetColumnData::Clear(std::size_t kept_bytes_max) {
  if (values_.capacity() > kept_bytes_max) std::string().swap(values_);
  values_.clear();
  definitions_.clear();
  repetitions_.clear();
}

std::string_view TakePlainValue(ParquetPhysical physical, std::string_view& values) {
  const bool lengths = physical == ParquetPhysical::kByteArray;
  const std::size_t before = lengths ? kLengthBytes : 0;
  const std::size_t length = lengths ? LengthAt(values) : physical == ParquetPhysical::kBoolean ? 1 : sizeof(std::int64_t);
  const std::string_view value = values.substr(before, length);
  values.remove_prefix(before + length);
  return value;
}

}  // namespace coffer::format
