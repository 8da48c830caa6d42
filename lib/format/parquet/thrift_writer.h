// ThriftWriter: writes structs in thrift's compact protocol, the encoding of Parquet's metadata.
// Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::format {

enum class ThriftType : std::uint8_t {
  kStop = 0,
  kTrue = 1,
  kFalse = 2,
  kByte = 3,
  kInt16 = 4,
  kInt32 = 5,
  kInt64 = 6,
  kDouble = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kMap = 11,
  kStruct = 12,
};

void AppendVarint(std::uint64_t value, std::string& out);

// Write the fields of a struct in ascending order of their ids. Begin starts the outermost struct and structs in lists.
class ThriftWriter {
 public:
  explicit ThriftWriter(std::string& out) : out_(out) {}

  void Begin() { last_fields_.push_back(0); }
  void End();

  void Bool(int field, bool value);
  void Byte(int field, std::int8_t value);
  void Int(int field, std::int32_t value);
  void Int64(int field, std::int64_t value);
  void Binary(int field, std::string_view bytes);
  void BeginStruct(int field);
  // Appends a complete struct that is already encoded.
  void RawStruct(int field, std::string_view bytes);
  // Writes a struct without fields.
  void Empty(int field);
  void BeginList(int field, ThriftType element, std::size_t count);

  // Elements of a list; write as many as BeginList announced.
  void BoolElement(bool value);
  void IntElement(std::int64_t value);
  void BinaryElement(std::string_view bytes);
  // Appends complete structs that are already encoded.
  void RawElements(std::string_view bytes) { out_ += bytes; }

 private:
  void Head(int field, ThriftType type);

  std::string& out_;
  std::vector<int> last_fields_;  // of the open structs, innermost last
};

}  // namespace coffer::format
