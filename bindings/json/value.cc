#include "json/value.h"

namespace coffer::json {

std::string ToText(const Value& value) { return value.dump(-1, ' ', /*ensure_ascii=*/false, Value::error_handler_t::replace); }

Value OrNull(const std::string& text) { return text.empty() ? Value(nullptr) : Value(text); }

Value OrNull(const std::optional<Timestamp>& time) { return time ? Value(FormatTimestamp(*time)) : Value(nullptr); }

}  // namespace coffer::json
