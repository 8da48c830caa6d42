#include "operations/import/chats/chat.h"

#include "coffer/limits.h"
#include "format/records/record_codec.h"
#include "format/records/sha256.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kDigestCharacters = 32;
constexpr std::string_view kUntitled = "Untitled";

// The length in bytes of the first `characters` characters of UTF-8 text.
std::size_t EndOfCharacters(std::string_view text, std::size_t characters) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && characters-- == 0) return at;
  }
  return text.size();
}

}  // namespace

std::string IdFromForeign(std::string_view prefix, std::string_view foreign) {
  if (format::CheckId("id", foreign).ok()) return std::string(foreign);
  format::Sha256 digest;
  digest.Update(foreign);
  return std::string(prefix) + "-" + format::HexText(digest.Finish()).substr(0, kDigestCharacters);
}

bool MakeTitle(std::string& title) {
  if (title.empty()) {
    title = kUntitled;
    return true;
  }
  const std::size_t end = EndOfCharacters(title, kTitleCharactersMax);
  if (end == title.size()) return false;
  title.resize(end);
  return true;
}

}  // namespace coffer::operations
