// Value: the JSON that the edges speak.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "coffer/timestamp.h"

namespace coffer::json {

// Members stay in the order in which they are set.
using Value = nlohmann::ordered_json;

// One line. Text that is not UTF-8 (a path may be) gets replacement characters rather than no answer.
std::string ToText(const Value& value);

// Null where it is empty, or there is none.
Value OrNull(const std::string& text);
Value OrNull(const std::optional<Timestamp>& time);

}  // namespace coffer::json
