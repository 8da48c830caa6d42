#include "operations/import/input/chat_layout.h"

#include <algorithm>
#include <set>

#include "format/json/json_text.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

void SkipBlanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size())); }

bool Skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Where the string whose inside begins at `at` ends; the text's size where it does not.
std::size_t StringEnd(std::string_view text, std::size_t at) {
  for (;;) {
    at = format::FindStringStop(text, at);
    if (at >= text.size() || text[at] == '"') return std::min(at, text.size());
    at += 2;
  }
}

// The names of the members of the object that `text` is within, as far as the text goes.
std::set<std::string_view> MemberNames(std::string_view text) {
  std::set<std::string_view> names;
  int depth = 1;
  for (std::size_t at = 0; at < text.size() && depth > 0; ++at) {
    const char c = text[at];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') continue;
    const std::size_t begin = at + 1;
    at = StringEnd(text, begin);
    if (at >= text.size()) break;
    std::string_view rest = text.substr(at + 1);
    SkipBlanks(rest);
    if (depth == 1 && rest.starts_with(':')) names.insert(text.substr(begin, at - begin));
  }
  return names;
}

}  // namespace

std::optional<InputLayout> ChatLayoutOf(std::string_view first_bytes) {
  Skip(first_bytes, "\xEF\xBB\xBF");
  SkipBlanks(first_bytes);
  const bool in_array = Skip(first_bytes, "[");
  SkipBlanks(first_bytes);
  if (!Skip(first_bytes, "{")) return std::nullopt;
  const std::set<std::string_view> names = MemberNames(first_bytes);
  const auto has = [&names](std::string_view name) { return names.contains(name); };
  if (has("type") && !in_array) return std::nullopt;  // a line of NDJSON
  if (has("mapping") || has("current_node") || has("conversation_template_id")) return InputLayout::kChatGpt;
  if (has("conversationId") && (has("messages") || has("messagesTree") || has("exportAt"))) return InputLayout::kLibreChat;
  if (has("chat") || (has("history") && has("models"))) return InputLayout::kOpenWebUi;
  return std::nullopt;
}

}  // namespace coffer::operations
