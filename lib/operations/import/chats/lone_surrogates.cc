#include "operations/import/chats/lone_surrogates.h"

#include <string_view>

namespace coffer::operations {
namespace {

constexpr std::size_t kEscapeBytes = 6;  // \ud83d

bool IsAnyOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// High surrogates, d800 to dbff, come first; low surrogates are dc00 to dfff.
bool IsSurrogate(std::string_view json, std::size_t at, std::string_view third_digits) {
  constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
  return at + kEscapeBytes <= json.size() && json[at] == '\\' && json[at + 1] == 'u' && IsAnyOf(json[at + 2], "dD") &&
         IsAnyOf(json[at + 3], third_digits) && IsAnyOf(json[at + 4], kHexDigits) && IsAnyOf(json[at + 5], kHexDigits);
}

bool IsHigh(std::string_view json, std::size_t at) { return IsSurrogate(json, at, "89abAB"); }
bool IsLow(std::string_view json, std::size_t at) { return IsSurrogate(json, at, "cdefCDEF"); }

}  // namespace

std::size_t ReplaceLoneSurrogates(std::string& json) {
  std::size_t replaced = 0;
  for (std::size_t at = json.find('\\'); at != std::string::npos; at = json.find('\\', at)) {
    const bool high = IsHigh(json, at);
    if (high && IsLow(json, at + kEscapeBytes)) {
      at += 2 * kEscapeBytes;
    } else if (high || IsLow(json, at)) {
      json.replace(at, kEscapeBytes, "\\ufffd");
      ++replaced;
      at += kEscapeBytes;
    } else {
      at += 2;
    }
  }
  return replaced;
}

}  // namespace coffer::operations
