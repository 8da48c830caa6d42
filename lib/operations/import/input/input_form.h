// What an input is, by its first bytes: the layouts that an import reads, and those that it can only name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/kind.h"

namespace coffer::operations {

enum class InputLayout : std::uint8_t { kNdjson, kJsonExport, kCsv, kParquet, kZip, kTar, kChatGpt, kOpenWebUi, kLibreChat };

// Whether it is conversations of another program.
constexpr bool IsChats(InputLayout layout) { return layout >= InputLayout::kChatGpt; }

// Whether what is in it is told at its end.
constexpr bool IsReadFromEnd(InputLayout layout) { return layout == InputLayout::kParquet || layout == InputLayout::kZip; }

struct InputForm {
  InputLayout layout = InputLayout::kNdjson;
  std::optional<Kind> kind;  // of kCsv
  std::string problem;       // not empty: it cannot be read, and this says what it is
};

// `first_bytes`: kSniffBytes of them, or all there are. `wanted`: kAuto, or what it has to be. `kind`: that of rows whose header
// does not tell.
InputForm FormOf(std::string_view first_bytes, ImportFormat wanted, std::optional<Kind> kind);

}  // namespace coffer::operations
