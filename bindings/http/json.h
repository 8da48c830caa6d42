// The JSON of request and response bodies.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace coffer::http {

// Members stay in the order in which they are set.
using Json = nlohmann::ordered_json;

// What a client sent. Sorted by name: looking a member up in the ordered form takes time in the number of members, and adding
// one looks it up.
using GivenJson = nlohmann::json;

// Text that is not UTF-8 gets replacement characters rather than no answer.
inline std::string ToText(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace coffer::http
