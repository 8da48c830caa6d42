// ThriftReader: reads structs in thrift's compact protocol from untrusted bytes.
// Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "format/parquet/thrift_writer.h"

namespace coffer::format {

// The maximum nesting of structs and lists; deeper is malformed.
inline constexpr std::size_t kThriftDepthMax = 32;

struct ThriftField {
  int id = 0;
  ThriftType type = ThriftType::kStop;
};

// Reads a struct field by field: call Begin, then Next until it returns false; after each Next, read the field's value or call
// Skip. After malformed bytes every read returns false, 0 or an empty text, so one check of ok() at the end is enough. Uses
// memory only for the nesting depth.
class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  // The bytes after everything read so far.
  std::string_view rest() const { return rest_; }

  // Begins the outermost struct, a field that is a struct, or an element that is a struct.
  void Begin();
  // Returns false at the end of the struct and closes it.
  bool Next(ThriftField& field);

  // Each returns the field's value; a field of another type is malformed.
  bool Bool(const ThriftField& field);
  std::int64_t Int(const ThriftField& field);
  std::string_view Binary(const ThriftField& field);
  // Returns the number of elements that follow. An element takes at least one byte, so there are not more than bytes left.
  std::size_t List(const ThriftField& field, ThriftType& element);
  // Skips a value of any type.
  void Skip(ThriftType type);

  // Each returns the next element of a list of this type.
  std::int64_t IntElement(ThriftType element);
  std::string_view BinaryElement(ThriftType element);

  // Reads an unsigned number in the encoding of lengths.
  std::uint64_t Varint();

 private:
  unsigned Octet();
  std::string_view Bytes(std::uint64_t count);
  std::size_t ListHead(ThriftType& element);
  std::int64_t ZigZagVarint();
  void SkipAt(ThriftType type, std::size_t depth);
  void SkipMap(std::size_t depth);
  bool Fail();

  std::string_view rest_;
  std::vector<int> last_fields_;  // of the open structs, innermost last
  bool ok_ = true;
};

}  // namespace coffer::format
