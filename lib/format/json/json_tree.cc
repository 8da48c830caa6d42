#include "format/json/json_tree.h"

#include <nlohmann/json.hpp>

namespace coffer::format {

template <typename Json>
Json ParseJsonTree(std::string_view text) {
  return Json::parse(text);
}

template <typename Json>
Json ParseJsonTreeOrDiscard(std::string_view text) {
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

template nlohmann::json ParseJsonTree(std::string_view text);
template nlohmann::ordered_json ParseJsonTree(std::string_view text);
template nlohmann::json ParseJsonTreeOrDiscard(std::string_view text);
template nlohmann::ordered_json ParseJsonTreeOrDiscard(std::string_view text);

}  // namespace coffer::format
