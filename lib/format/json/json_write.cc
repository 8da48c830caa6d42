// Writes and walks canonical text. json_text.cc reads text that is not canonical.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "format/json/json_text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace coffer::format {
namespace {

bool NeedsEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

#ifdef __SSE2__
constexpr std::size_t kBlockBytes = 16;

// A mask with a bit set for each of the 16 bytes that needs an escape. ORs the top bits of the bytes into `high_bits`.
unsigned EscapesInBlock(const char* block, int& high_bits) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
  high_bits |= _mm_movemask_epi8(bytes);
  const __m128i is_control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  const __m128i is_quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i is_slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(is_control, _mm_or_si128(is_quote, is_slash))));
}
#endif

// The first byte at or after `from` that needs an escape.
std::size_t FindEscape(std::string_view text, std::size_t from, int& high_bits) {
  std::size_t at = from;
#ifdef __SSE2__
  for (; at + kBlockBytes <= text.size(); at += kBlockBytes) {
    const unsigned mask = EscapesInBlock(text.data() + at, high_bits);
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
  }
  if (at < text.size() && text.size() >= kBlockBytes) {
    // The last block overlaps bytes already examined; their bits are shifted out.
    const std::size_t last = text.size() - kBlockBytes;
    const unsigned mask = EscapesInBlock(text.data() + last, high_bits) >> (at - last);
    return mask != 0 ? at + static_cast<std::size_t>(std::countr_zero(mask)) : text.size();
  }
#endif
  for (; at < text.size(); ++at) {
    high_bits |= static_cast<unsigned char>(text[at]) & 0x80;
    if (NeedsEscape(text[at])) return at;
  }
  return at;
}

void AppendEscape(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr char kLetters[] = "btn\0fr";  // for 0x08 to 0x0D; 0x0B has no letter
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out.append({'\\', c});
  } else if (byte >= 0x08 && byte <= 0x0D && byte != 0x0B) {
    out.append({'\\', kLetters[byte - 0x08]});
  } else {
    out.append({'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 0xF]});
  }
}

// Returns whether a byte above 0x7F was seen.
bool AppendEscaped(std::string_view text, std::string& out) {
  int high_bits = 0;
  std::size_t at = 0;
  out.push_back('"');
  while (true) {
    const std::size_t escape = FindEscape(text, at, high_bits);
    out.append(text, at, escape - at);
    if (escape == text.size()) break;
    AppendEscape(text[escape], out);
    at = escape + 1;
  }
  out.push_back('"');
  return high_bits != 0;
}

std::size_t CanonicalStringEnd(std::string_view canonical, std::size_t from) {
  // Canonical text has no control characters, so FindEscape stops only at a quote or a backslash.
  int unused = 0;
  for (std::size_t at = from + 1; at < canonical.size();) {
    at = FindEscape(canonical, at, unused);
    if (at >= canonical.size()) break;
    if (canonical[at] == '"') return at + 1;
    at += 2;
  }
  return canonical.size();
}

char PlainOf(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

// The byte for the four digits after \u; canonical text has such escapes only for characters below U+0020.
char EscapedByte(std::string_view digits) {
  unsigned value = 0;
  for (char c : digits) value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  return static_cast<char>(value);
}

}  // namespace

void AppendWhole(std::uint64_t value, std::string& out) {
  char digits[20];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, end.ptr);
}

void AppendJsonString(std::string_view text, std::string& out) { static_cast<void>(AppendEscaped(text, out)); }

bool AppendCheckedJsonString(std::string_view text, std::string& out) { return !AppendEscaped(text, out) || IsUtf8(text); }

std::size_t FindStringStop(std::string_view text, std::size_t from) {
  int unused = 0;
  return FindEscape(text, from, unused);
}

void AppendUnescaped(std::string_view literal, std::string& out) {
  constexpr std::size_t kEscapedByteDigits = 4;
  const std::string_view text = literal.substr(1, literal.size() - 2);
  int unused = 0;
  for (std::size_t at = 0;;) {
    const std::size_t escape = FindEscape(text, at, unused);
    out.append(text, at, escape - at);
    if (escape + 1 >= text.size()) return;
    const char letter = text[escape + 1];
    at = escape + 2;
    if (letter == 'u') {
      out.push_back(EscapedByte(text.substr(at, kEscapedByteDigits)));
      at += kEscapedByteDigits;
    } else {
      out.push_back(PlainOf(letter));
    }
  }
}

bool IsJsonNumber(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  const auto take = [&](std::string_view any_of) {
    const bool taken = at < text.size() && any_of.find(text[at]) != std::string_view::npos;
    at += taken ? 1 : 0;
    return taken;
  };
  take("-");
  const bool leading_zero = at < text.size() && text[at] == '0';
  const std::size_t whole_digits = digits();
  if (whole_digits == 0 || (leading_zero && whole_digits > 1)) return false;
  if (take(".") && digits() == 0) return false;
  if (take("eE")) {
    take("+-");
    if (digits() == 0) return false;
  }
  return at == text.size();
}

std::size_t CanonicalValueEnd(std::string_view canonical, std::size_t from) {
  int depth = 0;
  std::size_t at = from;
  while (at < canonical.size()) {
    const char c = canonical[at];
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;
    if (c == '"') {
      at = CanonicalStringEnd(canonical, at);
    } else {
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at;
    }
  }
  return at;
}

int CanonicalDepth(std::string_view canonical) {
  int depth = 0;
  int deepest = 0;
  for (std::size_t at = 0; at < canonical.size();) {
    const char c = canonical[at];
    if (c == '"') {
      at = CanonicalStringEnd(canonical, at);
      continue;
    }
    if (c == '{' || c == '[') deepest = std::max(deepest, ++depth);
    if (c == '}' || c == ']') --depth;
    ++at;
  }
  return deepest;
}

bool TakeCanonicalMember(std::string_view& members, std::string_view& name, std::string_view& value) {
  if (members.empty()) return false;
  const std::size_t name_end = CanonicalStringEnd(members, 0);
  const std::size_t value_end = CanonicalValueEnd(members, name_end + 1);
  name = members.substr(0, name_end);
  value = members.substr(name_end + 1, value_end - name_end - 1);
  members.remove_prefix(std::min(value_end + 1, members.size()));
  return true;
}

}  // namespace coffer::format
