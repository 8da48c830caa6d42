// Detects which program exported the chats in an input.
#pragma once

#include <optional>
#include <string_view>

#include "operations/import/input/input_form.h"

namespace coffer::operations {

// Looks at the member names of the first object, inside an array or on its own. Nothing: no known program.
std::optional<InputLayout> ChatLayoutOf(std::string_view first_bytes);

}  // namespace coffer::operations
