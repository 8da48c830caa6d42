// Repairs JSON texts with lone surrogates in escapes: other programs write them if they cut a text inside an emoji.
#pragma once

#include <cstddef>
#include <string>

namespace coffer::operations {

// Replaces each by an escape of U+FFFD, which has the same length, so offsets do not change. Returns the number of
// replacements.
std::size_t ReplaceLoneSurrogates(std::string& json);

}  // namespace coffer::operations
