// Detects the form of an input by its first bytes, including forms that an import cannot read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/kind.h"

namespace coffer::operations {

enum class InputLayout : std::uint8_t { kNdjson, kJsonExport, kCsv, kParquet, kZip, kTar, kChatGpt, kOpenWebUi, kLibreChat };

// Whether the layout is chats of another program.
constexpr bool IsChats(InputLayout layout) { return layout >= InputLayout::kChatGpt; }

// Whether the index of the layout is at its end.
constexpr bool IsReadFromEnd(InputLayout layout) { return layout == InputLayout::kParquet || layout == InputLayout::kZip; }

struct InputForm {
  InputLayout layout = InputLayout::kNdjson;
  std::optional<Kind> kind;  // of kCsv
  std::string problem;       // if not empty, the input cannot be read, and this says why
};

// `first_bytes`: kSniffBytes, or fewer at the end of the input. `wanted`: the required format, or kAuto. `kind`: the kind of
// rows if their header does not say it.
InputForm FormOf(std::string_view first_bytes, ImportFormat wanted, std::optional<Kind> kind);

}  // namespace coffer::operations
