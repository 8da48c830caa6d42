// CustomQuery: which rows of one kind, with which fields, in which order. Knows canonical text, not stores.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/kind.h"
#include "coffer/result.h"
#include "format/records/member_list.h"
#include "operations/export/record_stream.h"

namespace coffer::operations {

enum class QueryOperator : std::uint8_t { kEq, kNe, kLt, kLte, kGt, kGte, kIn, kContains, kExists };

// One `field: {op: value}`.
struct QueryCondition {
  std::size_t member = 0;  // among MembersOfKind; behind them: the unknown members
  format::ValueType type = format::ValueType::kText;
  QueryOperator op = QueryOperator::kEq;
  // Of text, time and list the text itself, of numbers the digits, else canonical JSON; of kExists "true" or "false".
  std::vector<std::string> values;
};

// All of `all` hold, and of each of `any` one at least.
struct QueryClause {
  std::vector<QueryCondition> all;
  std::vector<std::vector<QueryClause>> any;
};

struct QueryOrder {
  std::size_t member = 0;
  format::ValueType type = format::ValueType::kText;
  bool descending = false;
};

// Read-only once parsed: safe to use from many threads.
class CustomQuery {
 public:
  // kInvalidArgument: what is wrong with which clause ("where.title.gt: …").
  static Result<CustomQuery> Parse(std::string_view json);

  Kind entity() const { return entity_; }
  // Members by place, as in QueryCondition.
  const std::vector<std::size_t>& fields() const { return fields_; }
  const std::vector<QueryOrder>& order() const { return order_; }
  std::optional<std::uint64_t> limit() const { return limit_; }

  bool Holds(const format::RecordMembers& record) const { return Holds(where_, record); }
  // Takes extra_metadata and the unknown members off the fields.
  void LeaveOutMetadata();
  // What of the conditions a walk can narrow itself by.
  void Narrow(RecordFilter& filter) const;

 private:
  friend class QueryReader;
  static bool Holds(const QueryClause& clause, const format::RecordMembers& record);

  Kind entity_ = Kind::kConversation;
  std::vector<std::size_t> fields_;
  QueryClause where_;
  std::vector<QueryOrder> order_;
  std::optional<std::uint64_t> limit_;
};

// Below, at or above 0; an absent value (an empty view) is below all others. Canonical values of one type.
int CompareValues(format::ValueType type, std::string_view a, std::string_view b);

}  // namespace coffer::operations
