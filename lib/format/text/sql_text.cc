#include "format/text/sql_text.h"

#include <algorithm>
#include <optional>

#include "format/age/base64.h"
#include "format/json/json_text.h"

namespace coffer::format {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

void AppendDoubling(std::string_view text, char quote, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(quote, at), text.size());
    out.append(text, at, found - at);
    if (found < text.size()) out.append(2, quote);
    at = found + 1;
  }
}

void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('\'');
  AppendDoubling(text, '\'', out);
  out.push_back('\'');
}

// A character that is not in the text and is not special in SQLite or PostgreSQL.
std::optional<char> CharacterNotIn(std::string_view text) {
  constexpr std::string_view kCandidates =
      "\x01\x02\x03\x04\x05\x06\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1C\x1D\x1E\x1F~|^";
  for (char c : kCandidates) {
    if (text.find(c) == std::string_view::npos) return c;
  }
  return std::nullopt;
}

// Appends replace('a~b', '~', '<CR>' || '<LF>'), so that no CR is before an LF in the script.
void AppendReplacing(std::string_view text, char stand_in, std::string& out) {
  out += "replace('";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(kLineEnd, at), text.size());
    AppendDoubling(text.substr(at, found - at), '\'', out);
    if (found < text.size()) out.push_back(stand_in);
    at = found + kLineEnd.size();
  }
  out.append("','").append(1, stand_in).append("','\r'||'\n')");
}

}  // namespace

bool AppendSqlText(std::string_view text, std::string& out) {
  const bool has_line_end = text.find(kLineEnd) != std::string_view::npos;
  const std::optional<char> stand_in = has_line_end ? CharacterNotIn(text) : std::nullopt;
  if (text.find('\0') != std::string_view::npos || (has_line_end && !stand_in)) {
    out.push_back('\'');
    AppendBase64(text, out);
    out.push_back('\'');
    return false;
  }
  has_line_end ? AppendReplacing(text, *stand_in, out) : AppendQuoted(text, out);
  return true;
}

bool AppendSqlValue(std::string_view canonical, std::string& scratch, std::string& out) {
  switch (canonical.empty() ? 'n' : canonical.front()) {
    case 'n':
      out += "NULL";
      return true;
    case 't':
      out += "TRUE";
      return true;
    case 'f':
      out += "FALSE";
      return true;
    case '"':
      scratch.clear();
      AppendUnescaped(canonical, scratch);
      return AppendSqlText(scratch, out);
    default:
      AppendQuoted(canonical, out);
      return true;
  }
}

void AppendSqlName(std::string_view name, std::string& out) {
  out.push_back('"');
  AppendDoubling(name, '"', out);
  out.push_back('"');
}

}  // namespace coffer::format
