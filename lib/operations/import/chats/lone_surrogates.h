// Halves of surrogate pairs in the escapes of a JSON text: other programs cut emoji in two where they cut a text, and write the
// halves.
#pragma once

#include <cstddef>
#include <string>

namespace coffer::operations {

// Puts U+FFFD in the place of each, by an escape of the same length, so that bytes stay where they are. Answers how many there
// were.
std::size_t ReplaceLoneSurrogates(std::string& json);

}  // namespace coffer::operations
