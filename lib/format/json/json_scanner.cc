#include "format/json/json_scanner.h"

#include <array>

#include "format/json/json_text.h"

namespace coffer::format {
namespace {

constexpr std::uint8_t kEndsBare = 1;  // ends a number or a word
constexpr std::uint8_t kNests = 2;     // begins a string, opens or closes a bracket

constexpr std::array<std::uint8_t, 256> MakeClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (const char c : {' ', '\n', '\r', '\t', ',', ':'}) classes[static_cast<unsigned char>(c)] = kEndsBare;
  for (const char c : {'"', '{', '}', '[', ']'}) classes[static_cast<unsigned char>(c)] = kEndsBare | kNests;
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = MakeClasses();

// The first byte at or after `from` of one of the classes; the text's size if not found.
std::size_t FindClass(std::string_view text, std::size_t from, std::uint8_t classes) {
  std::size_t at = from;
  while (at < text.size() && (kClasses[static_cast<unsigned char>(text[at])] & classes) == 0) ++at;
  return at;
}

bool IsOpening(char c) { return c == '{' || c == '['; }
bool IsClosing(char c) { return c == '}' || c == ']'; }

}  // namespace

char JsonScanner::TakeToken() noexcept {
  const char c = Take();
  if (IsOpening(c)) ++depth_;
  if (IsClosing(c)) --depth_;
  return c;
}

char JsonScanner::SkipPlainText() noexcept {
  // FindStringStop stops at control characters as well.
  for (at_ = FindStringStop(piece_, at_); !done(); at_ = FindStringStop(piece_, at_ + 1)) {
    if (next() == '"' || next() == '\\') return next();
  }
  return '\0';
}

bool JsonScanner::SkipString() noexcept {
  while (!done()) {
    if (escaped_) {
      escaped_ = false;
      ++at_;
      continue;
    }
    const char stop = SkipPlainText();
    if (stop == '\0') return false;
    ++at_;
    if (stop == '"') return true;
    escaped_ = true;
  }
  return false;
}

void JsonScanner::BeginValue() noexcept {
  COFFER_CHECK(value_ == Value::kNone && !escaped_ && !in_string_);
  value_depth_ = depth_;
  value_ = next() == '"' ? Value::kString : IsOpening(next()) ? Value::kNested : Value::kBare;
  if (value_ != Value::kBare) TakeToken();
}

bool JsonScanner::SkipValue() noexcept {
  if (done()) return false;
  if (value_ == Value::kNone) BeginValue();
  bool ended = false;
  if (value_ == Value::kBare) {
    at_ = FindClass(piece_, at_, kEndsBare);
    ended = !done();
  } else {
    ended = value_ == Value::kString ? SkipString() : SkipNested();
  }
  if (ended) value_ = Value::kNone;
  return ended;
}

bool JsonScanner::SkipNested() noexcept {
  COFFER_CHECK(depth_ > value_depth_);
  for (;;) {
    if (in_string_ && !SkipString()) return false;
    in_string_ = false;
    at_ = FindClass(piece_, at_, kNests);
    if (done()) return false;
    in_string_ = TakeToken() == '"';
    if (depth_ == value_depth_) return true;
  }
}

JsonListState::Found JsonListState::See(char next, char close) noexcept {
  if (next == close) return last_ == Last::kComma ? Found::kNoItem : Found::kEnd;
  if (last_ == Last::kItem) {
    if (next != ',') return Found::kNoComma;
    last_ = Last::kComma;
    return Found::kComma;
  }
  if (next == ',' || next == ':' || IsClosing(next)) return Found::kNoItem;
  last_ = Last::kItem;
  return Found::kItem;
}

}  // namespace coffer::format
