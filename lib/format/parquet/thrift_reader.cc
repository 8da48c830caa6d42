#include "format/parquet/thrift_reader.h"

#include <limits>

namespace coffer::format {
namespace {

constexpr int kVarintBitsMax = 64;
constexpr std::size_t kDoubleBytes = 8;

bool IsInteger(ThriftType type) {
  return type == ThriftType::kByte || type == ThriftType::kInt16 || type == ThriftType::kInt32 || type == ThriftType::kInt64;
}

bool IsBool(ThriftType type) { return type == ThriftType::kTrue || type == ThriftType::kFalse; }

ThriftType TypeOf(unsigned octet) { return static_cast<ThriftType>(octet & 0x0FU); }

}  // namespace

bool ThriftReader::Fail() {
  ok_ = false;
  rest_ = {};
  return false;
}

unsigned ThriftReader::Octet() {
  if (rest_.empty()) return Fail(), 0;
  const unsigned octet = static_cast<unsigned char>(rest_.front());
  rest_.remove_prefix(1);
  return octet;
}

std::string_view ThriftReader::Bytes(std::uint64_t count) {
  if (count > rest_.size()) return Fail(), std::string_view();
  const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(count));
  rest_.remove_prefix(bytes.size());
  return bytes;
}

std::uint64_t ThriftReader::Varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < kVarintBitsMax; shift += 7) {
    const unsigned octet = Octet();
    value |= std::uint64_t{octet & 0x7FU} << shift;
    if ((octet & 0x80U) == 0) return ok_ ? value : 0;
  }
  return Fail(), 0;
}

std::int64_t ThriftReader::ZigZagVarint() {
  const std::uint64_t value = Varint();
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

void ThriftReader::Begin() {
  if (last_fields_.size() == kThriftDepthMax) Fail();
  last_fields_.push_back(0);
}

bool ThriftReader::Next(ThriftField& field) {
  const unsigned octet = Octet();
  field.type = TypeOf(octet);
  if (!ok_ || field.type == ThriftType::kStop) {
    last_fields_.pop_back();
    return false;
  }
  const int delta = static_cast<int>(octet >> 4);
  std::int64_t id = last_fields_.back() + delta;
  if (delta == 0) id = ZigZagVarint();
  if (!ok_ || id < 0 || id > std::numeric_limits<std::int16_t>::max() || field.type > ThriftType::kStruct) {
    last_fields_.pop_back();
    return Fail();
  }
  field.id = last_fields_.back() = static_cast<int>(id);
  return true;
}

bool ThriftReader::Bool(const ThriftField& field) { return IsBool(field.type) ? field.type == ThriftType::kTrue : Fail(); }

std::int64_t ThriftReader::Int(const ThriftField& field) { return IntElement(field.type); }

std::string_view ThriftReader::Binary(const ThriftField& field) { return BinaryElement(field.type); }

std::int64_t ThriftReader::IntElement(ThriftType element) {
  if (!IsInteger(element)) return Fail(), 0;
  return element == ThriftType::kByte ? static_cast<std::int8_t>(Octet()) : ZigZagVarint();
}

std::string_view ThriftReader::BinaryElement(ThriftType element) {
  if (element != ThriftType::kBinary) return Fail(), std::string_view();
  return Bytes(Varint());
}

std::size_t ThriftReader::List(const ThriftField& field, ThriftType& element) {
  if (field.type != ThriftType::kList) return Fail(), 0;
  return ListHead(element);
}

std::size_t ThriftReader::ListHead(ThriftType& element) {
  const unsigned octet = Octet();
  element = TypeOf(octet);
  std::uint64_t count = octet >> 4;
  if (count == 15) count = Varint();
  if (count > rest_.size()) return Fail(), 0;
  return static_cast<std::size_t>(count);
}

void ThriftReader::Skip(ThriftType type) {
  // The value of a boolean field is in its type; only elements of lists have a byte.
  if (!IsBool(type)) SkipAt(type, last_fields_.size());
}

void ThriftReader::SkipAt(ThriftType type, std::size_t depth) {
  if (depth >= kThriftDepthMax) return void(Fail());
  switch (type) {
    case ThriftType::kTrue:
    case ThriftType::kFalse:
    case ThriftType::kByte:
      return void(Octet());
    case ThriftType::kInt16:
    case ThriftType::kInt32:
    case ThriftType::kInt64:
      return void(Varint());
    case ThriftType::kDouble:
      return void(Bytes(kDoubleBytes));
    case ThriftType::kBinary:
      return void(Bytes(Varint()));
    case ThriftType::kList:
    case ThriftType::kSet: {
      ThriftType element = ThriftType::kStop;
      for (std::size_t left = ListHead(element); left > 0 && ok_; --left) SkipAt(element, depth + 1);
      return;
    }
    case ThriftType::kMap:
      return SkipMap(depth);
    case ThriftType::kStruct: {
      ThriftField field;
      last_fields_.push_back(0);
      while (Next(field)) {
        if (!IsBool(field.type)) SkipAt(field.type, depth + 1);
      }
      return;
    }
    case ThriftType::kStop:
      break;
  }
  Fail();
}

void ThriftReader::SkipMap(std::size_t depth) {
  const std::uint64_t count = Varint();
  if (count == 0) return;
  if (count > rest_.size()) return void(Fail());
  const unsigned types = Octet();
  for (std::uint64_t left = count; left > 0 && ok_; --left) {
    SkipAt(TypeOf(types >> 4), depth + 1);
    SkipAt(TypeOf(types), depth + 1);
  }
}

}  // namespace coffer::format
