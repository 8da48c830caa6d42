// JSON that Coffer keeps for itself: in the journal, in manifests and in the ledger.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace coffer::operations {

// Names of files and principals need not be UTF-8, stored JSON must be: bad bytes become U+FFFD.
inline std::string ToText(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace);
}

// A whole number from JSON that somebody else may have written: nlohmann's own conversion wraps negative and large ones.
// Throws nlohmann::json::exception if there is no such member or it does not fit an `Unsigned`.
template <typename Unsigned>
Unsigned UnsignedAt(const nlohmann::json& json, const char* name) {
  const nlohmann::json& member = json.at(name);
  if (!member.is_number_unsigned() || member.get<std::uint64_t>() > std::numeric_limits<Unsigned>::max()) {
    throw nlohmann::json::other_error::create(501, std::string(name) + ": not a whole number in its range", &json);
  }
  return member.get<Unsigned>();
}

}  // namespace coffer::operations
