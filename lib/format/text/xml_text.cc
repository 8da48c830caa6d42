#include "format/text/xml_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "format/age/base64.h"
#include "format/json/json_text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace coffer::format {
namespace {

struct CodePoints {
  std::uint32_t first;
  std::uint32_t last;
};

// Letters above ASCII that both editions allow as the first character of a name.
constexpr std::array kNameLetters = {CodePoints{0xC0, 0xD6},     CodePoints{0xD8, 0xF6},     CodePoints{0xF8, 0x131},
                                     CodePoints{0x134, 0x13E},   CodePoints{0x141, 0x148},   CodePoints{0x14A, 0x17E},
                                     CodePoints{0x388, 0x38A},   CodePoints{0x38E, 0x3A1},   CodePoints{0x3A3, 0x3CE},
                                     CodePoints{0x401, 0x40C},   CodePoints{0x40E, 0x44F},   CodePoints{0x451, 0x45C},
                                     CodePoints{0x45E, 0x481},   CodePoints{0x5D0, 0x5EA},   CodePoints{0x621, 0x63A},
                                     CodePoints{0x641, 0x64A},   CodePoints{0x1E00, 0x1E9B}, CodePoints{0x3041, 0x3094},
                                     CodePoints{0x30A1, 0x30FA}, CodePoints{0x4E00, 0x9FA5}, CodePoints{0xAC00, 0xD7A3}};

// Removes the first code point from valid UTF-8. Returns 0 for one of four bytes.
std::uint32_t TakeCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at])); };
  const std::uint32_t lead = byte(0);
  const std::size_t length = std::min<std::size_t>(lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, text.size());
  std::uint32_t value = 0;
  if (length == 1) value = lead;
  if (length == 2) value = (lead & 0x1F) << 6 | (byte(1) & 0x3F);
  if (length == 3) value = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  text.remove_prefix(length);
  return value;
}

bool IsAsciiLetter(std::uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsNameLetter(std::uint32_t c) {
  if (c < 0x80) return IsAsciiLetter(c);
  return std::ranges::any_of(kNameLetters, [c](const CodePoints& range) { return c >= range.first && c <= range.last; });
}

bool IsNameCharacter(std::uint32_t c) { return IsNameLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

bool IsForbiddenByte(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

// U+FFFE and U+FFFF are EF BF BE and EF BF BF in UTF-8.
bool HasNoncharacter(std::string_view text) {
  for (std::size_t at = text.find("\xEF\xBF"); at != std::string_view::npos; at = text.find("\xEF\xBF", at + 1)) {
    if (at + 2 < text.size() && static_cast<unsigned char>(text[at + 2]) >= 0xBE) return true;
  }
  return false;
}

std::string_view EntityFor(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\r':
      return "&#13;";
    case '"':
      return "&quot;";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    default:
      return {};
  }
}

using ByteSet = std::array<bool, 256>;

constexpr ByteSet SetOf(std::string_view bytes) {
  ByteSet set{};
  for (char c : bytes) set[static_cast<unsigned char>(c)] = true;
  return set;
}

constexpr ByteSet kSpecialInText = SetOf("&<>\r");
constexpr ByteSet kSpecialInAttribute = SetOf("&<>\r\"\t\n");

void AppendWithEntities(std::string_view text, const ByteSet& special, std::string& out) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!special[static_cast<unsigned char>(text[at])]) continue;
    out.append(text, begin, at - begin).append(EntityFor(text[at]));
    begin = at + 1;
  }
  out.append(text, begin, text.size() - begin);
}

// Opens the element and returns its end tag.
std::string OpenElement(std::string_view name_literal, std::string& out) {
  std::string name;
  AppendUnescaped(name_literal, name);
  if (IsXmlName(name)) {
    out.append("<").append(name);
    return "</" + name + ">";
  }
  out += "<member name=\"";
  const bool plain = IsXmlText(name);
  plain ? AppendXmlAttribute(name, out) : AppendBase64(name, out);
  out += plain ? "\"" : "\" name_encoding=\"base64\"";
  return "</member>";
}

}  // namespace

bool IsXmlText(std::string_view text) {
  std::size_t at = 0;
  bool high = false;
#ifdef __SSE2__
  // Examines sixteen bytes at a time.
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    high = high || _mm_movemask_epi8(bytes) != 0;
    if (_mm_movemask_epi8(control) == 0) continue;
    if (std::ranges::any_of(text.substr(at, 16), IsForbiddenByte)) return false;
  }
#endif
  for (; at < text.size(); ++at) {
    if (IsForbiddenByte(text[at])) return false;
    high = high || static_cast<unsigned char>(text[at]) >= 0x80;
  }
  return !high || !HasNoncharacter(text);
}

bool IsXmlName(std::string_view name) {
  if (name.empty() || !IsNameLetter(TakeCodePoint(name))) return false;
  while (!name.empty()) {
    if (!IsNameCharacter(TakeCodePoint(name))) return false;
  }
  return true;
}

void AppendXmlText(std::string_view text, std::string& out) { AppendWithEntities(text, kSpecialInText, out); }
void AppendXmlAttribute(std::string_view text, std::string& out) { AppendWithEntities(text, kSpecialInAttribute, out); }

void AppendXmlMember(std::string_view name_literal, std::string_view canonical, std::string& scratch, std::string& out) {
  const std::string close = OpenElement(name_literal, out);
  const char first = canonical.empty() ? 'n' : canonical.front();
  if (first == 'n') {
    out += " nil=\"true\"/>";
    return;
  }
  std::string_view text = canonical;
  if (first == '"') {
    scratch.clear();
    AppendUnescaped(canonical, scratch);
    text = scratch;
  } else {
    const bool is_json = first == '{' || first == '[';
    out += is_json ? " type=\"json\"" : first == 't' || first == 'f' ? " type=\"boolean\"" : " type=\"number\"";
  }
  if (IsXmlText(text)) {
    out.push_back('>');
    AppendXmlText(text, out);
  } else {
    out += " encoding=\"base64\">";
    AppendBase64(text, out);
  }
  out += close;
}

}  // namespace coffer::format
