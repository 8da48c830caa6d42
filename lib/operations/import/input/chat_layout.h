// Whose chats an input holds, by its first bytes.
#pragma once

#include <optional>
#include <string_view>

#include "operations/import/input/input_form.h"

namespace coffer::operations {

// By the members of the first object, in an array or by itself; nothing where they are those of no program.
std::optional<InputLayout> ChatLayoutOf(std::string_view first_bytes);

}  // namespace coffer::operations
