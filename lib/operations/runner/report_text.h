// Reports and requests as the text that the journal keeps.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace coffer::operations {

// Names of files and principals need not be UTF-8; the journal must be.
inline std::string ToText(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace coffer::operations
