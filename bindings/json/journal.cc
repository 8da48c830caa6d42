#include "json/journal.h"

#include <algorithm>

namespace coffer::json {

Value Parsed(const coffer::Json& text) { return Value::parse(text.text(), nullptr, /*allow_exceptions=*/false); }

Value MemberOf(const Value& object, std::string_view name) {
  return object.is_object() && object.contains(name) ? object[name] : Value(nullptr);
}

std::uint64_t SumOfRecords(const Value& result) {
  std::uint64_t sum = 0;
  for (const char* kind : {"conversations", "messages", "documents", "prompts"}) {
    const Value count = MemberOf(result, kind);
    if (count.is_number_unsigned()) sum += count.get<std::uint64_t>();
  }
  return sum;
}

int PercentOf(const OperationInfo& operation) {
  constexpr int kAll = 100;
  constexpr int kNearlyAll = 99;
  return operation.state == OperationState::kCompleted ? kAll : std::min(operation.progress.Percent(), kNearlyAll);
}

}  // namespace coffer::json
