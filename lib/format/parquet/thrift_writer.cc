#include "format/parquet/thrift_writer.h"

namespace coffer::format {
namespace {

// Maps signed numbers near 0 to small unsigned ones.
std::uint64_t ZigZag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

char Octet(unsigned value) { return static_cast<char>(static_cast<unsigned char>(value)); }

// The largest numbers that fit in the four bits next to the type; larger ones follow as a varint.
constexpr std::size_t kShortListMax = 14;
constexpr int kShortFieldDeltaMax = 15;

}  // namespace

void AppendVarint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(Octet(static_cast<unsigned>(value & 0x7F) | 0x80U));
  out.push_back(Octet(static_cast<unsigned>(value)));
}

void ThriftWriter::End() {
  out_.push_back('\0');
  last_fields_.pop_back();
}

void ThriftWriter::Head(int field, ThriftType type) {
  const int delta = field - last_fields_.back();
  last_fields_.back() = field;
  if (delta > 0 && delta <= kShortFieldDeltaMax) {
    out_.push_back(Octet(static_cast<unsigned>(delta) << 4 | static_cast<unsigned>(type)));
    return;
  }
  out_.push_back(static_cast<char>(type));
  AppendVarint(ZigZag(field), out_);
}

void ThriftWriter::Bool(int field, bool value) { Head(field, value ? ThriftType::kTrue : ThriftType::kFalse); }

void ThriftWriter::Byte(int field, std::int8_t value) {
  Head(field, ThriftType::kByte);
  out_.push_back(static_cast<char>(value));
}

void ThriftWriter::Int(int field, std::int32_t value) {
  Head(field, ThriftType::kInt32);
  AppendVarint(ZigZag(value), out_);
}

void ThriftWriter::Int64(int field, std::int64_t value) {
  Head(field, ThriftType::kInt64);
  AppendVarint(ZigZag(value), out_);
}

void ThriftWriter::Binary(int field, std::string_view bytes) {
  Head(field, ThriftType::kBinary);
  BinaryElement(bytes);
}

void ThriftWriter::BeginStruct(int field) {
  Head(field, ThriftType::kStruct);
  Begin();
}

void ThriftWriter::RawStruct(int field, std::string_view bytes) {
  Head(field, ThriftType::kStruct);
  out_ += bytes;
}

void ThriftWriter::Empty(int field) {
  BeginStruct(field);
  End();
}

void ThriftWriter::BeginList(int field, ThriftType element, std::size_t count) {
  Head(field, ThriftType::kList);
  const auto type = static_cast<unsigned>(element);
  if (count <= kShortListMax) {
    out_.push_back(Octet(static_cast<unsigned>(count) << 4 | type));
    return;
  }
  out_.push_back(Octet(0xF0U | type));
  AppendVarint(count, out_);
}

void ThriftWriter::BoolElement(bool value) {
  out_.push_back(static_cast<char>(value ? ThriftType::kTrue : ThriftType::kFalse));
}

void ThriftWriter::IntElement(std::int64_t value) { AppendVarint(ZigZag(value), out_); }

void ThriftWriter::BinaryElement(std::string_view bytes) {
  AppendVarint(bytes.size(), out_);
  out_ += bytes;
}

}  // namespace coffer::format
