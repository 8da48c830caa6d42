#include "format/parquet/parquet_value_reader.h"

#include "vocabulary/fixed_width.h"

namespace coffer::format {
namespace {

std::string EncodingName(std::int64_t encoding) {
  constexpr std::string_view kNames[] = {"PLAIN",          "GROUP_VAR_INT",       "PLAIN_DICTIONARY",        "RLE",
                                         "BIT_PACKED",     "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY",
                                         "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"};
  if (encoding >= 0 && encoding < std::ssize(kNames)) return std::string(kNames[encoding]);
  return "number " + std::to_string(encoding);
}

Status NotRead(std::int64_t encoding) {
  return Status::InvalidArgument("page: unsupported encoding of values: " + EncodingName(encoding));
}

Status Malformed() { return Status::Corruption("page: malformed values, or fewer than its header says"); }

Status FewerValues() { return Status::Corruption("dictionary: fewer values than its header says"); }

constexpr int kIndexBitsMax = 32;

std::size_t WidthOf(ParquetPhysical physical) {
  return physical == ParquetPhysical::kInt32 || physical == ParquetPhysical::kFloat ? 4 : 8;
}

}  // namespace

bool TakeCheckedValue(ParquetPhysical physical, std::string_view& values, std::string_view& value) {
  FieldReader fields(values);
  const std::size_t length = physical == ParquetPhysical::kByteArray ? fields.Number<std::uint32_t>() : WidthOf(physical);
  value = fields.Bytes(length);
  values = fields.rest();
  return fields.ok();
}

Status ParquetDictionaryValues::Read(ParquetPhysical physical, std::int64_t encoding, std::string_view page,
                                     std::uint32_t count) {
  const bool plain =
      encoding == ParquetNumber(ParquetEncoding::kPlain) || encoding == ParquetNumber(ParquetEncoding::kPlainDictionary);
  if (!plain || physical == ParquetPhysical::kBoolean) return NotRead(encoding);
  // Every value takes at least one byte, so this keeps a hostile count from reserving memory.
  if (count > page.size()) return FewerValues();
  physical_ = physical;
  page_ = page;
  begins_.clear();
  begins_.reserve(count);
  std::string_view rest = page;
  std::string_view value;
  for (std::uint32_t i = 0; i < count; ++i) {
    begins_.push_back(static_cast<std::uint32_t>(page.size() - rest.size()));
    if (!TakeCheckedValue(physical, rest, value)) return FewerValues();
  }
  return Status::Ok();
}

bool ParquetDictionaryValues::At(std::uint32_t index, std::string_view& value) const {
  if (index >= begins_.size()) return false;
  std::string_view from = page_.substr(begins_[index]);
  return TakeCheckedValue(physical_, from, value);
}

Status ParquetValueReader::Begin(ParquetPhysical physical, std::int64_t encoding, std::string_view bytes,
                                 const ParquetDictionaryValues& dictionary) {
  physical_ = physical;
  dictionary_ = &dictionary;
  rest_ = bytes;
  bit_ = 0;
  const bool is_boolean = physical == ParquetPhysical::kBoolean;
  const bool is_bytes = physical == ParquetPhysical::kByteArray;
  const bool is_integer = physical == ParquetPhysical::kInt32 || physical == ParquetPhysical::kInt64;
  switch (encoding) {
    case ParquetNumber(ParquetEncoding::kPlain):
      way_ = is_boolean ? Way::kBits : Way::kPlain;
      return Status::Ok();
    case ParquetNumber(ParquetEncoding::kRle):
      return is_boolean ? BeginRuns(bytes) : NotRead(encoding);
    case ParquetNumber(ParquetEncoding::kPlainDictionary):
    case ParquetNumber(ParquetEncoding::kRleDictionary):
      return BeginDictionary(bytes);
    case ParquetNumber(ParquetEncoding::kDeltaBinaryPacked):
      way_ = Way::kDelta;
      delta_ = DeltaReader(bytes);
      return is_integer ? Status::Ok() : NotRead(encoding);
    case ParquetNumber(ParquetEncoding::kDeltaLengthByteArray):
      return is_bytes ? BeginDeltaLengths(bytes) : NotRead(encoding);
    default:
      return NotRead(encoding);
  }
}

Status ParquetValueReader::BeginRuns(std::string_view bytes) {
  way_ = Way::kRuns;
  FieldReader fields(bytes);
  const auto length = fields.Number<std::uint32_t>();
  hybrid_ = HybridReader(fields.Bytes(length), 1);
  // A page without values may be empty.
  return fields.ok() || bytes.empty() ? Status::Ok() : Malformed();
}

Status ParquetValueReader::BeginDictionary(std::string_view bytes) {
  way_ = Way::kDictionary;
  const int width = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.front());
  if (width > kIndexBitsMax) return Malformed();
  hybrid_ = HybridReader(bytes.empty() ? bytes : bytes.substr(1), width);
  return Status::Ok();
}

// The lengths come first, and the bytes start at their end, so all lengths are decoded once to find it.
Status ParquetValueReader::BeginDeltaLengths(std::string_view bytes) {
  way_ = Way::kDeltaLengths;
  delta_ = DeltaReader(bytes);
  DeltaReader lengths(bytes);
  std::int64_t length = 0;
  std::uint64_t sum = 0;
  while (lengths.Next(length)) {
    if (length < 0 || (sum += static_cast<std::uint64_t>(length)) > bytes.size()) return Malformed();
  }
  rest_ = lengths.rest();
  return Status::Ok();
}

Status ParquetValueReader::Next(std::string_view& value) { return Take(value) ? Status::Ok() : Malformed(); }

bool ParquetValueReader::Take(std::string_view& value) {
  std::uint32_t number = 0;
  std::int64_t integer = 0;
  switch (way_) {
    case Way::kPlain:
      return TakeCheckedValue(physical_, rest_, value);
    case Way::kBits:
      if (bit_ / 8 >= rest_.size()) return false;
      made_.assign(1, static_cast<char>(static_cast<unsigned char>(rest_[bit_ / 8]) >> (bit_ % 8) & 1));
      ++bit_;
      value = made_;
      return true;
    case Way::kRuns:
      if (!hybrid_.Next(number)) return false;
      made_.assign(1, static_cast<char>(number));
      value = made_;
      return true;
    case Way::kDictionary:
      return hybrid_.Next(number) && dictionary_->At(number, value);
    case Way::kDelta:
      return delta_.Next(integer) && TakeInteger(integer, value);
    case Way::kDeltaLengths:
      return delta_.Next(integer) && integer >= 0 && TakeBytes(static_cast<std::uint64_t>(integer), value);
  }
  return false;
}

bool ParquetValueReader::TakeInteger(std::int64_t number, std::string_view& value) {
  made_.clear();
  AppendLittleEndian(static_cast<std::uint64_t>(number), made_);
  made_.resize(WidthOf(physical_));
  value = made_;
  return true;
}

bool ParquetValueReader::TakeBytes(std::uint64_t length, std::string_view& value) {
  if (length > rest_.size()) return false;
  value = rest_.substr(0, static_cast<std::size_t>(length));
  rest_.remove_prefix(value.size());
  return true;
}

}  // namespace coffer::format
