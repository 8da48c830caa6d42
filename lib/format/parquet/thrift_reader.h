// ThriftReader: structs in thrift's compact protocol, from bytes that nobody vouches for.
// Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "format/parquet/thrift_writer.h"

namespace coffer::format {

// Structs and lists within each other; more is a fault.
inline constexpr std::size_t kThriftDepthMax = 32;

struct ThriftField {
  int id = 0;
  ThriftType type = ThriftType::kStop;
};

// Goes through fields one by one: Begin, then Next until it answers false, and of each field its value, or Skip. Once something is
// malformed every further read answers nothing and false, so one look at ok() suffices. Takes no memory but its depth.
class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  // What is behind all that was read.
  std::string_view rest() const { return rest_; }

  // Of the outermost struct, of a field that is a struct, or of an element.
  void Begin();
  // False at the struct's end, which then is closed.
  bool Next(ThriftField& field);

  // The value of a field of this type; another type is malformed.
  bool Bool(const ThriftField& field);
  std::int64_t Int(const ThriftField& field);
  std::string_view Binary(const ThriftField& field);
  // How many elements follow. Each takes a byte at least, so there are no more than bytes.
  std::size_t List(const ThriftField& field, ThriftType& element);
  // Whatever it is.
  void Skip(ThriftType type);

  // Of a list of this type.
  std::int64_t IntElement(ThriftType element);
  std::string_view BinaryElement(ThriftType element);

  // An unsigned number in the form that all lengths have.
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
  std::vector<int> last_fields_;  // of the structs that are open
  bool ok_ = true;
};

}  // namespace coffer::format
