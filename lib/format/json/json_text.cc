#include "format/json/json_text.h"

#include <algorithm>
#include <cstring>

#include "coffer/limits.h"

namespace coffer {
namespace {

// Up to this many names, comparing every pair is cheaper than sorting.
constexpr std::size_t kPairwiseNamesMax = 16;

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The value of four hex digits, or -1.
int ReadHex4(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (char c : text.substr(0, 4)) {
    const char lower = static_cast<char>(c | 0x20);
    int digit = -1;
    if (IsDigit(c)) digit = c - '0';
    if (lower >= 'a' && lower <= 'f') digit = lower - 'a' + 10;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void AppendUtf8(unsigned code_point, std::string& out) {
  const auto put = [&out](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

// The character that a backslash and this letter stand for; 0 if there is no such escape. 'u' is handled elsewhere.
char SimpleEscape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
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
      return '\0';
  }
}

}  // namespace

bool CanonicalReader::Fail(std::size_t offset, std::string_view reason) {
  fault_ = "byte " + std::to_string(offset) + ": ";
  fault_ += reason;
  return false;
}

bool CanonicalReader::Start(std::string_view text) {
  fault_.clear();
  names_.clear();
  escaped_names_.clear();
  depth_ = 0;
  next_ = end_ = nullptr;
  if (!tokens_.Split(text)) {
    fault_ = tokens_.fault();
    return false;
  }
  text_ = tokens_.text().data();
  size_ = tokens_.text().size();
  next_ = tokens_.offsets().data();
  end_ = next_ + tokens_.offsets().size();
  if (text.starts_with("\xEF\xBB\xBF")) return Fail(0, "byte order mark");
  return true;
}

bool CanonicalReader::Finish() { return next_ == end_ || Fail(offset(), "unexpected text after the value"); }

int CanonicalReader::SetDepth(int depth) noexcept { return std::exchange(depth_, depth); }

std::string_view CanonicalReader::TokenText() const noexcept {
  const std::size_t begin = *next_;
  std::size_t end = next_ + 1 == end_ ? size_ : next_[1];
  while (IsBlank(text_[end - 1])) --end;
  return {text_ + begin, end - begin};
}

bool CanonicalReader::OpenBracket(Scope& scope) {
  if (depth_ >= kJsonDepthMax) return Fail(offset(), "nested deeper than " + std::to_string(kJsonDepthMax) + " levels");
  ++depth_;
  ++next_;
  scope = {.names_begin = names_.size(), .first = true};
  return true;
}

bool CanonicalReader::OpenObject(Scope& scope) {
  if (Peek() != '{') return Fail(offset(), "not an object");
  return OpenBracket(scope);
}

bool CanonicalReader::OpenArray(Scope& scope) {
  if (Peek() != '[') return Fail(offset(), "not an array");
  return OpenBracket(scope);
}

bool CanonicalReader::NextMember(Scope& scope, std::string_view& name) {
  if (failed()) return false;
  if (Peek() == '}') return CloseObject(scope);
  if (!scope.first) {
    if (Peek() != ',') return Fail(offset(), "expected ',' or '}' after a member");
    ++next_;
  }
  scope.first = false;
  return ReadName(name);
}

bool CanonicalReader::ReadName(std::string_view& name) {
  if (Peek() != '"') return Fail(offset(), "expected a member name");
  const std::size_t begin = offset();
  name = TokenText();
  name = name.substr(1, name.size() - 2);
  if (name.find('\\') != std::string_view::npos) {
    std::string& unescaped = escaped_names_.emplace_back();
    if (!Unescape(name, begin + 1, unescaped)) return false;
    name = unescaped;
  }
  ++next_;
  if (Peek() != ':') return Fail(offset(), "expected ':' after a member name");
  ++next_;
  names_.push_back({name, begin});
  return true;
}

// Always false: there is no next member.
bool CanonicalReader::CloseObject(const Scope& scope) {
  ++next_;
  --depth_;
  if (CheckNamesDiffer(scope.names_begin)) names_.resize(scope.names_begin);
  return false;
}

// Many names are sorted, not hashed: names crafted to collide would make hashing quadratic.
bool CanonicalReader::CheckNamesDiffer(std::size_t begin) {
  const auto first = names_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto fail = [this](const Name& name) {
    return Fail(name.offset, "duplicate member \"" + std::string(name.text.substr(0, 64)) + "\"");
  };
  if (names_.size() - begin <= kPairwiseNamesMax) {
    for (auto one = first; one != names_.end(); ++one) {
      for (auto other = first; other != one; ++other) {
        if (one->text == other->text) return fail(*one);
      }
    }
    return true;
  }
  std::sort(first, names_.end(), [](const Name& a, const Name& b) {
    return a.text.size() != b.text.size() ? a.text.size() < b.text.size() : a.text < b.text;
  });
  const auto twice = std::adjacent_find(first, names_.end(), [](const Name& a, const Name& b) { return a.text == b.text; });
  if (twice == names_.end()) return true;
  return fail(twice->offset > twice[1].offset ? *twice : twice[1]);
}

bool CanonicalReader::NextItem(Scope& scope) {
  if (failed()) return false;
  if (Peek() == ']') {
    ++next_;
    --depth_;
    return false;
  }
  if (!scope.first) {
    if (Peek() != ',') return Fail(offset(), "expected ',' or ']' after an item");
    ++next_;
    if (Peek() == ']') return Fail(offset(), "',' before ']'");
  }
  scope.first = false;
  return true;
}

bool CanonicalReader::ReadString(std::string& out) {
  if (Peek() != '"') return Fail(offset(), "not a string");
  std::string_view token = TokenText();
  const std::size_t begin = offset() + 1;
  ++next_;
  token = token.substr(1, token.size() - 2);
  if (token.empty() || std::memchr(token.data(), '\\', token.size()) == nullptr) {
    out.assign(token);
    return true;
  }
  return Unescape(token, begin, out);
}

bool CanonicalReader::ReadNull() {
  if (next_ == end_ || TokenText() != "null") return Fail(offset(), "bad token");
  ++next_;
  return true;
}

bool CanonicalReader::ReadBool(bool& out) {
  const std::string_view token = next_ == end_ ? std::string_view() : TokenText();
  if (token != "true" && token != "false") return Fail(offset(), "bad token");
  out = token == "true";
  ++next_;
  return true;
}

bool CanonicalReader::ReadNumber(std::string_view& digits) {
  if (next_ == end_) return Fail(offset(), "expected a number");
  digits = TokenText();
  if (!format::IsJsonNumber(digits)) return Fail(offset(), "bad number");
  ++next_;
  return true;
}

bool CanonicalReader::AppendValue(std::string& out) {
  switch (Peek()) {
    case '"':
      return AppendString(out);
    case '{':
      return AppendObject(out);
    case '[':
      return AppendArray(out);
    default:
      return AppendScalar(out);
  }
}

bool CanonicalReader::AppendString(std::string& out) {
  const std::string_view token = TokenText();
  if (std::memchr(token.data(), '\\', token.size()) == nullptr) {
    out += token;
    ++next_;
    return true;
  }
  if (!Unescape(token.substr(1, token.size() - 2), offset() + 1, unescaped_)) return false;
  ++next_;
  format::AppendJsonString(unescaped_, out);
  return true;
}

bool CanonicalReader::AppendObject(std::string& out) {
  Scope scope;
  if (!OpenObject(scope)) return false;
  char separator = '{';
  std::string_view name;
  while (NextMember(scope, name)) {
    out += separator;
    separator = ',';
    format::AppendJsonString(name, out);
    out += ':';
    if (!AppendValue(out)) return false;
  }
  if (separator == '{') out += separator;
  out += '}';
  return !failed();
}

bool CanonicalReader::AppendArray(std::string& out) {
  Scope scope;
  if (!OpenArray(scope)) return false;
  char separator = '[';
  while (NextItem(scope)) {
    out += separator;
    separator = ',';
    if (!AppendValue(out)) return false;
  }
  if (separator == '[') out += separator;
  out += ']';
  return !failed();
}

bool CanonicalReader::AppendScalar(std::string& out) {
  if (next_ == end_) return Fail(offset(), "unexpected end of text");
  const std::string_view token = TokenText();
  const bool number_like = IsDigit(token.front()) || token.front() == '-';
  const bool good = number_like ? format::IsJsonNumber(token) : token == "true" || token == "false" || token == "null";
  if (!good) return Fail(offset(), number_like ? "bad number" : "bad token");
  out += token;
  ++next_;
  return true;
}

bool CanonicalReader::Unescape(std::string_view escaped, std::size_t offset, std::string& out) {
  out.clear();
  out.reserve(escaped.size());
  std::size_t at = 0;
  while (true) {
    const std::size_t slash = escaped.find('\\', at);
    out.append(escaped.substr(at, slash - at));
    if (slash == std::string_view::npos) return true;
    at = slash;
    const char letter = at + 1 < escaped.size() ? escaped[at + 1] : '\0';
    if (letter == 'u') {
      if (!UnescapeUnicode(escaped, at, offset, out)) return false;
      continue;
    }
    const char plain = SimpleEscape(letter);
    if (plain == '\0') return Fail(offset + at, "bad escape");
    out.push_back(plain);
    at += 2;
  }
}

// `at` is the offset of the backslash; it advances past the escape or the surrogate pair.
bool CanonicalReader::UnescapeUnicode(std::string_view escaped, std::size_t& at, std::size_t offset, std::string& out) {
  const int high = ReadHex4(escaped.substr(at + 2));
  if (high < 0) return Fail(offset + at, "bad escape");
  if (high < 0xD800 || high > 0xDFFF) {
    AppendUtf8(static_cast<unsigned>(high), out);
    at += 6;
    return true;
  }
  const bool pair = high <= 0xDBFF && escaped.substr(at + 6).starts_with("\\u");
  const int low = pair ? ReadHex4(escaped.substr(at + 8)) : -1;
  if (low < 0xDC00 || low > 0xDFFF) return Fail(offset + at, "lone surrogate");
  AppendUtf8(static_cast<unsigned>(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), out);
  at += 12;
  return true;
}

CanonicalReader::Glance CanonicalReader::GlanceAt(std::string_view name, std::string& value) {
  const std::uint32_t* const begin = next_;
  Glance glance = Glance::kAbsent;
  int depth = 0;
  for (; next_ != end_; ++next_) {
    const char c = Peek();
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"' || depth != 1 || next_ + 2 >= end_ || text_[next_[1]] != ':') continue;
    if (!ReadString(value)) break;
    if (value != name) continue;  // now at the colon
    ++next_;
    const bool is_string = Peek() == '"';
    if (!is_string || ReadString(value)) glance = is_string ? Glance::kString : Glance::kOther;
    break;
  }
  fault_.clear();
  next_ = begin;
  return glance;
}

JsonMembers CanonicalReader::MakeMembers(std::string canonical) {
  JsonMembers members;
  members.text_ = std::move(canonical);
  return members;
}

}  // namespace coffer
