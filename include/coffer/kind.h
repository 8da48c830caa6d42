// Kind: what sorts of record there are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "coffer/visibility.h"

namespace coffer {

// The values are stored (lib/format/FORMAT.md) and never reused.
enum class Kind : std::uint8_t {
  kConversation = 1,
  kMessage = 2,
  kDocument = 3,
  kContent = 4,  // a document's bytes; counted by itself, never addressed by itself
  kPrompt = 5,
};

inline constexpr std::array<Kind, 5> kAllKinds = {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kContent,
                                                  Kind::kPrompt};

// "conversation", "message", "document", "content", "prompt".
COFFER_API std::string_view KindName(Kind kind);
// "conversations", "messages", "documents", "contents", "prompts".
COFFER_API std::string_view KindNamePlural(Kind kind);
// Reads either form.
COFFER_API std::optional<Kind> ParseKind(std::string_view name);

}  // namespace coffer
