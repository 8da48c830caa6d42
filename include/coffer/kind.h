// Kind: the kinds of record.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "coffer/visibility.h"

namespace coffer {

// The values are stored (FORMAT.md) and never reused.
enum class Kind : std::uint8_t {
  kConversation = 1,
  kMessage = 2,
  kDocument = 3,
  kContent = 4,  // the bytes of a document; counted, but not a record of its own
  kPrompt = 5,
};

// In the order of their values.
inline constexpr std::array<Kind, 5> kAllKinds = {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kContent,
                                                  Kind::kPrompt};

// "conversation", "message", "document", "content", "prompt".
COFFER_API std::string_view KindName(Kind kind);
// "conversations", "messages", "documents", "contents", "prompts".
COFFER_API std::string_view KindNamePlural(Kind kind);
// Accepts both forms; nothing for another text.
COFFER_API std::optional<Kind> ParseKind(std::string_view name);

}  // namespace coffer
