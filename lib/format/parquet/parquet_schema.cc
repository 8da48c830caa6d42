#include "format/parquet/parquet_schema.h"

#include <optional>

namespace coffer::format {
namespace {

// One element of the list, which is a flattened tree with parents first.
struct Element {
  std::optional<std::int64_t> physical;
  std::optional<std::int64_t> repetition;
  std::string name;
  std::int64_t children = 0;
  std::optional<std::int64_t> converted;
  int logical = 0;  // the field of the union; 0: not set
  bool utc = false;
  int time_unit = 0;  // 1 to 3: milli-, micro-, nanoseconds
  bool is_signed = true;
};

// The values of ConvertedType that the reader knows.
enum Converted : std::int64_t {
  kConvertedUtf8 = 0,
  kConvertedMap = 1,
  kConvertedList = 3,
  kConvertedEnum = 4,
  kConvertedDecimal = 5,
  kConvertedTimestampMillis = 9,
  kConvertedTimestampMicros = 10,
  kConvertedUnsigned8 = 11,
  kConvertedUnsigned64 = 14,
  kConvertedJson = 19,
};
enum Logical : int {
  kLogicalString = 1,
  kLogicalEnum = 4,
  kLogicalTimestamp = 8,
  kLogicalInteger = 10,
  kLogicalUnknown = 11,
  kLogicalJson = 12,
};

void ReadTimeUnit(ThriftReader& thrift, Element& element) {
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    element.time_unit = field.id;
    thrift.Skip(field.type);
  }
}

void ReadTimestamp(ThriftReader& thrift, Element& element) {
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    if (field.id == 1) {
      element.utc = thrift.Bool(field);
    } else if (field.id == 2 && field.type == ThriftType::kStruct) {
      ReadTimeUnit(thrift, element);
    } else {
      thrift.Skip(field.type);
    }
  }
}

void ReadInteger(ThriftReader& thrift, Element& element) {
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    if (field.id == 2) {
      element.is_signed = thrift.Bool(field);
    } else {
      thrift.Skip(field.type);
    }
  }
}

void ReadLogical(ThriftReader& thrift, Element& element) {
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    element.logical = field.id;
    if (field.type == ThriftType::kStruct && field.id == kLogicalTimestamp) {
      ReadTimestamp(thrift, element);
    } else if (field.type == ThriftType::kStruct && field.id == kLogicalInteger) {
      ReadInteger(thrift, element);
    } else {
      thrift.Skip(field.type);
    }
  }
}

Element ReadElement(ThriftReader& thrift) {
  Element element;
  ThriftField field;
  thrift.Begin();
  while (thrift.Next(field)) {
    switch (field.id) {
      case 1:
        element.physical = thrift.Int(field);
        break;
      case 3:
        element.repetition = thrift.Int(field);
        break;
      case 4:
        element.name = thrift.Binary(field).substr(0, kParquetNameBytesMax + 1);
        break;
      case 5:
        element.children = thrift.Int(field);
        break;
      case 6:
        element.converted = thrift.Int(field);
        break;
      case 10:
        if (field.type == ThriftType::kStruct) {
          ReadLogical(thrift, element);
          break;
        }
        [[fallthrough]];
      default:
        thrift.Skip(field.type);
    }
  }
  return element;
}

std::optional<ParquetMeaning> TimeMeaning(const Element& element) {
  if (element.converted == kConvertedTimestampMillis) return ParquetMeaning::kMillisecondsUtc;
  if (element.logical == 0) return ParquetMeaning::kMicrosecondsUtc;
  switch (element.time_unit) {
    case 1:
      return ParquetMeaning::kMillisecondsUtc;
    case 2:
      return ParquetMeaning::kMicrosecondsUtc;
    case 3:
      return ParquetMeaning::kNanosecondsUtc;
    default:
      return std::nullopt;
  }
}

std::optional<ParquetMeaning> IntegerMeaning(const Element& element) {
  const bool is_time = element.logical == kLogicalTimestamp || element.converted == kConvertedTimestampMillis ||
                       element.converted == kConvertedTimestampMicros;
  if (is_time) return TimeMeaning(element);
  if (element.logical != 0 && element.logical != kLogicalInteger && element.logical != kLogicalUnknown) return std::nullopt;
  if (element.converted && element.logical == 0) {
    if (*element.converted < kConvertedUnsigned8) return std::nullopt;  // dates, times of day, decimals
    return *element.converted <= kConvertedUnsigned64 ? ParquetMeaning::kUnsigned : ParquetMeaning::kSigned;
  }
  return element.is_signed ? ParquetMeaning::kSigned : ParquetMeaning::kUnsigned;
}

std::optional<ParquetMeaning> BytesMeaning(const Element& element) {
  if (element.logical == kLogicalJson || element.converted == kConvertedJson) return ParquetMeaning::kJson;
  if (element.logical == kLogicalString || element.logical == kLogicalEnum || element.converted == kConvertedUtf8 ||
      element.converted == kConvertedEnum) {
    return ParquetMeaning::kText;
  }
  const bool plain = (element.logical == 0 || element.logical == kLogicalUnknown) && !element.converted;
  return plain ? std::optional(ParquetMeaning::kBytes) : std::nullopt;
}

// Nullopt if no member of a record has such a type.
std::optional<ParquetMeaning> MeaningOf(const Element& element) {
  switch (*element.physical) {
    case ParquetNumber(ParquetPhysical::kBoolean):
      return ParquetMeaning::kBoolean;
    case ParquetNumber(ParquetPhysical::kInt32):
    case ParquetNumber(ParquetPhysical::kInt64):
      return IntegerMeaning(element);
    case ParquetNumber(ParquetPhysical::kFloat):
    case ParquetNumber(ParquetPhysical::kDouble):
      return ParquetMeaning::kReal;
    case ParquetNumber(ParquetPhysical::kByteArray):
      return BytesMeaning(element);
    default:
      return std::nullopt;
  }
}

class SchemaReader {
 public:
  SchemaReader(ThriftReader& thrift, std::size_t elements, std::vector<ParquetLeaf>& leaves)
      : thrift_(thrift), left_(elements), leaves_(leaves) {}

  Status Read() {
    const Element root = Take();
    if (!thrift_.ok() || root.physical) return Malformed();
    for (std::int64_t child = 0; child < root.children; ++child) {
      if (leaves_.size() == kParquetColumnsMax) {
        return Status::InvalidArgument("schema: more than " + std::to_string(kParquetColumnsMax) + " columns");
      }
      ParquetLeaf& leaf = leaves_.emplace_back();
      if (Status status = ReadColumn(leaf); !status.ok())
        return leaf.name.empty() ? status : status.WithContext("column \"" + leaf.name + "\"");
    }
    return thrift_.ok() && left_ == 0 ? Status::Ok() : Malformed();
  }

 private:
  static Status Malformed() { return Status::Corruption("schema: malformed"); }
  static Status NotRead(std::string what) { return Status::InvalidArgument(std::move(what) + " are not supported"); }

  // Returns the next element. After the last one it returns an empty element, which is invalid everywhere.
  Element Take() {
    if (left_ == 0) return {};
    --left_;
    return ReadElement(thrift_);
  }

  Status ReadColumn(ParquetLeaf& leaf) {
    const Element element = Take();
    leaf.name = element.name;
    if (!thrift_.ok() || element.name.empty() || !element.repetition) return Malformed();
    if (element.name.size() > kParquetNameBytesMax) {
      leaf.name.resize(64);
      return Status::InvalidArgument("the name has more than " + std::to_string(kParquetNameBytesMax) + " bytes");
    }
    if (*element.repetition == ParquetNumber(ParquetRepetition::kOptional)) ++leaf.definition_max;
    if (*element.repetition == ParquetNumber(ParquetRepetition::kRepeated)) return ReadItems(element, leaf);
    if (element.physical) return ReadValue(element, leaf);
    if (element.children != 1 || element.converted == kConvertedMap) return NotRead("groups other than lists of values");
    leaf.defined_from = leaf.definition_max;
    const Element repeated = Take();
    if (repeated.repetition != ParquetNumber(ParquetRepetition::kRepeated)) return NotRead("groups other than lists of values");
    return ReadItems(repeated, leaf);
  }

  // `repeated` contains the item, as the specification requires, or is the item itself, as in files of old writers.
  Status ReadItems(const Element& repeated, ParquetLeaf& leaf) {
    leaf.is_list = true;
    leaf.repetition_max = 1;
    leaf.item_from = ++leaf.definition_max;
    if (repeated.physical) return ReadValue(repeated, leaf);
    if (repeated.children != 1) return NotRead("lists of groups");
    const Element item = Take();
    if (!item.physical || !item.repetition || *item.repetition == ParquetNumber(ParquetRepetition::kRepeated)) {
      return NotRead("lists of groups or of lists");
    }
    if (*item.repetition == ParquetNumber(ParquetRepetition::kOptional)) ++leaf.definition_max;
    return ReadValue(item, leaf);
  }

  static Status ReadValue(const Element& element, ParquetLeaf& leaf) {
    if (element.children != 0) return Malformed();
    const std::optional<ParquetMeaning> meaning = MeaningOf(element);
    if (!meaning) return NotRead("values of this type");
    leaf.physical = static_cast<ParquetPhysical>(*element.physical);
    leaf.meaning = *meaning;
    return Status::Ok();
  }

  ThriftReader& thrift_;
  std::size_t left_;
  std::vector<ParquetLeaf>& leaves_;
};

}  // namespace

Status ReadParquetSchema(ThriftReader& thrift, const ThriftField& field, std::vector<ParquetLeaf>& leaves) {
  ThriftType element = ThriftType::kStop;
  const std::size_t elements = thrift.List(field, element);
  if (!thrift.ok() || element != ThriftType::kStruct || elements == 0) return Status::Corruption("schema: malformed");
  return SchemaReader(thrift, elements, leaves).Read();
}

}  // namespace coffer::format
