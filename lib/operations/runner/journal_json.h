// JSON that Coffer stores for itself: in the journal, in manifests and in the ledger.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace coffer::operations {

// File names and principals may be invalid UTF-8, which JSON does not allow: invalid bytes become U+FFFD.
inline std::string ToText(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace);
}

// Reads a whole number from untrusted JSON; nlohmann's own conversion wraps negative and large numbers.
// Throws nlohmann::json::exception if the member is missing or out of range.
template <typename Unsigned>
Unsigned UnsignedAt(const nlohmann::json& json, const char* name) {
  const nlohmann::json& member = json.at(name);
  if (!member.is_number_unsigned() || member.get<std::uint64_t>() > std::numeric_limits<Unsigned>::max()) {
    throw nlohmann::json::other_error::create(501, std::string(name) + ": not a whole number in range", &json);
  }
  return member.get<Unsigned>();
}

}  // namespace coffer::operations
