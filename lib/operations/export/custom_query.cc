#include "operations/export/custom_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "coffer/export.h"
#include "coffer/json.h"
#include "format/json/decimal.h"
#include "format/json/json_text.h"
#include "format/records/record_codec.h"
#include "operations/export/table_writer.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using format::ValueType;

constexpr std::array<std::pair<std::string_view, QueryOperator>, 9> kOperators = {{{"eq", QueryOperator::kEq},
                                                                                   {"ne", QueryOperator::kNe},
                                                                                   {"lt", QueryOperator::kLt},
                                                                                   {"lte", QueryOperator::kLte},
                                                                                   {"gt", QueryOperator::kGt},
                                                                                   {"gte", QueryOperator::kGte},
                                                                                   {"in", QueryOperator::kIn},
                                                                                   {"contains", QueryOperator::kContains},
                                                                                   {"exists", QueryOperator::kExists}}};

std::string TextOf(std::string_view literal) {
  std::string text;
  format::AppendUnescaped(literal, text);
  return text;
}

bool IsText(ValueType type) { return type == ValueType::kText || type == ValueType::kTime; }
bool IsNumber(ValueType type) { return type == ValueType::kNumber || type == ValueType::kWhole; }
bool HasOrder(ValueType type) { return IsText(type) || IsNumber(type); }

// The text of a canonical value to compare: strings unescaped, others unchanged.
std::string_view Comparable(std::string_view canonical, std::string& scratch) {
  if (!canonical.starts_with('"')) return canonical;
  const std::string_view inner = canonical.substr(1, canonical.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner;
  scratch.clear();
  format::AppendUnescaped(canonical, scratch);
  return scratch;
}

int CompareComparable(ValueType type, std::string_view a, std::string_view b) {
  if (IsNumber(type)) return format::Decimal(a).Compare(format::Decimal(b));
  return a.compare(b);
}

bool ListHolds(std::string_view list, std::string_view wanted) {
  std::string_view items = list.substr(1, list.size() - 2);
  std::string scratch;
  while (!items.empty()) {
    const std::size_t end = format::CanonicalValueEnd(items, 0);
    if (Comparable(items.substr(0, end), scratch) == wanted) return true;
    items.remove_prefix(std::min(end + 1, items.size()));
  }
  return false;
}

bool ConditionHolds(const QueryCondition& condition, const format::RecordMembers& record) {
  const bool of_unknown = condition.member == record.values().size();
  const std::string_view canonical = of_unknown ? record.unknown() : record.value(condition.member);
  if (condition.op == QueryOperator::kExists) return canonical.empty() == (condition.values.front() == "false");
  if (canonical.empty()) return condition.op == QueryOperator::kNe;
  const std::string_view wanted = condition.values.empty() ? std::string_view() : condition.values.front();
  if (condition.op == QueryOperator::kContains && condition.type == ValueType::kTextList) return ListHolds(canonical, wanted);
  std::string scratch;
  const std::string_view value = Comparable(canonical, scratch);
  const auto compare = [&](std::string_view with) { return CompareComparable(condition.type, value, with); };
  switch (condition.op) {
    case QueryOperator::kEq:
      return compare(wanted) == 0;
    case QueryOperator::kNe:
      return compare(wanted) != 0;
    case QueryOperator::kLt:
      return compare(wanted) < 0;
    case QueryOperator::kLte:
      return compare(wanted) <= 0;
    case QueryOperator::kGt:
      return compare(wanted) > 0;
    case QueryOperator::kGte:
      return compare(wanted) >= 0;
    case QueryOperator::kIn:
      return std::ranges::any_of(condition.values, [&](const std::string& with) { return compare(with) == 0; });
    case QueryOperator::kContains:
      return value.find(wanted) != std::string_view::npos;
    case QueryOperator::kExists:
      break;
  }
  return false;
}

}  // namespace

// Reads the canonical text of a query. Every failure names the clause.
class QueryReader {
 public:
  Status Read(std::string_view object, CustomQuery& query) {
    COFFER_TRY(ReadEntity(object, query));
    std::string_view members = object.substr(1, object.size() - 2);
    std::string_view name;
    std::string_view value;
    while (format::TakeCanonicalMember(members, name, value)) {
      COFFER_TRY(ReadPart(TextOf(name), value, query));
    }
    if (query.fields_.empty()) {
      for (std::size_t i = 0; i <= format::MembersOfKind(kind_).size(); ++i) query.fields_.push_back(i);
    }
    return Status::Ok();
  }

 private:
  static std::string Below(std::string clause, std::string_view name) { return clause.append(".").append(name); }

  static Status Fault(const std::string& clause, const std::string& why) {
    return Status::InvalidArgument("custom_query: " + clause + ": " + why);
  }

  Status ReadEntity(std::string_view object, CustomQuery& query) {
    std::string_view members = object.substr(1, object.size() - 2);
    std::string_view name;
    std::string_view value;
    while (format::TakeCanonicalMember(members, name, value)) {
      if (name != "\"entity\"") continue;
      const std::string word = value.starts_with('"') ? TextOf(value) : std::string();
      for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
        if (word != KindNamePlural(kind)) continue;
        query.entity_ = kind_ = kind;
        return Status::Ok();
      }
      return Fault("entity", "expected conversations, messages, documents or prompts");
    }
    return Fault("entity", "missing");
  }

  Status ReadPart(const std::string& name, std::string_view value, CustomQuery& query) {
    if (name == "entity") return Status::Ok();
    if (name == "fields") return ReadFields(value, query);
    if (name == "where") return ReadClause("where", value, query.where_);
    if (name == "order_by") return ReadOrder(value, query);
    if (name == "limit") return ReadLimit(value, query);
    return Fault(name, "not a part of a query: expected entity, fields, where, order_by or limit");
  }

  // Calls `take` with the name of each item ("fields[0]") and the item.
  template <typename Take>
  Status ForEachItem(const std::string& clause, std::string_view array, const Take& take) {
    if (!array.starts_with('[')) return Fault(clause, "not an array");
    std::string_view items = array.substr(1, array.size() - 2);
    for (std::size_t i = 0; !items.empty(); ++i) {
      const std::size_t end = format::CanonicalValueEnd(items, 0);
      if (++clauses_ > kCustomQueryClausesMax) return Fault(clause, "more than " + std::to_string(kCustomQueryClausesMax));
      COFFER_TRY(take(clause + "[" + std::to_string(i) + "]", items.substr(0, end)));
      items.remove_prefix(std::min(end + 1, items.size()));
    }
    return Status::Ok();
  }

  // Finds the index and type of a member, or of the unknown members.
  Status FindField(const std::string& clause, std::string_view name, std::size_t& member, ValueType& type) {
    if (name == kUnknownColumn) {
      member = format::MembersOfKind(kind_).size();
      type = ValueType::kJson;
      return Status::Ok();
    }
    const std::optional<std::size_t> found = format::FindMember(kind_, name);
    if (!found) return Fault(clause, std::string(KindNamePlural(kind_)) + " have no member \"" + std::string(name) + "\"");
    member = *found;
    type = format::MembersOfKind(kind_)[*found].type;
    return Status::Ok();
  }

  Status ReadFields(std::string_view value, CustomQuery& query) {
    Status status = ForEachItem("fields", value, [&](const std::string& clause, std::string_view item) {
      if (!item.starts_with('"')) return Fault(clause, "not a string");
      std::size_t member = 0;
      ValueType unused = ValueType::kText;
      COFFER_TRY(FindField(clause, TextOf(item), member, unused));
      if (std::ranges::find(query.fields_, member) != query.fields_.end()) return Fault(clause, "given twice");
      query.fields_.push_back(member);
      return Status::Ok();
    });
    return status.ok() && query.fields_.empty() ? Fault("fields", "empty") : status;
  }

  Status ReadOrder(std::string_view value, CustomQuery& query) {
    return ForEachItem("order_by", value, [&](const std::string& clause, std::string_view item) {
      if (!item.starts_with('"')) return Fault(clause, "not a string");
      std::string name = TextOf(item);
      QueryOrder order;
      order.descending = name.starts_with('-');
      if (order.descending) name.erase(0, 1);
      COFFER_TRY(FindField(clause, name, order.member, order.type));
      if (!HasOrder(order.type) && order.type != ValueType::kBoolean) return Fault(clause, name + " has no order");
      query.order_.push_back(order);
      return Status::Ok();
    });
  }

  static Status ReadLimit(std::string_view value, CustomQuery& query) {
    std::uint64_t limit = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), limit);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size())
      return Fault("limit", "not a whole number of 0 or more");
    query.limit_ = limit;
    return Status::Ok();
  }

  Status ReadClause(const std::string& clause, std::string_view value, QueryClause& out) {
    if (!value.starts_with('{')) return Fault(clause, "not an object");
    std::string_view members = value.substr(1, value.size() - 2);
    std::string_view name_literal;
    std::string_view conditions;
    while (format::TakeCanonicalMember(members, name_literal, conditions)) {
      const std::string name = TextOf(name_literal);
      const std::string place = Below(clause, name);
      COFFER_TRY(name == "or" ? ReadAlternatives(place, conditions, out) : ReadConditions(place, name, conditions, out));
    }
    return Status::Ok();
  }

  Status ReadAlternatives(const std::string& clause, std::string_view value, QueryClause& out) {
    std::vector<QueryClause> alternatives;
    Status status = ForEachItem(clause, value, [&](const std::string& place, std::string_view item) {
      return ReadClause(place, item, alternatives.emplace_back());
    });
    if (status.ok() && alternatives.empty()) return Fault(clause, "empty");
    out.any.push_back(std::move(alternatives));
    return status;
  }

  Status ReadConditions(const std::string& clause, const std::string& name, std::string_view value, QueryClause& out) {
    QueryCondition condition;
    COFFER_TRY(FindField(clause, name, condition.member, condition.type));
    if (!value.starts_with('{')) return Fault(clause, "not an object of {op: value}");
    std::string_view members = value.substr(1, value.size() - 2);
    std::string_view op_literal;
    std::string_view operand;
    if (members.empty()) return Fault(clause, "no op");
    while (format::TakeCanonicalMember(members, op_literal, operand)) {
      const std::string op = TextOf(op_literal);
      const auto known = std::ranges::find(kOperators, op, &std::pair<std::string_view, QueryOperator>::first);
      if (known == kOperators.end())
        return Fault(Below(clause, op), "not an op: expected eq, ne, lt, lte, gt, gte, in, contains or exists");
      condition.op = known->second;
      condition.values.clear();
      COFFER_TRY(ReadOperand(Below(clause, op), name, operand, condition));
      out.all.push_back(condition);
      if (++clauses_ > kCustomQueryClausesMax) return Fault(clause, "more than " + std::to_string(kCustomQueryClausesMax));
    }
    return Status::Ok();
  }

  Status ReadOperand(const std::string& clause, const std::string& name, std::string_view operand, QueryCondition& condition) {
    if (condition.op == QueryOperator::kExists) {
      if (operand != "true" && operand != "false") return Fault(clause, "not true or false");
      condition.values.emplace_back(operand);
      return Status::Ok();
    }
    if (name == kUnknownColumn) return Fault(clause, "unknown members support only exists");
    if (condition.op == QueryOperator::kContains) return ReadContained(clause, name, operand, condition);
    const bool ordering = condition.op >= QueryOperator::kLt && condition.op <= QueryOperator::kGte;
    if (ordering && !HasOrder(condition.type)) return Fault(clause, name + " has no order");
    if (condition.op != QueryOperator::kIn) return ReadValue(clause, operand, condition);
    return ForEachItem(clause, operand,
                       [&](const std::string& place, std::string_view item) { return ReadValue(place, item, condition); });
  }

  static Status ReadContained(const std::string& clause, const std::string& name, std::string_view operand,
                              QueryCondition& condition) {
    if (IsNumber(condition.type) || condition.type == ValueType::kBoolean)
      return Fault(clause, "contains does not apply to " + name);
    if (!operand.starts_with('"')) return Fault(clause, "not a string");
    condition.values.push_back(TextOf(operand));
    return Status::Ok();
  }

  static Status ReadValue(const std::string& clause, std::string_view value, QueryCondition& condition) {
    const char first = value.front();
    if (first == 'n') return Fault(clause, "not a value; to match absent members, use exists");
    switch (condition.type) {
      case ValueType::kTime: {
        const Result<Timestamp> time =
            first == '"' ? ParseTimestamp(TextOf(value)) : Result<Timestamp>(Status::InvalidArgument("not a string"));
        if (!time.ok()) return Fault(clause, std::string(time.status().message()));
        condition.values.push_back(FormatTimestamp(*time));
        return Status::Ok();
      }
      case ValueType::kText:
        if (first != '"') return Fault(clause, "not a string");
        condition.values.push_back(TextOf(value));
        return Status::Ok();
      case ValueType::kNumber:
      case ValueType::kWhole:
        if (!format::IsJsonNumber(value)) return Fault(clause, "not a number");
        break;
      case ValueType::kBoolean:
        if (first != 't' && first != 'f') return Fault(clause, "not true or false");
        break;
      case ValueType::kTextList:
      case ValueType::kJson:
        break;
    }
    condition.values.emplace_back(value);
    return Status::Ok();
  }

  Kind kind_ = Kind::kConversation;
  std::size_t clauses_ = 0;
};

Result<CustomQuery> CustomQuery::Parse(std::string_view json) {
  if (json.empty()) return Status::InvalidArgument("custom_query: missing");
  if (json.size() > kCustomQueryBytesMax) {
    return Status::InvalidArgument("custom_query: above " + std::to_string(kCustomQueryBytesMax) + " bytes");
  }
  COFFER_ASSIGN_CONTEXT(Json canonical, Json::Parse(json), "custom_query");
  if (!canonical.is_object()) return Status::InvalidArgument("custom_query: not an object");
  CustomQuery query;
  COFFER_TRY(QueryReader().Read(canonical.text(), query));
  return query;
}

bool CustomQuery::Holds(const QueryClause& clause, const format::RecordMembers& record) {
  return std::ranges::all_of(clause.all, [&](const QueryCondition& one) { return ConditionHolds(one, record); }) &&
         std::ranges::all_of(clause.any, [&](const std::vector<QueryClause>& alternatives) {
           return std::ranges::any_of(alternatives, [&](const QueryClause& one) { return Holds(one, record); });
         });
}

void CustomQuery::LeaveOutMetadata() {
  const std::span<const format::MemberInfo> members = format::MembersOfKind(entity_);
  std::erase_if(
      fields_, [&](std::size_t field) { return field == members.size() || members[field].name == format::kExtraMetadataName; });
}

void CustomQuery::Narrow(RecordFilter& filter) const {
  for (const QueryCondition& condition : where_.all) {
    if (condition.op != QueryOperator::kEq || condition.member >= format::MembersOfKind(entity_).size()) continue;
    const std::string_view name = format::MembersOfKind(entity_)[condition.member].name;
    const std::string& wanted = condition.values.front();
    if (!format::CheckId("id", wanted).ok()) continue;
    if ((name == "user_id" || name == "owner_id") && filter.owner.empty()) filter.owner = wanted;
    if (name == (entity_ == Kind::kMessage ? "conversation_id" : "id")) filter.id = wanted;
  }
}

int CompareValues(format::ValueType type, std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return static_cast<int>(b.empty()) - static_cast<int>(a.empty());
  std::string scratch_a;
  std::string scratch_b;
  return CompareComparable(type, Comparable(a, scratch_a), Comparable(b, scratch_b));
}

}  // namespace coffer::operations
