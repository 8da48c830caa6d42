// Value: the JSON of the command line, the HTTP adapter and the C interface.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "coffer/timestamp.h"

namespace coffer::json {

// Members keep the order in which they are set.
using Value = nlohmann::ordered_json;

// One line. Bytes that are not UTF-8, as in a path, become replacement characters.
std::string ToText(const Value& value);

// Null if empty.
Value OrNull(const std::string& text);
Value OrNull(const std::optional<Timestamp>& time);

}  // namespace coffer::json
