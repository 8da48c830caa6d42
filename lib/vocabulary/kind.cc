#include "coffer/kind.h"

namespace coffer {

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kConversation:
      return "conversation";
    case Kind::kMessage:
      return "message";
    case Kind::kDocument:
      return "document";
    case Kind::kContent:
      return "content";
    case Kind::kPrompt:
      return "prompt";
  }
  return "unknown";
}

std::string_view KindNamePlural(Kind kind) {
  switch (kind) {
    case Kind::kConversation:
      return "conversations";
    case Kind::kMessage:
      return "messages";
    case Kind::kDocument:
      return "documents";
    case Kind::kContent:
      return "contents";
    case Kind::kPrompt:
      return "prompts";
  }
  return "unknown";
}

std::optional<Kind> ParseKind(std::string_view name) {
  for (const Kind kind : kAllKinds) {
    if (name == KindName(kind) || name == KindNamePlural(kind)) {
      return kind;
    }
  }
  return std::nullopt;
}

}  // namespace coffer
