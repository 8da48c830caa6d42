// Parses JSON into the trees of nlohmann/json.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace coffer::format {

// Json is nlohmann::json or nlohmann::ordered_json. Each file that instantiates nlohmann's parser takes 3 s longer to compile
// with -O3, so one file does it for all.

// Throws nlohmann::json::parse_error if the text is malformed.
template <typename Json>
Json ParseJsonTree(std::string_view text);

// Returns a value with is_discarded() if the text is malformed.
template <typename Json>
Json ParseJsonTreeOrDiscard(std::string_view text);

}  // namespace coffer::format
