// Operations of the journal as JSON.
#pragma once

#include <string_view>

#include "coffer/json.h"
#include "coffer/operation.h"
#include "json/value.h"

namespace coffer::json {

// A text of the journal as JSON; null if it is empty.
Value Parsed(const coffer::Json& text);
// A member of a request or result; null if `object` is not an object or lacks the member.
Value MemberOf(const Value& object, std::string_view name);
// The sum of conversations, messages, documents and prompts in a result.
std::uint64_t SumOfRecords(const Value& result);
// 0..100; 100 only when completed.
int PercentOf(const OperationInfo& operation);

}  // namespace coffer::json
