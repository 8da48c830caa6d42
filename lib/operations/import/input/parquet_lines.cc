#include "operations/import/input/parquet_lines.h"

#include <bit>
#include <cmath>
#include <limits>

#include "coffer/limits.h"
#include "format/json/plain_number.h"
#include "format/records/timestamp_text.h"
#include "operations/import/input/csv_lines.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using format::ParquetMeaning;
using format::ValueType;
using Use = ParquetTableColumn::Use;

// Up to here, doubles represent every integer.
constexpr double kWholeDoubleMax = 9007199254740992.0;

std::int64_t SignedOf(const format::ParquetLeaf& leaf, std::string_view value) {
  if (leaf.physical == format::ParquetPhysical::kInt32) {
    return static_cast<std::int32_t>(format::FieldReader(value).Number<std::uint32_t>());
  }
  return static_cast<std::int64_t>(format::FieldReader(value).Number<std::uint64_t>());
}

double RealOf(const format::ParquetLeaf& leaf, std::string_view value) {
  if (leaf.physical == format::ParquetPhysical::kFloat) {
    return std::bit_cast<float>(format::FieldReader(value).Number<std::uint32_t>());
  }
  return std::bit_cast<double>(format::FieldReader(value).Number<std::uint64_t>());
}

bool IsTime(ParquetMeaning meaning) {
  return meaning == ParquetMeaning::kMillisecondsUtc || meaning == ParquetMeaning::kMicrosecondsUtc ||
         meaning == ParquetMeaning::kNanosecondsUtc;
}

bool IsNumber(const format::MemberInfo* member) {
  return member != nullptr && (member->type == ValueType::kNumber || member->type == ValueType::kWhole);
}

// Nothing: finer than a microsecond, or a year outside 1 to 9999.
std::optional<Timestamp> TimeOf(const format::ParquetLeaf& leaf, std::int64_t units) {
  constexpr std::int64_t kThousand = 1000;
  std::int64_t microseconds = units;
  if (leaf.meaning == ParquetMeaning::kNanosecondsUtc) {
    if (units % kThousand != 0) return std::nullopt;
    microseconds = units / kThousand;
  } else if (leaf.meaning == ParquetMeaning::kMillisecondsUtc) {
    if (std::abs(units / 2) >= std::numeric_limits<std::int64_t>::max() / kThousand / 2) return std::nullopt;
    microseconds = units * kThousand;
  }
  const Timestamp time{microseconds};
  return format::HasText(time) ? std::optional(time) : std::nullopt;
}

}  // namespace

Result<std::optional<TextLine>> ParquetLines::Next() {
  COFFER_ASSIGN_CONTEXT(bool more, file_.NextRow(), name_);
  if (!more) return std::optional<TextLine>();
  TextLine line;
  line.number = file_.row();
  refusal_.clear();
  if (AppendRow()) line.text = json_;
  line.refusal = refusal_;
  return std::optional(line);
}

bool ParquetLines::Refuse(std::string_view column, std::string_view why) {
  refusal_.assign(column).append(": ").append(why);
  return false;
}

bool ParquetLines::AppendRow() {
  json_ = "{\"type\":\"" + std::string(KindName(table_.kind)) + "\"";
  if (!ReadDigits()) return false;
  for (std::size_t column = 0; column < table_.columns.size(); ++column) {
    const bool appended = table_.columns[column].use == Use::kMember           ? AppendMember(column)
                          : table_.columns[column].use == Use::kUnknownMembers ? AppendUnknownMembers(column)
                          : table_.columns[column].use == Use::kUnknownMember  ? AppendUnknownMember(column)
                                                                               : true;
    if (!appended) return false;
    if (json_.size() > kImportRowBytesMax) return Refuse("row", "longer than " + std::to_string(kImportRowBytesMax) + " bytes");
  }
  // Numbers without a column.
  for (const auto& [name, digits] : digits_) json_.append(",\"").append(name).append("\":").append(digits);
  json_ += messages_follow_ ? ",\"messages\":[]}" : "}";
  return true;
}

bool ParquetLines::ReadDigits() {
  digits_.clear();
  for (std::size_t column = 0; column < table_.columns.size(); ++column) {
    if (table_.columns[column].use != Use::kDigits || file_.column(column).is_null()) continue;
    const std::string& column_name = file_.leaves()[column].name;
    CanonicalReader::Scope scope;
    std::string_view name;
    std::string_view digits;
    if (!reader_.Start(file_.column(column).value())) return Refuse(column_name, "not valid JSON: " + reader_.fault());
    if (reader_.Peek() != '{') return Refuse(column_name, "not an object");
    if (!reader_.OpenObject(scope)) return Refuse(column_name, "not valid JSON: " + reader_.fault());
    while (reader_.NextMember(scope, name)) {
      const std::optional<std::size_t> member = format::FindMember(table_.kind, name);
      if (!member || !IsNumber(&format::MembersOfKind(table_.kind)[*member]))
        return Refuse(column_name, "names a member that is not a number");
      std::string key(name);
      if (!reader_.ReadNumber(digits)) break;
      digits_[std::move(key)] = digits;
    }
    if (reader_.failed() || !reader_.Finish()) return Refuse(column_name, "not valid JSON: " + reader_.fault());
  }
  return true;
}

bool ParquetLines::AppendMember(std::size_t column) {
  const format::ParquetLeaf& leaf = file_.leaves()[column];
  const format::MemberInfo& member = table_.columns[column].member;
  if (const auto digits = digits_.find(leaf.name); digits != digits_.end()) {
    json_.append(",\"").append(member.name).append("\":").append(digits->second);
    digits_.erase(digits);
    return true;
  }
  if (file_.column(column).is_null()) return true;
  json_.append(",\"").append(member.name).append("\":");
  return leaf.is_list ? AppendList(column) : AppendValue(leaf, &member, file_.column(column).value());
}

bool ParquetLines::AppendUnknownMember(std::size_t column) {
  const format::ParquetLeaf& leaf = file_.leaves()[column];
  if (file_.column(column).is_null()) return true;
  json_ += ',';
  if (!format::AppendCheckedJsonString(leaf.name, json_)) return Refuse("column", "name: invalid UTF-8");
  json_ += ':';
  return leaf.is_list ? AppendList(column) : AppendValue(leaf, nullptr, file_.column(column).value());
}

// The members of the object become members of the record.
bool ParquetLines::AppendUnknownMembers(std::size_t column) {
  if (file_.column(column).is_null()) return true;
  const std::size_t begin = json_.size();
  if (!AppendJson(file_.leaves()[column], file_.column(column).value())) return false;
  if (json_[begin] != '{') return Refuse(file_.leaves()[column].name, "not an object");
  json_[begin] = ',';
  json_.pop_back();
  if (json_.size() == begin + 1) json_.pop_back();
  return true;
}

bool ParquetLines::AppendList(std::size_t column) {
  const format::ParquetLeaf& leaf = file_.leaves()[column];
  json_ += '[';
  for (std::size_t place = 0; place < file_.column(column).items(); ++place) {
    if (place > 0) json_ += ',';
    const std::optional<std::string_view> item = file_.column(column).item(place);
    if (!item) {
      json_ += "null";
    } else if (!AppendValue(leaf, nullptr, *item)) {
      return false;
    }
  }
  json_ += ']';
  return true;
}

bool ParquetLines::AppendValue(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value) {
  if (IsTime(leaf.meaning)) return AppendTime(leaf, value);
  switch (leaf.meaning) {
    case ParquetMeaning::kBoolean:
      json_ += value.front() != '\0' ? "true" : "false";
      return true;
    case ParquetMeaning::kSigned:
    case ParquetMeaning::kUnsigned:
      return AppendInteger(leaf, member, value);
    case ParquetMeaning::kReal:
      return AppendReal(leaf, member, value);
    default:
      return AppendText(leaf, member, value);
  }
}

bool ParquetLines::AppendInteger(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value) {
  if (member != nullptr && member->type == ValueType::kTime) return Refuse(leaf.name, "an integer is not a time");
  const std::int64_t number = SignedOf(leaf, value);
  if (leaf.meaning == ParquetMeaning::kSigned) {
    json_ += std::to_string(number);
  } else if (leaf.physical == format::ParquetPhysical::kInt32) {
    json_ += std::to_string(static_cast<std::uint32_t>(number));
  } else {
    json_ += std::to_string(static_cast<std::uint64_t>(number));
  }
  return true;
}

// Some writers store nullable integers as doubles.
bool ParquetLines::AppendReal(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value) {
  const double number = RealOf(leaf, value);
  if (!std::isfinite(number)) return Refuse(leaf.name, "infinity and NaN are not JSON numbers");
  const bool is_whole = IsNumber(member) && (member->whole || member->type == ValueType::kWhole);
  if (is_whole && std::trunc(number) == number && std::fabs(number) <= kWholeDoubleMax) {
    json_ += std::to_string(static_cast<std::int64_t>(number));
  } else {
    format::AppendPlainDouble(number, json_);
  }
  return true;
}

bool ParquetLines::AppendTime(const format::ParquetLeaf& leaf, std::string_view value) {
  const std::optional<Timestamp> time = TimeOf(leaf, SignedOf(leaf, value));
  if (!time) return Refuse(leaf.name, "a time outside the years 1 to 9999 or finer than a microsecond");
  json_ += '"';
  format::AppendTimestamp(*time, json_);
  json_ += '"';
  return true;
}

bool ParquetLines::AppendText(const format::ParquetLeaf& leaf, const format::MemberInfo* member, std::string_view value) {
  const bool holds_json = member != nullptr && (member->type == ValueType::kJson || member->type == ValueType::kTextList);
  if (holds_json || (member == nullptr && leaf.meaning == ParquetMeaning::kJson)) return AppendJson(leaf, value);
  if (IsNumber(member) && format::IsJsonNumber(value)) return json_ += value, true;
  return format::AppendCheckedJsonString(value, json_) || Refuse(leaf.name, "invalid UTF-8");
}

bool ParquetLines::AppendJson(const format::ParquetLeaf& leaf, std::string_view text) {
  if (reader_.Start(text) && reader_.AppendValue(json_) && reader_.Finish()) return true;
  return Refuse(leaf.name, "not valid JSON: " + reader_.fault());
}

}  // namespace coffer::operations
