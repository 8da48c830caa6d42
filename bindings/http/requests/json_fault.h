// Where and why a text is not JSON, in the words that Python's json module has for it: clients of such servers know them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace coffer::http {

struct JsonFault {
  std::size_t character = 0;  // counted in characters, not in bytes
  std::string_view words;     // of static storage
};

// nullopt: the text is JSON. `depth_max` bounds the nesting, and with it the stack that this takes.
std::optional<JsonFault> FindJsonFault(std::string_view text, int depth_max);

}  // namespace coffer::http
