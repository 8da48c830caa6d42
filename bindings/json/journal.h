// What the journal tells of an operation, as JSON.
#pragma once

#include <string_view>

#include "coffer/json.h"
#include "coffer/operation.h"
#include "json/value.h"

namespace coffer::json {

// The journal's text as JSON; null where it is none.
Value Parsed(const coffer::Json& text);
// A member of a request or result; null where there is no such object, or no such member.
Value MemberOf(const Value& object, std::string_view name);
// Conversations + messages + documents + prompts of a result.
std::uint64_t SumOfRecords(const Value& result);
// 0..100, and 100 only once it has completed.
int PercentOf(const OperationInfo& operation);

}  // namespace coffer::json
