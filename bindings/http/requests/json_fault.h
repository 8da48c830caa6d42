// Where and why a text is not JSON, in the words of Python's json module, as FastAPI reports it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace coffer::http {

struct JsonFault {
  std::size_t character = 0;  // counted in characters, not in bytes
  std::string_view words;     // of static storage
};

// nullopt: the text is JSON. `depth_max` limits the nesting and so the stack that the function needs.
std::optional<JsonFault> FindJsonFault(std::string_view text, int depth_max);

}  // namespace coffer::http
