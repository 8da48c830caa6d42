// Whole numbers from JSON that somebody else may have written: nlohmann's own conversion wraps negative and large ones.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>

namespace coffer::operations {

// Throws nlohmann::json::exception where there is no such member, or it is no whole number that an `Unsigned` holds.
template <typename Unsigned>
Unsigned UnsignedAt(const nlohmann::json& json, const char* name) {
  const nlohmann::json& member = json.at(name);
  if (!member.is_number_unsigned() || member.get<std::uint64_t>() > std::numeric_limits<Unsigned>::max()) {
    throw nlohmann::json::other_error::create(501, std::string(name) + ": is no whole number in its range", &json);
  }
  return member.get<Unsigned>();
}

}  // namespace coffer::operations
