#include "operations/import/input/chat_layout.h"

#include <set>

#include "format/json/json_scanner.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Skips blanks, and takes the next byte if it is `c`.
bool Skip(format::JsonScanner& scanner, char c) {
  if (!scanner.SkipBlanks() || scanner.next() != c) return false;
  scanner.TakeToken();
  return true;
}

// The member names of the object after its opening brace, up to the end of the object or of the text.
std::set<std::string_view> MemberNames(format::JsonScanner& scanner) {
  std::set<std::string_view> names;
  const int members_depth = scanner.depth();
  while (scanner.depth() >= members_depth && scanner.SkipBlanks()) {
    if (scanner.TakeToken() != '"') continue;
    const std::size_t begin = scanner.at();
    if (!scanner.SkipString()) break;
    std::string_view name = scanner.Since(begin);
    name.remove_suffix(1);
    if (scanner.depth() == members_depth && scanner.SkipBlanks() && scanner.next() == ':') names.insert(name);
  }
  return names;
}

}  // namespace

std::optional<InputLayout> ChatLayoutOf(std::string_view first_bytes) {
  if (first_bytes.starts_with(kByteOrderMark)) first_bytes.remove_prefix(kByteOrderMark.size());
  format::JsonScanner scanner;
  scanner.Feed(first_bytes);
  const bool in_array = Skip(scanner, '[');
  if (!Skip(scanner, '{')) return std::nullopt;
  const std::set<std::string_view> names = MemberNames(scanner);
  const auto has = [&names](std::string_view name) { return names.contains(name); };
  if (has("type") && !in_array) return std::nullopt;  // a line of NDJSON
  if (has("mapping") || has("current_node") || has("conversation_template_id")) return InputLayout::kChatGpt;
  if (has("conversationId") && (has("messages") || has("messagesTree") || has("exportAt"))) return InputLayout::kLibreChat;
  if (has("chat") || (has("history") && has("models"))) return InputLayout::kOpenWebUi;
  return std::nullopt;
}

}  // namespace coffer::operations
