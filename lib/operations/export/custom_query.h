// CustomQuery: selects rows of one kind, their fields and their order. Works on canonical text, not on stores.
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
  std::size_t member = 0;  // index into MembersOfKind; its size stands for the unknown members
  format::ValueType type = format::ValueType::kText;
  QueryOperator op = QueryOperator::kEq;
  // Unescaped text for text, time and list; digits for numbers; else canonical JSON. kExists: "true" or "false".
  std::vector<std::string> values;
};

// Holds if every condition of `all` holds and, in each list of `any`, at least one clause.
struct QueryClause {
  std::vector<QueryCondition> all;
  std::vector<std::vector<QueryClause>> any;
};

struct QueryOrder {
  std::size_t member = 0;
  format::ValueType type = format::ValueType::kText;
  bool descending = false;
};

// Immutable after Parse: safe to share between threads.
class CustomQuery {
 public:
  // kInvalidArgument: malformed; the message names the clause ("where.title.gt: …").
  static Result<CustomQuery> Parse(std::string_view json);

  Kind entity() const { return entity_; }
  // Indexes of members, as in QueryCondition.
  const std::vector<std::size_t>& fields() const { return fields_; }
  const std::vector<QueryOrder>& order() const { return order_; }
  std::optional<std::uint64_t> limit() const { return limit_; }

  bool Holds(const format::RecordMembers& record) const { return Holds(where_, record); }
  // Removes extra_metadata and the unknown members from the fields.
  void LeaveOutMetadata();
  // Copies conditions into the filter that let a walk read fewer records. Holds must still be checked.
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

// Compares canonical values of one type: negative, 0 or positive. An absent value (an empty view) sorts first.
int CompareValues(format::ValueType type, std::string_view a, std::string_view b);

}  // namespace coffer::operations
